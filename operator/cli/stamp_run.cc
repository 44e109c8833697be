#include "cli/stamp_run.h"

#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/database.h"
#include "cli/offline_range.h"
#include "cli/planning_error.h"
#include "cli/run_document.h"
#include "cli/run_outcome.h"
#include "cli/script_run.h"
#include "cli/shell_word.h"
#include "cli/workspace.h"
#include "engine/migrate.h"
#include "revision/plan.h"

namespace schemaop {
namespace {

struct Planning {
  std::optional<CommandFailure> failure;
  std::optional<StampPlan> plan;  // nullopt: the database was never read
};

StampPlanner PlanInto(Planning& planning, const RevisionGraph& graph, const StampRequest& request) {
  return [&](const DatabaseState& state) -> Result<StampPlan> {
    if (request.targets.empty()) {
      planning.plan = StampPlan{state.heads, state.heads, false, {}};
      return *planning.plan;
    }
    auto plan = PlanStamp(graph, state.heads, request.targets, request.purge);
    if (plan) {
      planning.plan = *plan;
    } else {
      planning.failure =
          DescribePlanningError(plan.error(), graph, request.purge ? Heads{} : state.heads,
                                FirstUnresolved(graph, request.targets));
    }
    return plan;
  };
}

std::string Again(const std::string& program, const StampRequest& request) {
  if (request.targets.empty()) return program + " ensure-version";
  std::string text = program + " stamp" + (request.purge ? " --purge" : "");
  for (const std::string& target : request.targets) text += " " + ShellWord(target);
  return text;
}

void Tell(Output& output, const StampPlan& plan, const RevisionGraph& graph) {
  for (const StampStep& step : plan.steps) {
    output.Progress(fmt::format("Running stamp_revision {} -> {}", Join(step.from, ", "), step.to));
  }
  if (plan.steps.empty() && !plan.purge) {
    output.Progress("Nothing to do: the database is at " + DescribeHeads(plan.to, graph));
  }
}

}  // namespace

Outcome<void> RunStamp(CommandContext& context, const StampRequest& request) {
  if (request.sql) return WriteStampScript(context, request);
  const std::string program = ProgramOnProject(context.globals);
  for (const std::string& target : request.targets) {
    if (auto single = RefuseRange(program + " stamp", target); !single) return single;
  }
  auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  const auto options = ChooseDatabase(context.globals, workspace->project.settings);
  if (!options) return tl::unexpected(options.error());

  Planning planning;
  const RunReport report =
      Stamp(*options, PlanInto(planning, *workspace->graph, request), CurrentActor(), context.stop);
  if (planning.failure) return tl::unexpected(*planning.failure);
  WarnOfSnapshot(context.output, report);
  if (request.format != OutputFormat::kText) {
    const TypedCommand typed{request.targets.empty() ? "ensure-version" : "stamp",
                             Join(request.targets, " ")};
    context.output.Result(StampDocument(request.format, typed, planning.plan, report));
  }
  const Outcome<void> outcome = ConcludeRun(report, *workspace, program, Again(program, request));
  if (outcome && !request.targets.empty()) Tell(context.output, *planning.plan, *workspace->graph);
  return outcome;
}

}  // namespace schemaop
