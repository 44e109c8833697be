#include "cli/execution_options.h"

#include <CLI/CLI.hpp>

#include "cli/choice.h"
#include "cli/duration_option.h"

namespace schemaop {

void AddExecutionOptions(CLI::App& command, ExecutionRequest& request) {
  using std::chrono::milliseconds;
  AddChoice(
      command, "--transaction-mode", {"per-revision", "single"},
      [&request](std::size_t index) {
        request.transaction_mode =
            index == 0 ? TransactionMode::kPerRevision : TransactionMode::kSingle;
      },
      "per-revision (default): a transaction for each revision; single: one for all of them");
  AddDurationOption(command, "--lock-timeout", milliseconds(1), request.lock_timeout,
                    "the longest one attempt makes others wait for a lock (default 1s)");
  AddDurationOption(command, "--statement-timeout", milliseconds(0), request.statement_timeout,
                    "the longest one statement may run (default 0s: no limit)");
  AddDurationOption(
      command, "--retry-budget", milliseconds(0), request.retry_budget,
      "how long a transaction that cannot get its locks is tried again (default 10m)");
  command.add_flag_callback(
      "--allow-superuser", [&request] { request.login_rights = LoginRights::kAny; },
      "say nothing about a login with more rights than a migration needs");
}

std::string RepeatedOptions(const ExecutionRequest& request) {
  std::string text;
  if (request.transaction_mode == TransactionMode::kSingle) text += " --transaction-mode single";
  if (request.login_rights == LoginRights::kAny) text += " --allow-superuser";
  return text;
}

void Apply(const ExecutionRequest& request, DatabaseOptions& options) {
  options.login_rights = request.login_rights;
  if (request.transaction_mode) options.transaction_mode = *request.transaction_mode;
  if (request.lock_timeout) options.lock_timeout = *request.lock_timeout;
  if (request.statement_timeout) options.statement_timeout = *request.statement_timeout;
  if (request.retry_budget) options.retry_budget = *request.retry_budget;
}

}  // namespace schemaop
