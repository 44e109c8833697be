// Running another program to its end.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"

namespace schemaop {

struct ChildCommand {
  // What it reads on standard input.
  enum class Input {
    kNothing,
    kOurs,  // this process's, in this process's group: at a terminal it may ask
  };
  // Where its standard error goes.
  enum class Complaints { kWithOutput, kOurs };

  std::vector<std::string> words;  // the program, looked up on PATH, then its arguments
  std::filesystem::path folder;    // where it runs; empty: where this process does
  std::vector<std::pair<std::string, std::string>> environment;  // beside this process's own
  Input input = Input::kNothing;
  Complaints complaints = Complaints::kWithOutput;
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  std::size_t max_output_bytes = std::size_t{64} << 20U;
};

struct ChildResult {
  int exit_code = 0;   // 128 + n when signal n ended it
  std::string output;  // standard output and, when so asked, standard error as they came
};

// Runs `command`. A stop or its deadline ends it (and, unless it shares our input, everything it
// started): SIGTERM, then SIGKILL. kNotFound when there is no such program, kCancelled after a
// stop, kUnavailable after the deadline, kRejected when it prints too much, kInternal when the
// system will not start it.
Result<ChildResult> RunChild(const ChildCommand& command, const std::stop_token& stop);

}  // namespace schemaop
