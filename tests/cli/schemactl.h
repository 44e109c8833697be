// The built `schemactl` run as a process in a project folder of the test's own.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "process/process.h"

namespace schemaop::testing {

class Schemactl {
 public:
  // A new empty working folder, and no database named in the environment.
  Schemactl();

  const std::filesystem::path& folder() const { return folder_.path(); }

  // Writes migrations/versions/<name> (folders made as needed).
  void AddRevision(const std::string& name, const std::string& text) const;

  // A linear project of `count` revisions 001, 002 ...: each creates table t<n>, down drops it.
  void AddTables(int count) const;

  // DATABASE_URL for the runs that follow.
  void UseDatabase(const std::string& url) { environment_["DATABASE_URL"] = url; }
  void SetEnvironment(const std::string& name, const std::string& value) {
    environment_[name] = value;
  }

  ProcessOptions Options(const std::vector<std::string>& arguments) const;
  RunResult Run(const std::vector<std::string>& arguments) const;

 private:
  TempFolder folder_;
  std::map<std::string, std::string> environment_;
};

// The text of a revision file that creates table t<number> and drops it again.
std::string TableRevision(int number);

// "001", "002" ...
std::string Numbered(int number);

}  // namespace schemaop::testing
