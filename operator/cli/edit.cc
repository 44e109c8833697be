#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/editor.h"
#include "cli/planning_error.h"
#include "cli/view.h"

namespace schemaop {
namespace {

Outcome<void> RunEdit(CommandContext& context, const std::string& name) {
  auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  Heads rows;
  if (name == "current") {
    auto read = ReadHeads(context, *workspace);
    if (!read) return tl::unexpected(read.error());
    rows = *std::move(read);
  }
  const RevisionGraph& graph = *workspace->graph;
  const auto revisions = RevisionsShown(graph, rows, name);
  if (!revisions)
    return tl::unexpected(DescribePlanningError(revisions.error(), graph, rows, name));
  if (revisions->empty()) {
    return Refuse(ExitCode::kUsage, "'" + name + "' is no revision, so there is no file to edit");
  }
  std::vector<std::string> files;
  for (const auto index : *revisions) {
    if (graph.At(index).from_ledger) {
      return Refuse(ExitCode::kUsage,
                    "revision " + graph.At(index).id +
                        " has no file here: the database's ledger alone knows of it");
    }
    files.push_back(RevisionPath(workspace->project, graph.At(index).file));
  }
  if (auto edited = EditFiles(files); !edited) return edited;
  // What was broken is said now, with its place, and not by the next command.
  const auto reloaded = OpenWorkspace(context.globals);
  if (!reloaded) return tl::unexpected(reloaded.error());
  return {};
}

}  // namespace

void AddEdit(CLI::App& app, Command& chosen) {
  auto name = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("edit", "open a revision's file in $VISUAL or $EDITOR");
  command->add_option("REVISION", *name, "a revision or its unique start, head, heads, or current")
      ->required();
  command->callback([&chosen, name] {
    chosen = [name](CommandContext& context) { return RunEdit(context, *name); };
  });
}

}  // namespace schemaop
