// init, edit and list-templates.
#include <gtest/gtest.h>

#include "cli/settings.h"
#include "postgres/test_postgres.h"
#include "schemactl.h"
#include "test_paths.h"

namespace schemaop::testing {
namespace {

TEST(InitTest, MakesAProjectThatRuns) {
  Schemactl schemactl;
  TestPostgres& server = TestPostgres::Shared();
  schemactl.UseDatabase(server.Url(server.CreateDatabase()));
  const RunResult init = schemactl.Run({"init"});
  EXPECT_EQ(init.exit_code, 0);
  EXPECT_EQ(init.out,
            "  Creating migrations/versions ...  done\n"
            "  Creating migrations/schemactl.yaml ...  done\n"
            "  Creating migrations/README.md ...  done\n");
  EXPECT_EQ(init.err, "Next: schemactl revision -m \"what it does\"\n");
  EXPECT_EQ(schemactl.Run({"upgrade", "head"}).exit_code, 0);
  EXPECT_EQ(schemactl.Run({"revision", "-m", "first", "--rev-id", "001"}).exit_code, 0);
  EXPECT_EQ(schemactl.Run({"upgrade", "head"}).exit_code, 0);
  EXPECT_EQ(schemactl.Run({"current"}).out, "001 (head)\n");
}

TEST(InitTest, EverySettingOfTheFileCanBeUncommented) {
  const Schemactl schemactl;
  ASSERT_EQ(schemactl.Run({"init", "-t", "generic", "db/schema"}).exit_code, 0);
  const auto file = schemactl.folder() / "db/schema/schemactl.yaml";
  std::string text = ReadFile(file);
  for (const std::string& key : SettingNames()) {
    const std::string commented = "# " + key + ":";
    const std::size_t at = text.find(commented);
    ASSERT_NE(at, std::string::npos) << key;
    text.erase(at, 2);
  }
  WriteFile(file, text);
  const RunResult heads = schemactl.Run({"-d", "db/schema", "heads"});
  EXPECT_EQ(heads.exit_code, 0) << heads.err;
  EXPECT_NE(ReadFile(schemactl.folder() / "db/schema/README.md").find("schemactl -d db/schema up"),
            std::string::npos);
}

TEST(InitTest, TheCommandItNamesNextRunsInItsFolder) {
  const Schemactl schemactl;
  const RunResult init = schemactl.Run({"init", "my project"});
  EXPECT_EQ(init.err, "Next: schemactl -d 'my project' revision -m \"what it does\"\n");
  ProcessOptions shell = schemactl.Options({});
  shell.arguments = {"sh", "-c",
                     "PATH=$(dirname " SCHEMAOP_SCHEMACTL "):$PATH; " +
                         init.err.substr(std::string("Next: ").size())};
  const RunResult next = testing::Run(shell);
  EXPECT_TRUE(next.out.starts_with("  Generating my project/versions/")) << next.out << next.err;
}

TEST(InitTest, MakesTheFolderOfTheDirectoryOption) {
  const Schemactl schemactl;
  const RunResult init = schemactl.Run({"-d", "services/billing", "init"});
  EXPECT_EQ(init.exit_code, 0);
  EXPECT_EQ(init.err, "Next: schemactl -d services/billing revision -m \"what it does\"\n");
  EXPECT_TRUE(std::filesystem::exists(schemactl.folder() / "services/billing/schemactl.yaml"));
  EXPECT_FALSE(std::filesystem::exists(schemactl.folder() / "migrations"));
  EXPECT_EQ(schemactl.Run({"-d", "db/", "init", "./db"}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(schemactl.folder() / "db/schemactl.yaml"));
}

TEST(InitTest, NeverTouchesWhatIsThere) {
  const Schemactl schemactl;
  schemactl.AddTables(1);
  WriteFile(schemactl.folder() / "file", "");
  std::filesystem::create_directory(schemactl.folder() / "empty");
  const RunResult full = schemactl.Run({"init", "migrations"});
  EXPECT_EQ(full.exit_code, 2);
  EXPECT_EQ(full.err,
            "schemactl: migrations already exists and is not empty; name another folder\n");
  EXPECT_EQ(schemactl.Run({"init", "file"}).err,
            "schemactl: file already exists and is no folder; name another folder\n");
  EXPECT_EQ(schemactl.Run({"init", "empty"}).exit_code, 0);
  EXPECT_EQ(schemactl.Run({"init", "empty"}).exit_code, 2);
}

TEST(InitTest, ListsTheTemplateItKnows) {
  const Schemactl schemactl;
  for (const char* spelling : {"list-templates", "list_templates"}) {
    const RunResult result = schemactl.Run({spelling});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_NE(result.out.find("generic - One database, revisions in plain SQL.\n"),
              std::string::npos);
  }
}

TEST(EditTest, OpensTheFileInThePersonsEditor) {
  Schemactl schemactl;
  schemactl.AddTables(2);
  schemactl.SetEnvironment("EDITOR", "false");
  schemactl.SetEnvironment("VISUAL", "sed -i 's/Create t2/Create the second/'");
  const RunResult edit = schemactl.Run({"edit", "head"});
  EXPECT_EQ(edit.exit_code, 0) << edit.err;
  EXPECT_EQ(schemactl.Run({"history", "-r", "002:"}).out, "001 -> 002 (head), Create the second\n");
  EXPECT_NE(schemactl.Run({"history"}).out.find("<base> -> 001, Create t1\n"), std::string::npos);
}

TEST(EditTest, SaysAtOnceWhatTheEditorBroke) {
  Schemactl schemactl;
  schemactl.AddTables(1);
  schemactl.SetEnvironment("VISUAL", "");
  schemactl.SetEnvironment("EDITOR", "sed -i 's/revision: 001/revison: 001/'");
  const RunResult edit = schemactl.Run({"edit", "001"});
  EXPECT_EQ(edit.exit_code, 1);
  EXPECT_TRUE(edit.err.starts_with("schemactl: migrations/versions/001_t.sql:")) << edit.err;
}

TEST(EditTest, SaysWhatIsWrongWithTheEditorOrTheName) {
  Schemactl schemactl;
  schemactl.AddTables(1);
  schemactl.SetEnvironment("VISUAL", "");
  schemactl.SetEnvironment("EDITOR", "");
  const RunResult none = schemactl.Run({"edit", "001"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_EQ(none.err,
            "schemactl: no editor is named: set VISUAL or EDITOR, for example: export "
            "EDITOR=nano\n");
  schemactl.SetEnvironment("EDITOR", "exit 3;");
  EXPECT_EQ(schemactl.Run({"edit", "001"}).err,
            "schemactl: the editor 'exit 3;' ended with exit code 3\n");
  const RunResult base = schemactl.Run({"edit", "base"});
  EXPECT_EQ(base.exit_code, 2);
  EXPECT_EQ(base.err, "schemactl: 'base' is no revision, so there is no file to edit\n");
  EXPECT_EQ(schemactl.Run({"edit", "002"}).exit_code, 2);
}

}  // namespace
}  // namespace schemaop::testing
