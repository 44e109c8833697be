#include "cli/commands.h"
#include "cli/migration_run.h"

namespace schemaop {

void AddDowngrade(CLI::App& app, Command& chosen) {
  AddMigrationCommand(app, chosen, Direction::kDowngrade, "take revisions back down to TARGET",
                      "base, a revision or its unique start, -N, label@base, label@-N, id-N; with "
                      "--sql FROM:TO");
}

}  // namespace schemaop
