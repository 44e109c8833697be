#include <CLI/CLI.hpp>

#include "cli/commands.h"

namespace schemaop {

void AddListTemplates(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand("list-templates", "list what init can begin with");
  command->alias("list_templates");
  command->callback([&chosen] {
    chosen = [](CommandContext& context) -> Outcome<void> {
      context.output.Result(
          "Available templates:\n\n"
          "generic - One database, revisions in plain SQL.\n\n"
          "Templates are used via the 'init' command, e.g.:\n\n  " +
          context.globals.program + " init --template generic ./migrations\n");
      return {};
    };
  });
}

}  // namespace schemaop
