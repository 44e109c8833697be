// Every kind of wrong command line: exit code and exact text, nothing on standard output, and
// nothing changed.
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "error_rows.h"
#include "postgres/test_postgres.h"
#include "schemactl.h"

namespace schemaop::testing {
namespace {

namespace fs = std::filesystem;

std::string RevisionText(const std::string& id, const std::string& parents,
                         const std::string& label = "") {
  return "-- Do " + id + "\n-- revision: " + id + "\n-- down_revision: " + parents +
         (label.empty() ? "" : "\n-- branch_labels: " + label) + "\n-- migrate:up\n";
}

void FillProject(const Schemactl& schemactl, Place place) {
  const auto add = [&](const std::string& file, const std::string& text) {
    schemactl.AddRevision(file, text + "\n-- migrate:down\n");
  };
  switch (place) {
    case Place::kNowhere:
      WriteFile(schemactl.folder() / "alembic.ini", "");
      WriteFile(schemactl.folder() / "file", "");
      return;
    case Place::kProject:
    case Place::kNoServer:
    case Place::kDatabase:
      schemactl.AddTables(2);
      return;
    case Place::kBranchy:
      add("001.sql", RevisionText("001", "none"));
      add("002.sql", RevisionText("002", "001"));
      add("a.sql", RevisionText("abcd1234", "001", "feature"));
      schemactl.AddRevision("b.sql", RevisionText("abcd5678", "none", "release-1"));
      return;
    case Place::kBroken:
      schemactl.AddTables(1);
      add("002.sql", RevisionText("002", "001") + "CREATE TABLE t (a text DEFAULT 'x);");
      return;
    case Place::kOrphan:
      add("002.sql", RevisionText("002", "001"));
      return;
    case Place::kCycle:
      add("a.sql", RevisionText("a", "c"));
      add("b.sql", RevisionText("b", "a"));
      add("c.sql", RevisionText("c", "b"));
      return;
    case Place::kTwice:
      add("a.sql", RevisionText("a", "none"));
      add("b.sql", RevisionText("a", "none"));
      return;
    case Place::kSettings:
      schemactl.AddTables(1);
      WriteFile(schemactl.folder() / "migrations/schemactl.yaml", "versionTabel: x\n");
      return;
    case Place::kFolders:
      schemactl.AddTables(1);
      for (const char* name :
           {"schema.sql", "checks.yaml", "a.sql", "a.yaml", "b/schemactl.yaml"}) {
        fs::create_directories(schemactl.folder() / "migrations" / name);
      }
      return;
    case Place::kNoFile:
      schemactl.AddTables(1);
      fs::create_symlink("nowhere", schemactl.folder() / "migrations/schemactl.yaml");
      return;
  }
}

// Each place is made once; that no row changes it is part of what is tested.
class Places {
 public:
  const Schemactl& At(Place place) {
    auto& schemactl = places_[place];
    if (schemactl) return *schemactl;
    schemactl = std::make_unique<Schemactl>();
    FillProject(*schemactl, place);
    if (place == Place::kNoServer) schemactl->UseDatabase("postgresql://u:s3cret@127.0.0.1:1/d");
    if (place == Place::kDatabase) {
      TestPostgres& server = TestPostgres::Shared();
      schemactl->UseDatabase(server.Url(server.CreateDatabase()));
      EXPECT_EQ(schemactl->Run({"upgrade", "001"}).exit_code, 0);
    }
    return *schemactl;
  }

 private:
  std::map<Place, std::unique_ptr<Schemactl>> places_;
};

std::map<std::string, std::string> Files(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    files[entry.path().string()] = entry.is_regular_file() ? ReadFile(entry.path()) : "";
  }
  return files;
}

std::string Typed(const std::vector<std::string>& arguments) {
  std::string text = "schemactl";
  for (const std::string& argument : arguments) text += " " + argument;
  return text;
}

TEST(ErrorsTest, EachWrongCommandLineHasItsExitCodeAndText) {
  Places places;
  ASSERT_GE(ErrorRows().size(), 80U);
  for (const ErrorRow& row : ErrorRows()) {
    SCOPED_TRACE(Typed(row.arguments));
    const Schemactl& schemactl = places.At(row.place);
    const auto before = Files(schemactl.folder());
    const RunResult result = schemactl.Run(row.arguments);
    EXPECT_EQ(result.exit_code, row.exit_code);
    EXPECT_EQ(result.err, "schemactl: " + row.message + "\n");
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(Files(schemactl.folder()), before) << "it changed something";
  }
  EXPECT_EQ(places.At(Place::kDatabase).Run({"current"}).out, "001\n");
}

// Those that are not in the table too: what the program itself lists.
TEST(ErrorsTest, EveryCommandRefusesAnOptionItDoesNotHave) {
  const Schemactl schemactl;
  schemactl.AddTables(1);
  const std::string help = schemactl.Run({"--help"}).out;
  std::istringstream lines(help.substr(help.find("Subcommands:")));
  std::string line;
  std::getline(lines, line);
  std::set<std::string> commands;
  while (std::getline(lines, line) && line.starts_with("  ")) {
    const std::string command = line.substr(2, line.find_first_of(" ,", 2) - 2);
    if (command.empty()) continue;  // the rest of a long description
    commands.insert(command);
    const RunResult result = schemactl.Run({command, "--no-such-thing"});
    EXPECT_EQ(result.exit_code, 2) << command;
    EXPECT_EQ(result.err, "schemactl: unknown option '--no-such-thing' for '" + command +
                              "'; run 'schemactl " + command + " --help'\n");
    EXPECT_EQ(result.out, "");
    const RunResult explained = schemactl.Run({"help", command});
    EXPECT_EQ(explained.exit_code, 0);
    EXPECT_NE(explained.out.find("Usage: schemactl " + command), std::string::npos);
    EXPECT_EQ(schemactl.Run({command, "--help"}).out, explained.out);
  }
  EXPECT_GE(commands.size(), 19U);
}

}  // namespace
}  // namespace schemaop::testing
