#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/planning_error.h"
#include "cli/view.h"

namespace schemaop {
namespace {

Outcome<void> Run(CommandContext& context, const std::string& name) {
  const auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  Heads rows;
  if (name == "current") {
    auto read = ReadHeads(context, workspace->project);
    if (!read) return tl::unexpected(read.error());
    rows = *std::move(read);
  }
  const auto lines = ShowView(*workspace->graph, rows, name);
  if (!lines) {
    return tl::unexpected(DescribePlanningError(lines.error(), *workspace->graph, rows, name));
  }
  PrintLines(context, workspace->project, *lines);
  return {};
}

}  // namespace

void AddShow(CLI::App& app, Command& chosen) {
  auto name = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("show", "show all about a revision");
  command->add_option("REVISION", *name, "a revision or its unique start, head, heads, or current")
      ->required();
  command->callback([&chosen, name] {
    chosen = [name](CommandContext& context) { return Run(context, *name); };
  });
}

}  // namespace schemaop
