#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/stamp_run.h"

namespace schemaop {

void AddEnsureVersion(CLI::App& app, Command& chosen) {
  CLI::App* command =
      app.add_subcommand("ensure-version", "create the version table if it is not there");
  command->alias("ensure_version");
  command->callback([&chosen] {
    chosen = [](CommandContext& context) { return RunStamp(context, StampRequest{}); };
  });
}

}  // namespace schemaop
