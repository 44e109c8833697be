#include <memory>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/script_run.h"
#include "cli/stamp_run.h"

namespace schemaop {

void AddEnsureVersion(CLI::App& app, Command& chosen) {
  auto request = std::make_shared<StampRequest>();
  CLI::App* command =
      app.add_subcommand("ensure-version", "create the version table if it is not there");
  command->alias("ensure_version");
  AddScriptOptions(*command, request->sql, request->tag);
  command->get_option("--sql")->excludes(AddOutputOption(*command, request->format));
  command->callback([&chosen, request] {
    chosen = [request](CommandContext& context) { return RunStamp(context, *request); };
  });
}

}  // namespace schemaop
