// `upgrade` and `downgrade`: the same run in two directions.
#pragma once

#include <string>

#include "cli/command.h"
#include "revision/revision.h"

namespace schemaop {

// Brings the database to `target`, telling each step on standard error.
Outcome<void> RunMigration(CommandContext& context, Direction direction, const std::string& target);

}  // namespace schemaop
