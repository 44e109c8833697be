#include "engine/migrate.h"

#include <utility>

#include "engine/live_steps.h"
#include "engine/locked_run.h"

namespace schemaop {
namespace {

class MigrationRun {
 public:
  MigrationRun(const RevisionGraph& graph, const Actor& actor, const ProgressSink& progress,
               std::stop_token stop)
      : graph_(graph), actor_(actor), progress_(progress), stop_(std::move(stop)) {}

  RunReport Run(const DatabaseOptions& options, const Planner& planner) {
    const auto waiting = [this](const std::optional<LockHolder>& holder) {
      RunProgress progress;
      progress.phase = RunProgress::Phase::kWaitingForLock;
      progress.holder = holder;
      Tell(progress);
    };
    auto start = StartLockedRun(options, waiting, stop_);
    if (!start) return std::move(start.error());
    database_ = std::move(start->database);
    report_.heads = start->state.heads;
    auto plan = planner(start->state);
    if (!plan) return Ended(EndOf(plan.error()), plan.error());
    TakeSteps(*plan);
    return std::move(report_);
  }

 private:
  void TakeSteps(const Plan& plan) {
    LiveSteps sink(database_, actor_.name, stop_);
    RunProgress progress;
    progress.steps = static_cast<int>(plan.steps.size());
    for (const Step& step : plan.steps) {
      ++progress.step;
      if (!TakeStep(sink, step, progress)) return;
    }
  }

  bool TakeStep(StepSink& sink, const Step& step, RunProgress& progress) {
    auto revision = RunnableRevision(step);
    if (!revision) {
      Ended(RunReport::Outcome::kFailed, revision.error());
      return false;
    }
    progress.revision = step.revision;
    progress.direction = step.direction;
    auto taken = sink.Take(step, **revision, [&](int statement, int statements) {
      progress.statement = statement;
      progress.statements = statements;
      Tell(progress);
    });
    if (!taken) {
      report_.failure = std::move(taken.error().failure);
      Ended(taken.error().outcome, std::move(taken.error().error));
      return false;
    }
    report_.applied.push_back(std::move(*taken));
    report_.heads = step.heads_after;
    Tell(progress);
    return true;
  }

  Result<const Revision*> RunnableRevision(const Step& step) const {
    const Revision* revision = graph_.Find(step.revision);
    if (revision == nullptr) {
      return Fail(ErrorCode::kNotFound,
                  "revision " + step.revision + " is not among the revision files");
    }
    if (step.direction == Direction::kDowngrade && !revision->downgrade) {
      return Fail(ErrorCode::kInvalid, revision->file + ": revision " + revision->id +
                                           " is irreversible: it has no migrate:down section");
    }
    return revision;
  }

  void Tell(RunProgress progress) const {
    if (!progress_) return;
    progress.heads = report_.heads;
    progress.applied = report_.applied;
    progress_(progress);
  }

  RunReport Ended(RunReport::Outcome outcome, Error error) {
    report_.outcome = outcome;
    report_.error = std::move(error);
    return report_;
  }

  const RevisionGraph& graph_;
  const Actor& actor_;
  const ProgressSink& progress_;
  std::stop_token stop_;
  std::unique_ptr<TargetDatabase> database_;
  RunReport report_;
};

}  // namespace

RunReport Migrate(const DatabaseOptions& options, const RevisionGraph& graph, const Planner& plan,
                  const Actor& actor, const ProgressSink& progress, std::stop_token stop) {
  return MigrationRun(graph, actor, progress, std::move(stop)).Run(options, plan);
}

}  // namespace schemaop
