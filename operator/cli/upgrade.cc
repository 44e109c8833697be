#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/migration_run.h"

namespace schemaop {

void AddUpgrade(CLI::App& app, Command& chosen) {
  auto target = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("upgrade", "run revisions up to TARGET");
  command
      ->add_option("TARGET", *target,
                   "head, heads, a revision or its unique start, +N, label@head, label@+N, id+N")
      ->required();
  command->callback([&chosen, target] {
    chosen = [target](CommandContext& context) {
      return RunMigration(context, Direction::kUpgrade, *target);
    };
  });
}

}  // namespace schemaop
