#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/database.h"
#include "cli/run_outcome.h"
#include "cli/workspace.h"
#include "engine/resolve_statement.h"
#include "revision/plan.h"

namespace schemaop {
namespace {

struct ResolveArguments {
  std::string revision;
  bool done = false;
  bool retry = false;
};

// A revision whose file is gone can be in doubt, too.
RevisionId Meant(const RevisionGraph& graph, const std::string& typed) {
  const auto goal = ResolveGoal(graph, typed);
  return goal && goal->revisions.size() == 1 ? goal->revisions.front() : typed;
}

Outcome<void> RunResolve(CommandContext& context, const ResolveArguments& arguments) {
  if (arguments.done == arguments.retry) {
    return Refuse(ExitCode::kUsage,
                  "resolve needs --done (the statement took effect) or --retry (it did not); look "
                  "at the database first");
  }
  const auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  const auto options = ChooseDatabase(context.globals, workspace->project.settings);
  if (!options) return tl::unexpected(options.error());
  const std::string program = ProgramOnProject(context.globals);
  const RevisionId id = Meant(*workspace->graph, arguments.revision);
  const auto resolved =
      ResolveStatement(*options, id, arguments.done ? Resolution::kDone : Resolution::kRetry,
                       CurrentActor(), context.stop);
  if (!resolved) {
    const RunReport& report = resolved.error();
    if (report.error && report.error->code == ErrorCode::kInvalid) {
      return Refuse(ExitCode::kUsage, report.error->message);
    }
    return ConcludeRun(
        report, *workspace, program,
        fmt::format("{} resolve {} {}", program, id, arguments.done ? "--done" : "--retry"));
  }
  const bool up = resolved->direction == Direction::kUpgrade;
  context.output.Progress(fmt::format(
      "statement {} of the {} of revision {} {}; to go on, run: {} {} TARGET", resolved->statement,
      up ? "upgrade" : "downgrade", id, arguments.done ? "is noted as done" : "will be sent again",
      program, up ? "upgrade" : "downgrade"));
  return {};
}

}  // namespace

void AddResolve(CLI::App& app, Command& chosen) {
  auto arguments = std::make_shared<ResolveArguments>();
  CLI::App* command = app.add_subcommand(
      "resolve", "say what became of a statement outside a transaction that is in doubt");
  command->add_option("REVISION", arguments->revision, "the revision whose statement is in doubt")
      ->required();
  command->add_flag("--done", arguments->done, "the statement took effect");
  command->add_flag("--retry", arguments->retry, "it did not: the next run sends it again");
  command->callback([&chosen, arguments] {
    chosen = [arguments](CommandContext& context) { return RunResolve(context, *arguments); };
  });
}

}  // namespace schemaop
