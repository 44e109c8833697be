#include <array>
#include <cstddef>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/choice.h"
#include "cli/command_table.h"
#include "cli/commands.h"
#include "cli/completion_script.h"

namespace schemaop {

void AddCompletion(CLI::App& app, Command& chosen) {
  constexpr std::array kScripts{BashCompletion, ZshCompletion, FishCompletion, KubectlCompletion};
  auto shell = std::make_shared<std::size_t>();
  CLI::App* command = app.add_subcommand("completion", "print a completion script for a shell");
  AddChoice(
      *command, "SHELL", {"bash", "zsh", "fish", "kubectl"},
      [shell](std::size_t word) { *shell = word; },
      "the shell, or kubectl for a script that it runs as kubectl_complete-schema")
      ->required();
  command->callback([&app, &chosen, shell, kScripts] {
    chosen = [&app, shell, kScripts](CommandContext& context) -> Outcome<void> {
      context.output.Result(kScripts[*shell](ReadCommandTable(app)));
      return {};
    };
  });
}

}  // namespace schemaop
