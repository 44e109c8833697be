// The real Alembic, run as a process on a Python project in a folder of the test's own.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "process/process.h"

namespace schemaop::testing {

// The `alembic` the tests use: $SCHEMAOP_ALEMBIC, else the one on PATH.
std::string AlembicProgram();

// Its version, such as {1, 8, 1}; nullopt when it cannot be run, or has no PostgreSQL driver.
std::optional<std::vector<int>> AlembicVersion();

// For tests that need one: skipped, saying what to install, where there is none.
class AlembicTest : public ::testing::Test {
 protected:
  // Those who override it call it first, and do no more when IsSkipped().
  void SetUp() override;

  std::vector<int> version_;
};

class Alembic {
 public:
  // Works on a copy of `project`, a folder that holds alembic.ini.
  explicit Alembic(const std::filesystem::path& project);

  const std::filesystem::path& folder() const { return folder_.path(); }

  // DATABASE_URL for the runs that follow; the project's env.py reads it.
  void UseDatabase(const std::string& url) { environment_["DATABASE_URL"] = url; }

  RunResult Run(const std::vector<std::string>& arguments) const;

  // The lines of `alembic current`, sorted: Alembic's own order is that of a set.
  std::vector<std::string> Current() const;

 private:
  TempFolder folder_;
  std::map<std::string, std::string> environment_;
};

}  // namespace schemaop::testing
