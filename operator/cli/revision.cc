#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/new_revision.h"
#include "cli/planning_error.h"
#include "revision/plan.h"

namespace schemaop {
namespace {

struct Arguments {
  std::string message;
  std::string head = "head";
  NewRevision wanted;
  bool autogenerate = false;
};

Outcome<std::vector<RevisionId>> ResolveHead(const RevisionGraph& graph, const std::string& head) {
  if (head == "head" && graph.HeadIds().size() > 1) {
    return Refuse(ExitCode::kUsage,
                  "Multiple heads are present; please specify the head revision on which the new "
                  "revision should be based, or perform a merge.");
  }
  auto goal = ResolveGoal(graph, head);
  if (!goal) return tl::unexpected(DescribePlanningError(goal.error(), graph, {}, head));
  return goal->revisions;
}

Outcome<void> Run(CommandContext& context, const Arguments& arguments) {
  if (arguments.autogenerate) {
    return Refuse(ExitCode::kUsage,
                  "--autogenerate is not available yet; write the SQL by hand into the file of: "
                  "schemactl revision -m MESSAGE");
  }
  const auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  auto parents = ResolveHead(*workspace->graph, arguments.head);
  if (!parents) return tl::unexpected(parents.error());
  NewRevision wanted = arguments.wanted;
  wanted.message = arguments.message;
  wanted.parents = *std::move(parents);
  return WriteNewRevision(context, *workspace, wanted);
}

}  // namespace

void AddRevision(CLI::App& app, Command& chosen) {
  auto arguments = std::make_shared<Arguments>();
  NewRevision& wanted = arguments->wanted;
  CLI::App* command = app.add_subcommand("revision", "write a new revision file");
  command->add_option("-m,--message", arguments->message, "what it does, in one line");
  command->add_flag("--autogenerate", arguments->autogenerate,
                    "find out the SQL by comparing (not available yet)");
  command->add_option("--head", arguments->head,
                      "what to build on: head, a revision, label@head, or base for a new root");
  command->add_flag("--splice", wanted.splice, "allow building on a revision that is no head");
  command->add_option("--branch-label", wanted.branch_label, "a name for the branch it starts");
  command->add_option("--version-path", wanted.version_path,
                      "folder for the file, below the project's versions");
  command->add_option(
      "--rev-id", wanted.id,
      "identifier (default: the next number where the project counts 001, 002; else "
      "12 hexadecimal digits)");
  command
      ->add_option("--depends-on", wanted.depends_on,
                   "a revision or label it needs; may be given several times")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->callback([&chosen, arguments] {
    chosen = [arguments](CommandContext& context) { return Run(context, *arguments); };
  });
}

}  // namespace schemaop
