#include <memory>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/migration_run.h"
#include "cli/script_run.h"

namespace schemaop {

void AddUpgrade(CLI::App& app, Command& chosen) {
  auto request = std::make_shared<MigrationRequest>();
  request->direction = Direction::kUpgrade;
  CLI::App* command = app.add_subcommand("upgrade", "run revisions up to TARGET");
  command
      ->add_option("TARGET", request->target,
                   "head, heads, a revision or its unique start, +N, label@head, label@+N, id+N; "
                   "with --sql also FROM:TO")
      ->required();
  AddScriptOptions(*command, request->sql, request->tag);
  command->callback([&chosen, request] {
    chosen = [request](CommandContext& context) { return RunMigration(context, *request); };
  });
}

}  // namespace schemaop
