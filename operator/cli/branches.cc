#include <memory>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/view.h"

namespace schemaop {

void AddBranches(CLI::App& app, Command& chosen) {
  auto detail = std::make_shared<Detail>(Detail::kBrief);
  CLI::App* command = app.add_subcommand("branches", "show where the history branches");
  AddVerboseFlag(*command, *detail);
  command->callback([&chosen, detail] {
    chosen = [detail](CommandContext& context) -> Outcome<void> {
      const auto workspace = OpenWorkspace(context.globals);
      if (!workspace) return tl::unexpected(workspace.error());
      PrintLines(context, workspace->project, BranchesView(*workspace->graph, *detail));
      return {};
    };
  });
}

}  // namespace schemaop
