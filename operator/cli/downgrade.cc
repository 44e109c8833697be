#include <memory>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/migration_run.h"
#include "cli/script_run.h"

namespace schemaop {

void AddDowngrade(CLI::App& app, Command& chosen) {
  auto request = std::make_shared<MigrationRequest>();
  request->direction = Direction::kDowngrade;
  CLI::App* command = app.add_subcommand("downgrade", "take revisions back down to TARGET");
  command
      ->add_option("TARGET", request->target,
                   "base, a revision or its unique start, -N, label@base, label@-N, id-N; with "
                   "--sql FROM:TO")
      ->required();
  AddScriptOptions(*command, request->sql, request->tag);
  command->callback([&chosen, request] {
    chosen = [request](CommandContext& context) { return RunMigration(context, *request); };
  });
}

}  // namespace schemaop
