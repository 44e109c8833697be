#include <CLI/CLI.hpp>

#include "cli/commands.h"

namespace schemaop {

void AddCheck(CLI::App& app, Command& chosen) {
  CLI::App* command =
      app.add_subcommand("check", "say whether revisions are missing (not available yet)");
  command->callback([&chosen] {
    chosen = [](CommandContext&) -> Outcome<void> {
      return Refuse(ExitCode::kUsage,
                    "check is not available yet: it needs a desired schema to compare the "
                    "revisions with, as 'revision --autogenerate' does; to see whether a database "
                    "is behind its revisions, run: schemactl current --check-heads");
    };
  });
}

}  // namespace schemaop
