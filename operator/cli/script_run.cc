#include "cli/script_run.h"

#include <span>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/database.h"
#include "cli/offline_range.h"
#include "cli/planning_error.h"
#include "cli/workspace.h"
#include "engine/sql_script.h"
#include "revision/one_transaction.h"
#include "revision/plan.h"

namespace schemaop {
namespace {

// Without the options that name the project: where it is on somebody's machine is none of the
// script's business.
std::vector<std::string> Remarks(const CommandContext& context, const std::string& command,
                                 const std::optional<std::string>& tag) {
  std::vector<std::string> remarks{context.globals.program + " " + command + " --sql"};
  if (tag) remarks.push_back("tag: " + *tag);
  return remarks;
}

struct StampTargets {
  std::optional<std::string> start;
  std::vector<std::string> ends;
};

// Alembic's rule: each target may be a range, and all ranges start at the same place.
Outcome<StampTargets> ReadStampTargets(const std::string& command,
                                       const std::vector<std::string>& typed) {
  StampTargets targets;
  for (const std::string& text : typed) {
    auto range = SplitOfflineRange(command, text);
    if (!range) return tl::unexpected(range.error());
    if (range->start && targets.start && *range->start != *targets.start) {
      return Refuse(ExitCode::kUsage,
                    fmt::format("Stamp operation with --sql only supports a single starting "
                                "revision at a time: '{}' and '{}' are two",
                                *targets.start, *range->start));
    }
    if (range->start) targets.start = range->start;
    targets.ends.push_back(range->end);
  }
  return targets;
}

// All steps of `plan`, each alone or all together.
Outcome<void> TakeInto(SqlScript& script, const Plan& plan, const RevisionGraph& graph,
                       bool together) {
  std::vector<PlannedStep> steps;
  for (const Step& step : plan.steps) steps.push_back({&step, graph.Find(step.revision)});
  const std::size_t size = together ? steps.size() : 1;
  for (std::size_t first = 0; first < steps.size(); first += size) {
    auto taken = script.Take(std::span(steps).subspan(first, size), nullptr);
    if (!taken) return Refuse(taken.error().error);
  }
  return {};
}

}  // namespace

void AddScriptOptions(CLI::App& command, bool& sql, std::optional<std::string>& tag) {
  CLI::Option* script = command.add_flag(
      "--sql", sql, "print a script for psql instead of running; no database is asked");
  command.add_option("--tag", tag, "a remark for the top of the script")->needs(script);
}

Outcome<void> WriteMigrationScript(CommandContext& context, const MigrationRequest& request) {
  const std::string command =
      fmt::format("{} {}", ProgramOnProject(context.globals), CommandName(request.direction));
  const bool up = request.direction == Direction::kUpgrade;
  const auto range = SplitOfflineRange(command, request.target);
  if (!range) return tl::unexpected(range.error());
  if (!up && !range->start) {
    return Refuse(ExitCode::kUsage,
                  fmt::format("downgrade with --sql requires <fromrev>:<torev>; type the revision "
                              "the database is at in front, as in: {} head:base --sql",
                              command));
  }
  const auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  const RevisionGraph& graph = *workspace->graph;
  const auto from = ResolveStart(graph, range->start);
  if (!from) return tl::unexpected(from.error());
  const auto plan =
      up ? PlanUpgrade(graph, *from, range->end) : PlanDowngrade(graph, *from, range->end);
  if (!plan) return tl::unexpected(DescribePlanningError(plan.error(), graph, *from, range->end));

  DatabaseOptions options = ChooseTables(context.globals, workspace->project.settings);
  Apply(request.execution, options);
  const bool together = options.transaction_mode == TransactionMode::kSingle;
  if (together) {
    if (auto fits = CheckOneTransaction(graph, *plan); !fits) {
      return Refuse(FromWorkingFolder(*workspace, fits.error()));
    }
  }
  const std::string typed = fmt::format("{} {}", CommandName(request.direction), request.target);
  SqlScript script(options, *from, Remarks(context, typed, request.tag));
  if (auto taken = TakeInto(script, *plan, graph, together); !taken) return taken;
  for (const std::string& warning : plan->warnings) context.output.Warning(warning);
  if (plan->steps.empty())
    context.output.Warning("the script runs nothing: there is nothing to do");
  context.output.Result(std::move(script).Finish());
  return {};
}

Outcome<void> WriteStampScript(CommandContext& context, const StampRequest& request) {
  const std::string command = ProgramOnProject(context.globals) + " stamp";
  if (request.purge) {
    return Refuse(ExitCode::kUsage,
                  fmt::format("--purge cannot go with --sql, which does not know the rows there "
                              "are; say where the database is: {} FROM:TO --sql",
                              command));
  }
  const auto targets = ReadStampTargets(command, request.targets);
  if (!targets) return tl::unexpected(targets.error());
  const auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  const RevisionGraph& graph = *workspace->graph;
  const auto from = ResolveStart(graph, targets->start);
  if (!from) return tl::unexpected(from.error());
  const auto plan = PlanStamp(graph, *from, targets->ends, false);
  if (!plan) {
    return tl::unexpected(
        DescribePlanningError(plan.error(), graph, *from, FirstUnresolved(graph, targets->ends)));
  }
  const DatabaseOptions options = ChooseTables(context.globals, workspace->project.settings);
  SqlScript script(options, *from,
                   Remarks(context, "stamp " + Join(request.targets, " "), request.tag));
  script.Take(*plan);
  context.output.Result(std::move(script).Finish());
  return {};
}

}  // namespace schemaop
