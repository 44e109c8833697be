// Running another program to its end.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"

namespace schemaop {

struct ChildResult {
  int exit_code = 0;   // 128 + n when signal n ended it
  std::string output;  // standard output and standard error as they came
};

// Runs `command` (the program, looked up on PATH, then its arguments) in `folder`, with nothing on
// standard input. A stop ends it and everything it started. kNotFound when there is no such
// program, kCancelled after a stop, kInternal when the system will not start it.
Result<ChildResult> RunChild(const std::vector<std::string>& command,
                             const std::filesystem::path& folder, const std::stop_token& stop);

}  // namespace schemaop
