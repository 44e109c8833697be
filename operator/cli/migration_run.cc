#include "cli/migration_run.h"

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/confirmation.h"
#include "cli/database.h"
#include "cli/ledger_problem.h"
#include "cli/offline_range.h"
#include "cli/planning_error.h"
#include "cli/printable.h"
#include "cli/run_document.h"
#include "cli/run_outcome.h"
#include "cli/run_progress.h"
#include "cli/script_run.h"
#include "cli/shell_word.h"
#include "cli/workspace.h"
#include "engine/migrate.h"
#include "engine/observe_database.h"
#include "revision/changed_revision.h"
#include "revision/excess_rights.h"
#include "revision/lost_revisions.h"
#include "revision/one_transaction.h"
#include "revision/plan.h"
#include "revision/step_line.h"

namespace schemaop {
namespace {

constexpr std::string_view kRunning = "Running";  // what a StepLine begins with

// `text` with its line breaks and other control characters spelled out: names of tables may hold
// any, and a list that is agreed to must not be able to look like another.
std::string SpelledOut(const std::string& text) {
  std::string line;
  for (const char c : EscapeControls(text)) {
    line += c == '\n' ? "\\x0a" : c == '\t' ? "\\x09" : std::string(1, c);
  }
  return line;
}

// What planning under the lock came to; the run's report does not tell a wrong target from a failed
// run.
struct Planning {
  std::optional<CommandFailure> failure;
  std::optional<Heads> from;  // nullopt: the database was never read
  Plan plan;
};

class MigrationRun {
 public:
  MigrationRun(CommandContext& context, const MigrationRequest& request, const Workspace& workspace,
               const DatabaseOptions& options)
      : context_(context),
        request_(request),
        workspace_(workspace),
        graph_(*workspace.graph),
        history_(workspace),
        options_(options) {}

  Outcome<void> Preview();
  // Asks when somebody is there and the steps destroy data.
  Outcome<void> Agree();
  Outcome<void> Run();

 private:
  std::string Typed() const {
    return fmt::format("{} {} {}{}", ProgramOnProject(context_.globals),
                       CommandName(request_.direction), ShellWord(request_.target),
                       RepeatedOptions(request_.execution));
  }
  TypedCommand Document() const { return {CommandName(request_.direction), request_.target}; }
  // Plans for the database as it is; from then on `history_` holds what the ledger adds.
  Outcome<Plan> MakePlan(const DatabaseState& state);
  // What a run would refuse before its first step is refused here, too.
  Outcome<Plan> PlanWithoutLock();
  Outcome<void> CheckRights(const DatabaseState& state);
  std::vector<std::string> Losses(const Plan& plan) const;
  Planner PlanInto(Planning& planning, ProgressPrinter& printer);
  void Warn(const Plan& plan) const;
  void SayNothingToDo(const Heads& heads) const;

