// How statements run, as options of `upgrade` and `downgrade`: the words of a SchemaVersion's
// spec.execution.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "engine/database_options.h"

namespace CLI {
class App;
}

namespace schemaop {

// What was typed; nullopt: the default.
struct ExecutionRequest {
  std::optional<TransactionMode> transaction_mode;
  std::optional<std::chrono::milliseconds> lock_timeout;       // more than zero
  std::optional<std::chrono::milliseconds> statement_timeout;  // zero: none
  std::optional<std::chrono::milliseconds> retry_budget;       // zero: one attempt
  LoginRights login_rights = LoginRights::kOwner;
};

// Adds --transaction-mode, --lock-timeout, --statement-timeout, --retry-budget and
// --allow-superuser to `command`.
// Other words and durations are usage errors. `request` must outlive the command.
void AddExecutionOptions(CLI::App& command, ExecutionRequest& request);

// Those options that a run must not be tried again without, as they are typed: "" or
// " --transaction-mode single".
std::string RepeatedOptions(const ExecutionRequest& request);

// What was typed, into `options`.
void Apply(const ExecutionRequest& request, DatabaseOptions& options);

}  // namespace schemaop
