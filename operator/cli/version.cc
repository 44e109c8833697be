#include <CLI/CLI.hpp>

#include "cli/commands.h"

namespace schemaop {

void AddVersion(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand("version", "print the version of schemactl");
  command->callback([&chosen] {
    chosen = [](CommandContext& context) -> Outcome<void> {
      context.output.Result("schemactl " SCHEMAOP_VERSION "\n");
      return {};
    };
  });
}

}  // namespace schemaop
