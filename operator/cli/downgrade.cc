#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/migration_run.h"

namespace schemaop {

void AddDowngrade(CLI::App& app, Command& chosen) {
  auto target = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("downgrade", "take revisions back down to TARGET");
  command
      ->add_option("TARGET", *target,
                   "base, a revision or its unique start, -N, label@base, label@-N, id-N")
      ->required();
  command->callback([&chosen, target] {
    chosen = [target](CommandContext& context) {
      return RunMigration(context, Direction::kDowngrade, *target);
    };
  });
}

}  // namespace schemaop
