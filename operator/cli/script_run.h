// --sql: `upgrade`, `downgrade` and `stamp` as a script for psql on standard output.
#pragma once

#include <optional>
#include <string>

#include "cli/command.h"
#include "cli/migration_run.h"
#include "cli/stamp_run.h"

namespace CLI {
class App;
}

namespace schemaop {

// Adds --sql and --tag to `command`.
void AddScriptOptions(CLI::App& command, bool& sql, std::optional<std::string>& tag);

// Print the whole script, or nothing and fail. No database is asked. kUsage for a target that
// cannot be planned, a downgrade without a start, --purge, and starts that differ.
Outcome<void> WriteMigrationScript(CommandContext& context, const MigrationRequest& request);
Outcome<void> WriteStampScript(CommandContext& context, const StampRequest& request);

}  // namespace schemaop
