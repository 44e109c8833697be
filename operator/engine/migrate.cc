#include "engine/migrate.h"

#include <span>
#include <utility>
#include <vector>

#include "base/fault_point.h"
#include "engine/live_place.h"
#include "engine/locked_run.h"
#include "engine/run_place.h"
#include "revision/lost_revisions.h"
#include "revision/one_transaction.h"
#include "revision/plan_hash.h"

namespace schemaop {
namespace {

void Adopt(const StepMoment& moment, RunProgress& progress) {
  progress.phase = moment.held_back ? RunProgress::Phase::kHeldBack : RunProgress::Phase::kRunning;
  progress.statement = moment.statement;
  progress.statements = moment.statements;
  progress.attempt = moment.attempt;
  progress.began = moment.began;
  progress.blockers = moment.blockers;
  progress.build = moment.build;
}

class MigrationRun {
 public:
  MigrationRun(RunPlace& place, const RevisionGraph& graph, const Actor& actor,
               const ProgressSink& progress, std::stop_token stop)
      : place_(place),
        files_(std::shared_ptr<void>(), &graph),
        actor_(actor),
        told_(progress),
        stop_(std::move(stop)) {}

  RunReport Run(const DatabaseOptions& options, const Planner& planner) {
    const auto waiting = [this](const std::optional<LockHolder>& holder) {
      progress_.phase = RunProgress::Phase::kWaitingForLock;
      progress_.holder = holder;
      Tell();
    };
    auto state = place_.Enter(waiting, stop_);
    if (!state) return std::move(state.error());
    progress_.holder.reset();
    report_.heads = state->heads;
    progress_.heads = state->heads;
    auto stored = place_.ReadStored(*files_, *state, stop_);
    if (!stored) return Ended(EndOf(stored.error()), stored.error());
    auto plan = planner(*state);
    if (!plan) return Ended(EndOf(plan.error()), plan.error());
    SCHEMAOP_FAULT_POINT_OR("engine.plan.made", Ended(RunReport::Outcome::kFailed, fault));
    auto history = CompleteFromLedger(files_, *state);
    // A planner that gets by without the lost revisions does not need them here either.
    graph_ = history ? *std::move(history) : files_;
    TakeAndKeep(*plan, options);
    SCHEMAOP_CRASH_POINT("engine.run.ended");
    return std::move(report_);
  }

 private:
  // Takes the steps and, when any was taken, keeps the schema they leave.
  void TakeAndKeep(const Plan& plan, const DatabaseOptions& options) {
    if (!plan.steps.empty()) place_.BeforeSteps(report_.heads, stop_);
    TakeSteps(plan, options);
    // Whoever is told to stop leaves at once: the next run keeps what it leaves.
    if (report_.applied.empty() || stop_.stop_requested()) return;
    auto kept = place_.AfterSteps(report_.heads, actor_, stop_);
    if (!kept) report_.snapshot_problem = kept.error();
  }

  void TakeSteps(const Plan& plan, const DatabaseOptions& options) {
    auto steps = RunnableSteps(plan);
    if (!steps) {
      Ended(RunReport::Outcome::kFailed, steps.error());
      return;
    }
    const bool together = options.transaction_mode == TransactionMode::kSingle;
    if (together) {
      if (auto fits = CheckOneTransaction(*graph_, plan); !fits) {
        Ended(RunReport::Outcome::kFailed, fits.error());
        return;
      }
    }
    const RunIdentity identity{actor_.name, PlanHash(DsnLabel(options.dsn), *graph_, plan)};
    const std::unique_ptr<StepSink> sink = place_.Sink(*graph_, identity, stop_);
    const std::size_t size = together ? steps->size() : 1;
    for (std::size_t first = 0; first < steps->size(); first += size) {
      if (first + size < steps->size()) sink->Expect((*steps)[first + size]);
      const bool taken = Take(*sink, *steps, first, size);
      report_.receipt = sink->receipt();
      if (!taken) return;
    }
  }

  // Takes the `size` steps from `first` on together.
  bool Take(StepSink& sink, const std::vector<PlannedStep>& steps, std::size_t first,
            std::size_t size) {
    progress_.steps = static_cast<int>(steps.size());
    progress_.statement = 0;
    progress_.statements = 0;
    progress_.attempt = 1;
    progress_.began.reset();
    auto taken = sink.Take(std::span(steps).subspan(first, size),
                           [&](std::size_t step, const StepMoment& moment) {
                             NoteStep(*steps[first + step].step, first + step);
                             Adopt(moment, progress_);
                             Tell();
                           });
    if (!taken) {
      report_.failure = std::move(taken.error().failure);
      report_.blockers = std::move(taken.error().blockers);
      if (taken.error().outcome == RunReport::Outcome::kCancelled) {
        report_.interrupted =
            InterruptedStep{.revision = steps[first].step->revision,
                            .in_transaction = steps[first].section().transactional,
                            .statements_done = taken.error().statements_done};
      }
      Ended(taken.error().outcome, std::move(taken.error().error));
      return false;
    }
    SCHEMAOP_CRASH_POINT("engine.step.taken");
    report_.applied.insert(report_.applied.end(), taken->begin(), taken->end());
    progress_.applied.insert(progress_.applied.end(), taken->begin(), taken->end());
    const Step& last = *steps[first + size - 1].step;
    report_.heads = last.heads_after;
    progress_.heads = last.heads_after;
    NoteStep(last, first + size - 1);
    progress_.phase = RunProgress::Phase::kRunning;
    progress_.blockers.clear();
    progress_.build.reset();
    Tell();
    return true;
  }

  // `step` is the run's, at `index`.
  void NoteStep(const Step& step, std::size_t index) {
    progress_.step = static_cast<int>(index) + 1;
    progress_.revision = step.revision;
    progress_.direction = step.direction;
  }

  Result<std::vector<PlannedStep>> RunnableSteps(const Plan& plan) const {
    std::vector<PlannedStep> steps;
    for (const Step& step : plan.steps) {
      auto revision = RunnableRevision(step);
      if (!revision) return Fail(revision.error());
      steps.push_back({&step, *revision});
    }
    return steps;
  }

  Result<const Revision*> RunnableRevision(const Step& step) const {
    const Revision* revision = graph_->Find(step.revision);
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

  void Tell() const {
    if (told_) told_(progress_);
  }

  RunReport Ended(RunReport::Outcome outcome, Error error) {
    report_.outcome = outcome;
    report_.error = std::move(error);
    return report_;
  }

  RunPlace& place_;
  const std::shared_ptr<const RevisionGraph> files_;  // the caller's, not owned
  std::shared_ptr<const RevisionGraph> graph_;        // with what the ledger adds
  const Actor& actor_;
  const ProgressSink& told_;
  std::stop_token stop_;
  RunReport report_;
  // Kept from one telling to the next: what was applied so far is long, and told at each statement.
  RunProgress progress_;
};

}  // namespace

RunReport Migrate(const DatabaseOptions& options, const RevisionGraph& graph, const Planner& plan,
                  const Actor& actor, const ProgressSink& progress, std::stop_token stop) {
  LivePlace place(options);
  return MigrateAt(place, options, graph, plan, actor, progress, std::move(stop));
}

RunReport MigrateAt(RunPlace& place, const DatabaseOptions& options, const RevisionGraph& graph,
                    const Planner& plan, const Actor& actor, const ProgressSink& progress,
                    std::stop_token stop) {
  return MigrationRun(place, graph, actor, progress, std::move(stop)).Run(options, plan);
}

}  // namespace schemaop
