#include <memory>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/revision_listing.h"
#include "cli/view.h"

namespace schemaop {
namespace {

struct HeadsArguments {
  Detail detail = Detail::kBrief;
  bool resolve_dependencies = false;
  OutputFormat format = OutputFormat::kText;
};

Outcome<void> RunHeads(CommandContext& context, const HeadsArguments& arguments) {
  const auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  const RevisionGraph& graph = *workspace->graph;
  const auto& heads = arguments.resolve_dependencies ? graph.RealHeads() : graph.Heads();
  if (arguments.format == OutputFormat::kText) {
    PrintLines(context, workspace->project, HeadsView(graph, heads, arguments.detail));
  } else {
    context.output.Result(ListRevisions(arguments.format, *workspace, heads, std::nullopt));
  }
  return {};
}

}  // namespace

void AddHeads(CLI::App& app, Command& chosen) {
  auto arguments = std::make_shared<HeadsArguments>();
  CLI::App* command = app.add_subcommand("heads", "show the newest revision of each branch");
  AddVerboseFlag(*command, arguments->detail);
  command->add_flag("--resolve-dependencies", arguments->resolve_dependencies,
                    "leave out heads that another revision depends on");
  AddOutputOption(*command, arguments->format);
  command->callback([&chosen, arguments] {
    chosen = [arguments](CommandContext& context) { return RunHeads(context, *arguments); };
  });
}

}  // namespace schemaop