  CommandContext& context_;
  const MigrationRequest& request_;
  const Workspace& workspace_;
  const RevisionGraph& graph_;
  Workspace history_;  // the workspace with the revisions that only the ledger keeps
  const DatabaseOptions& options_;
  std::optional<Plan> agreed_;
  bool warned_ = false;  // of the login's rights
};

Outcome<Plan> MigrationRun::MakePlan(const DatabaseState& state) {
  if (auto allowed = CheckRights(state); !allowed) return tl::unexpected(allowed.error());
  const auto history = CompleteFromLedger(workspace_.graph, state);
  history_.graph = history ? *history : workspace_.graph;
  if (const auto changed = FindChangedRevisions(*history_.graph, state); !changed.empty()) {
    return Refuse(ExitCode::kRefused,
                  DescribeChanged(workspace_.project, changed, ProgramOnProject(context_.globals)));
  }
  // A lost revision is there to be taken back, not to be upgraded to.
  const bool up = request_.direction == Direction::kUpgrade;
  const RevisionGraph& known = up ? graph_ : *history_.graph;
  auto plan = up ? PlanUpgrade(known, state.heads, request_.target)
                 : PlanDowngrade(known, state.heads, request_.target);
  if (plan) return *std::move(plan);
  if (up && history_.graph != workspace_.graph) {
    return tl::unexpected(
        DescribeLostRevisions(*history_.graph, state.heads, ProgramOnProject(context_.globals)));
  }
  return tl::unexpected(DescribePlanningError(plan.error(), known, state.heads, request_.target));
}

// Whoever runs this holds the password already; only a project can want it refused.
Outcome<void> MigrationRun::CheckRights(const DatabaseState& state) {
  if (state.excess_rights.empty()) return {};
  const std::string text = DescribeExcessRights(state) +
                           ": log in as the role that owns the schema, or say --allow-superuser";
  if (workspace_.project.settings.allow_superuser == "false") {
    return Refuse(ExitCode::kRefused, text);
  }
  const bool silent = workspace_.project.settings.allow_superuser == "true" || !CanAsk();
  if (!silent && !std::exchange(warned_, true)) context_.output.Warning(text);
  return {};
}

Outcome<Plan> MigrationRun::PlanWithoutLock() {
  const auto state = ObserveDatabase(options_, graph_, context_.stop);
  if (!state) return Refuse(state.error());
  auto plan = MakePlan(*state);
  if (!plan || options_.transaction_mode != TransactionMode::kSingle) return plan;
  auto fits = CheckOneTransaction(*history_.graph, *plan);
  if (!fits) return Refuse(FromWorkingFolder(workspace_, fits.error()));
  return plan;
}

void MigrationRun::Warn(const Plan& plan) const {
  for (const std::string& warning : plan.warnings) context_.output.Warning(warning);
  for (const Step& step : plan.steps) {
    if (graph_.Find(step.revision) != nullptr) continue;
    context_.output.Warning(fmt::format(
        "no file declares {} any more: the SQL that the ledger keeps is run", step.revision));
  }
}

// "002 downgrade drops table t2", a line for each step that destroys something.
std::vector<std::string> MigrationRun::Losses(const Plan& plan) const {
  std::vector<std::string> lines;
  for (const Step& step : plan.steps) {
    const std::vector<std::string> losses = Destroys(step, *history_.graph);
    if (losses.empty()) continue;
    lines.push_back(SpelledOut(fmt::format("{} of {} {}", CommandName(step.direction),
                                           step.revision, Join(losses, ", "))));
  }
  return lines;
}

void MigrationRun::SayNothingToDo(const Heads& heads) const {
  context_.output.Progress("Nothing to do: the database is at " + DescribeHeads(heads, graph_));
}

Outcome<void> MigrationRun::Preview() {
  const auto plan = PlanWithoutLock();
  if (!plan) return tl::unexpected(plan.error());
  Warn(*plan);
  if (request_.format != OutputFormat::kText) {
    context_.output.Result(PlanDocument(request_.format, Document(), history_, *plan));
    return {};
  }
  if (plan->steps.empty()) SayNothingToDo(plan->from);
  for (const Step& step : plan->steps) {
    const Revision* revision = history_.graph->Find(step.revision);
    if (revision == nullptr) continue;
    context_.output.Result("Would run" +
                           SpelledOut(StepLine(*revision, step.direction).substr(kRunning.size())) +
                           "\n");
    for (const std::string& loss : Destroys(step, *history_.graph)) {
      context_.output.Result("  " + SpelledOut(loss) + "\n");
    }
  }
  return {};
}

Outcome<void> MigrationRun::Agree() {
  if (request_.yes || !CanAsk()) return {};
  auto plan = PlanWithoutLock();
  if (!plan) return tl::unexpected(plan.error());
  const std::vector<std::string> losses = Losses(*plan);
  if (losses.empty()) return {};
  agreed_ = *std::move(plan);
  return AskForName(context_, DsnLabel(options_.dsn), losses);
}

Planner MigrationRun::PlanInto(Planning& planning, ProgressPrinter& printer) {
  return [this, &planning, &printer](const DatabaseState& state) -> Result<Plan> {
    planning.from = state.heads;
    auto plan = MakePlan(state);
    if (!plan) {
      planning.failure = plan.error();
      return Fail(ErrorCode::kRejected, plan.error().message);
    }
    printer.Use(*history_.graph);
    if (agreed_ && agreed_->steps != plan->steps) {
      return Fail(ErrorCode::kConflict,
                  fmt::format("the database was changed meanwhile and is at {} now; to be asked "
                              "again, run: {}",
                              DescribeHeads(state.heads, graph_), Typed()));
    }
    planning.plan = *plan;
    Warn(*plan);
    return *std::move(plan);
  };
}

Outcome<void> MigrationRun::Run() {
  Planning planning;
  ProgressPrinter printer(context_.output, graph_);
  const RunReport report = Migrate(
      options_, graph_, PlanInto(planning, printer), CurrentActor(),
      [&](const RunProgress& progress) { printer(progress); }, context_.stop);
  if (planning.failure) return tl::unexpected(*planning.failure);
  if (report.outcome == RunReport::Outcome::kCompleted && planning.plan.steps.empty()) {
    SayNothingToDo(report.heads);
  }
  WarnOfSnapshot(context_.output, report);
  if (const std::string receipt = DescribeReceipt(report.receipt); !receipt.empty()) {
    context_.output.Progress("Locks: " + receipt);
  }
  if (request_.format != OutputFormat::kText) {
    context_.output.Result(
        RunDocument(request_.format, Document(), history_, planning.from, report));
  }
  return ConcludeRun(report, workspace_, ProgramOnProject(context_.globals), Typed());
}

}  // namespace

const char* CommandName(Direction direction) {
  return direction == Direction::kUpgrade ? "upgrade" : "downgrade";
}

void AddMigrationCommand(CLI::App& app, Command& chosen, Direction direction,
                         const std::string& description, const std::string& target) {
  auto request = std::make_shared<MigrationRequest>();
  request->direction = direction;
  CLI::App* command = app.add_subcommand(CommandName(direction), description);
  command->add_option("TARGET", request->target, target)->required();
  AddScriptOptions(*command, request->sql, request->tag);
  AddExecutionOptions(*command, request->execution);
  command->add_flag("--dry-run", request->dry_run, "say what would run, and change nothing");
  command->add_flag("-y,--yes", request->yes, "do not ask at a terminal before data is destroyed");
  AddOutputOption(*command, request->format);
  // Of a script they would say nothing.
  for (const char* name :
       {"--dry-run", "--output", "--yes", "--retry-budget", "--allow-superuser"}) {
    command->get_option("--sql")->excludes(command->get_option(name));
  }
  command->callback([&chosen, request] {
    chosen = [request](CommandContext& context) { return RunMigration(context, *request); };
  });
}

Outcome<void> RunMigration(CommandContext& context, const MigrationRequest& request) {
  if (request.sql) return WriteMigrationScript(context, request);
  const std::string command =
      fmt::format("{} {}", ProgramOnProject(context.globals), CommandName(request.direction));
  if (auto single = RefuseRange(command, request.target); !single) return single;
  const auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  auto options = ChooseDatabase(context.globals, workspace->project.settings);
  if (!options) return tl::unexpected(options.error());
  Apply(request.execution, *options);
  MigrationRun run(context, request, *workspace, *options);
  if (request.dry_run) return run.Preview();
  if (auto agreed = run.Agree(); !agreed) return agreed;
  return run.Run();
}

}  // namespace schemaop
