#include "alembic.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

namespace schemaop::testing {
namespace {

namespace fs = std::filesystem;

RunResult RunAlembic(const fs::path& folder, std::map<std::string, std::string> environment,
                     const std::vector<std::string>& arguments) {
  environment["PYTHONDONTWRITEBYTECODE"] = "1";
  ProcessOptions options;
  options.arguments = {AlembicProgram()};
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  options.environment = std::move(environment);
  options.unset = {"ALEMBIC_CONFIG", "PYTHONPATH"};
  options.working_directory = folder;
  return Run(options);
}

// A project that needs the driver and nothing else, so that a missing driver is found out here.
bool HasDriver() {
  const TempFolder folder;
  WriteFile(folder.path() / "alembic.ini", "[alembic]\nscript_location = %(here)s\n");
  WriteFile(folder.path() / "env.py",
            "import sqlalchemy\nsqlalchemy.create_engine('postgresql://')\n");
  fs::create_directory(folder.path() / "versions");
  return RunAlembic(folder.path(), {}, {"current"}).exit_code == 0;
}

}  // namespace

std::string AlembicProgram() {
  const char* program = std::getenv("SCHEMAOP_ALEMBIC");
  return program == nullptr ? "alembic" : program;
}

std::optional<std::vector<int>> AlembicVersion() {
  RunResult result;
  try {
    result = RunAlembic("", {}, {"--version"});  // "alembic 1.8.1"
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
  std::istringstream words(result.out);
  std::string name;
  std::vector<int> version;
  words >> name;
  for (std::string part; std::getline(words, part, '.');) version.push_back(std::stoi(part));
  if (result.exit_code != 0 || version.size() < 2 || !HasDriver()) return std::nullopt;
  return version;
}

void AlembicTest::SetUp() {
  static const auto version = AlembicVersion();
  if (!version) {
    GTEST_SKIP() << "no " << AlembicProgram()
                 << " with a PostgreSQL driver here: apt-get install alembic python3-psycopg2";
  }
  version_ = *version;
}

Alembic::Alembic(const fs::path& project) {
  fs::copy(project, folder_.path(), fs::copy_options::recursive);
}

RunResult Alembic::Run(const std::vector<std::string>& arguments) const {
  return RunAlembic(folder(), environment_, arguments);
}

std::vector<std::string> Alembic::Current() const {
  std::istringstream text(Run({"current"}).out);
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace schemaop::testing
