#include "cli/migration_run.h"

#include <optional>

#include <fmt/format.h>

#include "cli/database.h"
#include "cli/offline_range.h"
#include "cli/planning_error.h"
#include "cli/run_outcome.h"
#include "cli/run_progress.h"
#include "cli/script_run.h"
#include "cli/workspace.h"
#include "engine/migrate.h"
#include "revision/plan.h"

namespace schemaop {
namespace {

// What planning under the lock came to; the run's report does not tell a wrong target from a failed
// run.
struct Planning {
  std::optional<CommandFailure> failure;
  Plan plan;
};

Planner PlanInto(Planning& planning, const RevisionGraph& graph, Direction direction,
                 const std::string& target, Output& output) {
  return [&, direction](const DatabaseState& state) -> Result<Plan> {
    auto plan = direction == Direction::kUpgrade ? PlanUpgrade(graph, state.heads, target)
                                                 : PlanDowngrade(graph, state.heads, target);
    if (!plan) {
      planning.failure = DescribePlanningError(plan.error(), graph, state.heads, target);
      return plan;
    }
    planning.plan = *plan;
    for (const std::string& warning : plan->warnings) output.Warning(warning);
    return plan;
  };
}

}  // namespace

const char* CommandName(Direction direction) {
  return direction == Direction::kUpgrade ? "upgrade" : "downgrade";
}

Outcome<void> RunMigration(CommandContext& context, const MigrationRequest& request) {
  if (request.sql) return WriteMigrationScript(context, request);
  if (auto single = RefuseRange(CommandName(request.direction), request.target); !single) {
    return single;
  }
  auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  const auto options = ChooseDatabase(context.globals, workspace->project.settings);
  if (!options) return tl::unexpected(options.error());

  const RevisionGraph& graph = *workspace->graph;
  Planning planning;
  ProgressPrinter printer(context.output, graph);
  const RunReport report = Migrate(
      *options, graph, PlanInto(planning, graph, request.direction, request.target, context.output),
      CurrentActor(), [&](const RunProgress& progress) { printer(progress); }, context.stop);
  if (planning.failure) return tl::unexpected(*planning.failure);
  if (report.outcome == RunReport::Outcome::kCompleted && planning.plan.steps.empty()) {
    context.output.Progress("Nothing to do: the database is at " +
                            DescribeHeads(report.heads, graph));
  }
  return ConcludeRun(
      report, *workspace,
      fmt::format("schemactl {} {}", CommandName(request.direction), request.target));
}

}  // namespace schemaop
