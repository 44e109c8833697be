#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/autogenerate.h"
#include "cli/choice.h"
#include "cli/commands.h"
#include "cli/new_revision.h"
#include "cli/planning_error.h"
#include "cli/schema_reader.h"
#include "revision/plan.h"

namespace schemaop {
namespace {

struct RevisionArguments {
  std::string message;
  std::string head = "head";
  NewRevision wanted;
  bool autogenerate = false;
  AutogenerateRequest generate;
  bool sql = false;
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

Outcome<void> RunRevision(CommandContext& context, const RevisionArguments& arguments) {
  if (arguments.sql) {
    return Refuse(ExitCode::kUsage,
                  "a revision is an SQL file here, so there is no --sql to ask for; leave it out");
  }
  const auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  auto parents = ResolveHead(*workspace->graph, arguments.head);
  if (!parents) return tl::unexpected(parents.error());
  NewRevision wanted = arguments.wanted;
  wanted.message = arguments.message;
  wanted.parents = *std::move(parents);
  if (!arguments.autogenerate) return WriteNewRevision(context, *workspace, wanted);
  return WriteGeneratedRevisions(context, *workspace, arguments.generate, wanted);
}

void AddAutogenerateOptions(CLI::App& command, RevisionArguments& arguments) {
  CLI::Option* autogenerate = command.add_flag(
      "--autogenerate", arguments.autogenerate,
      "write the SQL that makes what schema.sql says, tried in a scratch database");
  AddChoice(
      command, "--against", {"revisions", "live"},
      [&arguments](std::size_t word) { arguments.generate.live = word == 1; },
      "what schema.sql is compared with: the revisions, replayed in a scratch database (default), "
      "or the database itself")
      ->needs(autogenerate);
  command
      .add_option(
          "--rename", arguments.generate.renames,
          "what is a rename and not a drop: 'column app.t.old -> new'; may be given several "
          "times")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->needs(autogenerate);
  AddScratchOption(command, arguments.generate.scratch_url)->needs(autogenerate);
}

}  // namespace

void AddRevision(CLI::App& app, Command& chosen) {
  auto arguments = std::make_shared<RevisionArguments>();
  NewRevision& wanted = arguments->wanted;
  CLI::App* command = app.add_subcommand("revision", "write a new revision file");
  command->add_option("-m,--message", arguments->message, "what it does, in one line");
  AddAutogenerateOptions(*command, *arguments);
  command->add_flag("--sql", arguments->sql, "refused: Alembic's option for Python revisions");
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
  AddOutputOption(*command, wanted.format);
  command->callback([&chosen, arguments] {
    chosen = [arguments](CommandContext& context) { return RunRevision(context, *arguments); };
  });
}

}  // namespace schemaop
