#include <string>

#include <CLI/CLI.hpp>

#include "cli/commands.h"

namespace schemaop {

std::string VersionText() { return "schemactl " SCHEMAOP_VERSION; }

void AddVersion(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand("version", "print the version of schemactl");
  command->callback([&chosen] {
    chosen = [](CommandContext& context) -> Outcome<void> {
      context.output.Result(VersionText() + "\n");
      return {};
    };
  });
}

}  // namespace schemaop
