#include <memory>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/revision_listing.h"
#include "cli/view.h"

namespace schemaop {
namespace {

struct BranchesArguments {
  Detail detail = Detail::kBrief;
  OutputFormat format = OutputFormat::kText;
};

Outcome<void> RunBranches(CommandContext& context, const BranchesArguments& arguments) {
  const auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  const RevisionGraph& graph = *workspace->graph;
  if (arguments.format == OutputFormat::kText) {
    PrintLines(context, workspace->project, BranchesView(graph, arguments.detail));
    return {};
  }
  RevisionGraph::Indices points;
  for (RevisionGraph::Index index = 0; index < graph.size(); ++index) {
    if (graph.IsBranchPoint(index)) points.push_back(index);
  }
  context.output.Result(ListRevisions(arguments.format, *workspace, points, std::nullopt));
  return {};
}

}  // namespace

void AddBranches(CLI::App& app, Command& chosen) {
  auto arguments = std::make_shared<BranchesArguments>();
  CLI::App* command = app.add_subcommand("branches", "show where the history branches");
  AddVerboseFlag(*command, arguments->detail);
  AddOutputOption(*command, arguments->format);
  command->callback([&chosen, arguments] {
    chosen = [arguments](CommandContext& context) { return RunBranches(context, *arguments); };
  });
}

}  // namespace schemaop
