#include "cli/exit_code.h"

#include <array>

#include <fmt/format.h>

namespace schemaop {
namespace {

constexpr std::array<ExitCodeRow, 11> kRows{{
    {ExitCode::kDone, "done"},
    {ExitCode::kFailed, "failed; nothing of this run is committed"},
    {ExitCode::kUsage, "usage: what was typed cannot be done as typed; nothing was changed"},
    {ExitCode::kDiffers,
     "differs or pending (check, diff, drift, verify, rehearse, current --check-heads, "
     "ledger verify)"},
    {ExitCode::kRefused,
     "refused: by the server's rights, where schemactl itself needs them (what a revision's "
     "statement lacks is 1 or 8), by policy, or by the answer to a question"},
    {ExitCode::kBusy,
     "busy: somebody else has the migration lock, or locks that a revision needs; who is printed"},
    {ExitCode::kInDoubt, "in doubt: the outcome of a statement cannot be proved; verify first"},
    {ExitCode::kNoConnection, "cannot connect to the database"},
    {ExitCode::kPartlyApplied,
     "partly applied: some revisions, or statements outside a transaction, took effect, and a "
     "later "
     "one failed"},
    {ExitCode::kTimedOut, "timed out (wait)"},
    {ExitCode::kInterrupted, "interrupted and rolled back"},
}};

}  // namespace

std::span<const ExitCodeRow> ExitCodes() { return kRows; }

std::string ExitCodeHelp() {
  std::string text = "Exit codes of schemactl:\n";
  for (const ExitCodeRow& row : kRows) {
    text += fmt::format("{:>5}  {}\n", static_cast<int>(row.code), row.meaning);
  }
  return text;
}

ExitCode ExitCodeFor(const Error& error) {
  const bool stopped = error.code == ErrorCode::kCancelled;
  if (!stopped && error.message.starts_with("cannot connect to ")) return ExitCode::kNoConnection;
  switch (error.code) {
    case ErrorCode::kBusy:
      return ExitCode::kBusy;
    case ErrorCode::kUnavailable:
      return ExitCode::kNoConnection;
    case ErrorCode::kDenied:
      return ExitCode::kRefused;
    case ErrorCode::kInDoubt:
      return ExitCode::kInDoubt;
    case ErrorCode::kCancelled:
      return ExitCode::kInterrupted;
    case ErrorCode::kInvalid:
    case ErrorCode::kNotFound:
    case ErrorCode::kConflict:
    case ErrorCode::kRejected:
    case ErrorCode::kUnsuitable:
    case ErrorCode::kInternal:
      return ExitCode::kFailed;
  }
  return ExitCode::kFailed;
}

}  // namespace schemaop
