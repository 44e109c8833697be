// The exit codes of `schemactl`: one table for the code, the help text, the documentation and the
// tests.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace schemaop {

enum class ExitCode {
  kDone = 0,
  kFailed = 1,
  kUsage = 2,
  kDiffers = 3,
  kRefused = 4,
  kBusy = 5,
  kInDoubt = 6,
  kNoConnection = 7,
  kPartlyApplied = 8,
  kTimedOut = 124,
  kInterrupted = 130,
};

struct ExitCodeRow {
  ExitCode code;
  std::string_view meaning;  // a sentence fragment
};

// Every exit code, in numeric order.
std::span<const ExitCodeRow> ExitCodes();

// The table as `schemactl help exit-codes` prints it.
std::string ExitCodeHelp();

// What a command exits with when nothing but `error` is known about its failure. Not getting into
// the database is kNoConnection whatever its code says one can do about it (a wrong password, no
// such database): such messages begin "cannot connect to " (postgres/connect.h).
ExitCode ExitCodeFor(const Error& error);

}  // namespace schemaop
