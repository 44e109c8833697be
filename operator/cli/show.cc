#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/planning_error.h"
#include "cli/revision_listing.h"
#include "cli/view.h"

namespace schemaop {
namespace {

struct ShowArguments {
  std::string name;
  OutputFormat format = OutputFormat::kText;
};

Outcome<void> RunShow(CommandContext& context, const ShowArguments& arguments) {
  const std::string& name = arguments.name;
  auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  Heads rows;
  if (name == "current") {
    auto read = ReadHeads(context, *workspace);
    if (!read) return tl::unexpected(read.error());
    rows = *std::move(read);
  }
  const RevisionGraph& graph = *workspace->graph;
  if (arguments.format != OutputFormat::kText) {
    const auto revisions = RevisionsShown(graph, rows, name);
    if (!revisions) {
      return tl::unexpected(DescribePlanningError(revisions.error(), graph, rows, name));
    }
    context.output.Result(
        ListRevisions(arguments.format, *workspace, *revisions,
                      name == "current" ? std::optional<Heads>(rows) : std::nullopt));
    return {};
  }
  const auto lines = ShowView(graph, rows, name);
  if (!lines) {
    return tl::unexpected(DescribePlanningError(lines.error(), graph, rows, name));
  }
  PrintLines(context, workspace->project, *lines);
  return {};
}

}  // namespace

void AddShow(CLI::App& app, Command& chosen) {
  auto arguments = std::make_shared<ShowArguments>();
  CLI::App* command = app.add_subcommand("show", "show all about a revision");
  command
      ->add_option("REVISION", arguments->name,
                   "a revision or its unique start, head, heads, or current")
      ->required();
  AddOutputOption(*command, arguments->format);
  command->callback([&chosen, arguments] {
    chosen = [arguments](CommandContext& context) { return RunShow(context, *arguments); };
  });
}

}  // namespace schemaop
