#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/new_revision.h"
#include "cli/planning_error.h"
#include "revision/plan.h"

namespace schemaop {
namespace {

struct MergeArguments {
  std::vector<std::string> revisions;
  std::optional<std::string> message;
  NewRevision wanted;
};

Outcome<std::vector<RevisionId>> ResolveAll(const RevisionGraph& graph,
                                            const std::vector<std::string>& names) {
  std::vector<RevisionId> resolved;
  for (const std::string& name : names) {
    const auto goal = ResolveGoal(graph, name);
    if (!goal) return tl::unexpected(DescribePlanningError(goal.error(), graph, {}, name));
    for (const RevisionId& id : goal->revisions) {
      if (std::find(resolved.begin(), resolved.end(), id) == resolved.end()) resolved.push_back(id);
    }
  }
  return resolved;
}

Outcome<void> RunMerge(CommandContext& context, const MergeArguments& arguments) {
  const auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  auto parents = ResolveAll(*workspace->graph, arguments.revisions);
  if (!parents) return tl::unexpected(parents.error());
  if (parents->size() < 2) {
    return Refuse(ExitCode::kUsage,
                  fmt::format("nothing to merge: '{}' is {}; a merge joins two revisions or more",
                              Join(arguments.revisions, " "),
                              parents->empty() ? "base" : "only " + parents->front()));
  }
  NewRevision wanted = arguments.wanted;
  wanted.message = arguments.message.value_or("merge " + Join(*parents, " and "));
  wanted.parents = *std::move(parents);
  return WriteNewRevision(context, *workspace, wanted);
}

}  // namespace

void AddMerge(CLI::App& app, Command& chosen) {
  auto arguments = std::make_shared<MergeArguments>();
  NewRevision& wanted = arguments->wanted;
  CLI::App* command = app.add_subcommand("merge", "write a revision that joins others");
  command->add_option("REVISION", arguments->revisions, "the revisions to join, or heads for all")
      ->required();
  command->add_option("-m,--message", arguments->message,
                      "what it does, in one line (default: names the joined revisions)");
  command->add_flag("--splice", wanted.splice, "allow joining revisions that are no heads");
  command->add_option("--branch-label", wanted.branch_label, "a name for the joined branch");
  command->add_option("--rev-id", wanted.id, "identifier (default: as for revision)");
  AddOutputOption(*command, wanted.format);
  command->callback([&chosen, arguments] {
    chosen = [arguments](CommandContext& context) { return RunMerge(context, *arguments); };
  });
}

}  // namespace schemaop
