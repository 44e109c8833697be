#include <memory>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/script_run.h"
#include "cli/stamp_run.h"

namespace schemaop {

void AddStamp(CLI::App& app, Command& chosen) {
  auto request = std::make_shared<StampRequest>();
  CLI::App* command =
      app.add_subcommand("stamp", "say where the database is, without running anything");
  command
      ->add_option(
          "TARGET", request->targets,
          "head, heads, base, a revision or its unique start, label@head; with --sql also FROM:TO")
      ->required();
  command->add_flag("--purge", request->purge,
                    "forget first what the version table says, unknown revisions included");
  AddScriptOptions(*command, request->sql, request->tag);
  command->get_option("--sql")->excludes(AddOutputOption(*command, request->format));
  command->callback([&chosen, request] {
    chosen = [request](CommandContext& context) { return RunStamp(context, *request); };
  });
}

}  // namespace schemaop
