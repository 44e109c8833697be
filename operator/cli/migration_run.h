// `upgrade` and `downgrade`: the same run in two directions.
#pragma once

#include <optional>
#include <string>

#include "cli/command.h"
#include "revision/revision.h"

namespace schemaop {

struct MigrationRequest {
  Direction direction = Direction::kUpgrade;
  std::string target;              // with --sql also start:end
  bool sql = false;                // --sql: write a script and touch no database
  std::optional<std::string> tag;  // --tag: shown in the script
};

// "upgrade" or "downgrade".
const char* CommandName(Direction direction);

// Brings the database to the target, telling each step on standard error; with --sql prints the
// script that does.
Outcome<void> RunMigration(CommandContext& context, const MigrationRequest& request);

}  // namespace schemaop
