#include "schemactl.h"

#include "test_paths.h"

namespace schemaop::testing {
namespace {

// Whatever the machine that runs the tests has set must not name a database.
const std::vector<std::string> kForeign{"DATABASE_URL",  "PGHOST",     "PGHOSTADDR",    "PGPORT",
                                        "PGDATABASE",    "PGUSER",     "PGPASSWORD",    "PGSERVICE",
                                        "PGSERVICEFILE", "PGPASSFILE", "VISUAL",        "EDITOR",
                                        "NO_COLOR",      "CLICOLOR",   "CLICOLOR_FORCE"};

}  // namespace

Schemactl::Schemactl() = default;

void Schemactl::AddRevision(const std::string& name, const std::string& text) const {
  const std::filesystem::path path = folder() / "migrations" / "versions" / name;
  std::filesystem::create_directories(path.parent_path());
  WriteFile(path, text);
}

void Schemactl::AddTables(int count) const {
  for (int number = 1; number <= count; ++number) {
    AddRevision(Numbered(number) + "_t.sql", TableRevision(number));
  }
}

ProcessOptions Schemactl::Options(const std::vector<std::string>& arguments) const {
  ProcessOptions options;
  options.arguments = {SCHEMAOP_SCHEMACTL};
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  options.environment = environment_;
  for (const std::string& name : kForeign) {
    if (!environment_.contains(name)) options.unset.push_back(name);
  }
  options.working_directory = folder();
  return options;
}

RunResult Schemactl::Run(const std::vector<std::string>& arguments) const {
  return testing::Run(Options(arguments));
}

std::string TableRevision(int number) {
  const std::string table = "t" + std::to_string(number);
  const std::string parent = number == 1 ? "none" : Numbered(number - 1);
  return "-- Create " + table + "\n--\n-- revision: " + Numbered(number) +
         "\n-- down_revision: " + parent + "\n\n-- migrate:up\nCREATE TABLE " + table +
         " (id int);\n\n-- migrate:down\nDROP TABLE " + table + ";\n";
}

std::string Numbered(int number) {
  std::string text = std::to_string(number);
  return std::string(3 - text.size(), '0') + text;
}

}  // namespace schemaop::testing
