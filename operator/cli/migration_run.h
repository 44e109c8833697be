// `upgrade` and `downgrade`: the same run in two directions.
#pragma once

#include <optional>
#include <string>

#include "cli/command.h"
#include "cli/document.h"
#include "cli/execution_options.h"
#include "revision/revision.h"

namespace CLI {
class App;
}

namespace schemaop {

struct MigrationRequest {
  Direction direction = Direction::kUpgrade;
  std::string target;              // with --sql also start:end
  bool sql = false;                // --sql: write a script and touch no database
  std::optional<std::string> tag;  // --tag: shown in the script
  ExecutionRequest execution;
  bool dry_run = false;  // --dry-run: say what would run, and change nothing
  bool yes = false;      // --yes: ask nobody
  OutputFormat format = OutputFormat::kText;
};

// "upgrade" or "downgrade".
const char* CommandName(Direction direction);

// Adds the command of `direction`, see commands.h; the texts are for its help.
void AddMigrationCommand(CLI::App& app, Command& chosen, Direction direction,
                         const std::string& description, const std::string& target);

// Brings the database to the target, telling each step on standard error; with --sql prints the
// script that does, with --dry-run what would run. At a terminal asks first when the steps destroy
// data, and runs then what was agreed to or nothing.
Outcome<void> RunMigration(CommandContext& context, const MigrationRequest& request);

}  // namespace schemaop
