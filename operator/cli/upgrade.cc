#include "cli/commands.h"
#include "cli/migration_run.h"

namespace schemaop {

void AddUpgrade(CLI::App& app, Command& chosen) {
  AddMigrationCommand(app, chosen, Direction::kUpgrade, "run revisions up to TARGET",
                      "head, heads, a revision or its unique start, +N, label@head, label@+N, "
                      "id+N; with --sql also FROM:TO");
}

}  // namespace schemaop
