#include "policy/next_status.h"

#include <chrono>
#include <string>
#include <utility>

#include "base/time.h"
#include "policy/attempt.h"
#include "policy/drift.h"
#include "policy/history.h"
#include "policy/message.h"
#include "policy/progress.h"
#include "policy/verification.h"

namespace schemaop {
namespace {

template <typename... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <typename... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

// What Ready says once a decision for `reason` stands.
ConditionStatus ReadyValue(const SchemaVersionStatus& before, Reason reason) {
  if (reason == Reason::kSuspended) {
    const Condition* ready = FindCondition(before.conditions, "Ready");
    return ready == nullptr ? ConditionStatus::kUnknown : ready->status;
  }
  return TraitsOf(reason).kind == ReasonTraits::Kind::kReady ? ConditionStatus::kTrue
                                                             : ConditionStatus::kFalse;
}

// Ready always; Reconciling or Stalled only while True (kstatus), never both.
void Conclude(SchemaVersionStatus& status, const SchemaVersion& object, Time now, Reason reason,
              const std::string& message) {
  const ReasonTraits traits = TraitsOf(reason);
  const auto condition = [&](std::string type, ConditionStatus value) {
    return Condition{
        std::move(type), value, std::string(traits.name), message, object.metadata.generation, now};
  };
  SetCondition(status.conditions, condition("Ready", ReadyValue(status, reason)));
  const auto present_if = [&](const char* type, bool present) {
    if (present) {
      SetCondition(status.conditions, condition(type, ConditionStatus::kTrue));
    } else {
      RemoveCondition(status.conditions, type);
    }
  };
  present_if("Reconciling", traits.kind == ReasonTraits::Kind::kReconciling);
  present_if("Stalled", traits.kind == ReasonTraits::Kind::kStalled);
}

int SignedSteps(const Plan& plan) {
  const int steps = static_cast<int>(plan.steps.size());
  const bool down = steps > 0 && plan.steps.front().direction == Direction::kDowngrade;
  return down ? -steps : steps;
}

// Nothing that was said of another database is true of this one.
void ForgetDatabase(SchemaVersionStatus& status) {
  status.current_revision.clear();
  status.failure.reset();
  status.last_applied.reset();
  status.history.clear();
  status.receipt.reset();
}

void RecordDatabase(SchemaVersionStatus& status, const Observation& observation) {
  if (observation.identity && observation.identity->label != status.database) {
    ForgetDatabase(status);
    status.database = observation.identity->label;
  }
  if (!observation.database) return;
  status.current_revision = ShowHeads(observation.database->heads);
  AdoptLedger(status, observation.database->ledger);
}

// What the target means for it.
void RecordTarget(SchemaVersionStatus& status, const SchemaVersion& object,
                  const Observation& observation) {
  const auto goal = ResolveGoal(*observation.source->graph, object.spec->target_revision);
  status.target_revision = goal ? ShowHeads(goal->revisions) : std::string();
  const auto plan = Remaining(object, observation);
  status.pending = plan ? std::optional<int>(SignedSteps(*plan)) : std::nullopt;
}

// The status before any verdict: what was handled and what was seen.
SchemaVersionStatus Seen(const SchemaVersion& object, const Observation& observation) {
  SchemaVersionStatus status = object.status;
  status.observed_generation = object.metadata.generation;
  status.last_handled_request = RequestOf(object.metadata);
  status.progress.reset();
  RecordDatabase(status, observation);
  ConcludeDrift(status, object, observation);
  if (object.spec && !object.spec->policy.require_rehearsal) status.rehearsal.reset();
  if (object.spec && object.spec->suspend) return status;
  if (object.spec && observation.source) {
    status.source = SourceStatus{observation.source->digest,
                                 static_cast<int>(observation.source->graph->size())};
    RecordTarget(status, object, observation);
  } else {
    status.target_revision.clear();
    status.pending.reset();
  }
  return status;
}

// A failure stands until what was tried has changed.
void DropOutlivedFailure(SchemaVersionStatus& status, const SchemaVersion& object,
                         const Observation& observation) {
  if (!status.failure || !observation.source || !observation.identity || !observation.database) {
    return;
  }
  if (status.failure->inputs != AttemptInputs(object, observation)) status.failure.reset();
}

// The observation as it is once the run has left the database at `heads`. Its ledger is told by the
// report already.
Observation After(const Observation& observation, const RunReport& report) {
  Observation after = observation;
  if (!after.database) return after;
  // A run that never got as far as reading the heads reports none.
  const bool read = report.outcome == RunReport::Outcome::kCompleted || !report.applied.empty();
  if (read) after.database->heads = report.heads;
  return after;
}

// A run that did not come to its first statement has done nothing to anybody.
void RecordReceipt(SchemaVersionStatus& status, const RunReport& report, Time now) {
  if (report.applied.empty() && report.receipt == Receipt()) return;
  status.receipt =
      ReceiptStatus{std::chrono::floor<std::chrono::seconds>(now), report.receipt.retries,
                    FormatDuration(report.receipt.others_waited)};
}

void ConcludeFailure(SchemaVersionStatus& status, const SchemaVersion& object,
                     const Observation& after, const RunReport& report) {
  status.failure = FailureOf(object, after, report);
  const std::string& label = status.database;
  if (status.failure->in_doubt) {
    Conclude(status, object, after.now, Reason::kInDoubt, InDoubtMessage(*status.failure, label));
  } else if (status.failure->retryable) {
    Conclude(status, object, after.now, Reason::kRetrying, RetryingMessage(*status.failure, label));
  } else {
    Conclude(status, object, after.now, Reason::kMigrationFailed,
             MigrationFailedMessage(*status.failure, label, status.current_revision));
  }
}

void ConcludeCompleted(SchemaVersionStatus& status, const SchemaVersion& object,
                       const Observation& after, const Advance& advance) {
  status.failure.reset();
  // Completion is the engine's word; being at the target is what Ready=True promises.
  if (status.pending == 0) {
    Conclude(status, object, after.now, Reason::kUpToDate, UpToDateMessage(object, after));
  } else if (after.database && advance.plan.to == after.database->heads) {
    // Revisions without a file go before anything else is planned.
    Conclude(status, object, after.now, Reason::kRetrying,
             status.database + " is at " + status.current_revision +
                 "; the rest of the way to the target is planned from there");
  } else {
    Conclude(status, object, after.now, Reason::kRetrying,
             status.database + " was moved to " + status.current_revision +
                 " while it was migrated; the rest is planned anew");
  }
}

}  // namespace

SchemaVersionStatus NextStatus(const SchemaVersion& object, const Observation& observation,
                               const Decision& decision) {
  SchemaVersionStatus status = Seen(object, observation);
  const auto conclude = [&](Reason reason, const std::string& message) {
    Conclude(status, object, observation.now, reason, message);
  };
  std::visit(Overloaded{
                 [&](const Settled& settled) {
                   if (settled.reason == Reason::kUpToDate) status.failure.reset();
                   conclude(settled.reason, settled.message);
                 },
                 [&](const Advance& advance) {
                   DropOutlivedFailure(status, object, observation);
                   conclude(Reason::kMigrating,
                            MigratingMessage(observation, advance.plan, RunProgress()));
                 },
                 [&](const Adopt& adopt) {
                   DropOutlivedFailure(status, object, observation);
                   conclude(Reason::kMigrating, AdoptingMessage(observation, adopt.baseline));
                 },
                 [&](const RehearseFirst& rehearse) {
                   DropOutlivedFailure(status, object, observation);
                   conclude(Reason::kRehearsing, RehearsingMessage(observation, rehearse.plan));
                 },
                 [&](const auto& waiting) {
                   DropOutlivedFailure(status, object, observation);
                   conclude(waiting.reason, waiting.message);
                 },
             },
             decision);
  RecordVerification(status, object, observation);
  return status;
}

SchemaVersionStatus ProgressStatusOf(const SchemaVersion& object, const Observation& observation,
                                     const Advance& advance, const RunProgress& progress) {
  SchemaVersionStatus status = Seen(object, observation);
  DropOutlivedFailure(status, object, observation);
  if (progress.phase == RunProgress::Phase::kWaitingForLock) {
    Conclude(status, object, observation.now, Reason::kWaitingForLock,
             WaitingForLockMessage(observation, progress.holder));
    RecordVerification(status, object, observation);
    return status;
  }
  if (!progress.applied.empty()) {
    status.current_revision = ShowHeads(progress.heads);
    AppendApplied(status, progress.applied);
    // Under the lock it may be other steps than those that were planned without it.
    const int left = progress.steps - static_cast<int>(progress.applied.size());
    status.pending = progress.direction == Direction::kDowngrade ? -left : left;
  }
  status.progress = ProgressOf(progress);
  Conclude(status, object, observation.now, Reason::kMigrating,
           MigratingMessage(observation, advance.plan, progress));
  RecordVerification(status, object, observation);
  return status;
}

SchemaVersionStatus NextStatus(const SchemaVersion& object, const Observation& observation,
                               const Advance& advance, const RunReport& report) {
  const Observation after = After(observation, report);
  SchemaVersionStatus status = Seen(object, after);
  AppendApplied(status, report.applied);
  RecordReceipt(status, report, after.now);
  switch (report.outcome) {
    case RunReport::Outcome::kCompleted:
      ConcludeCompleted(status, object, after, advance);
      break;
    case RunReport::Outcome::kBusy:
      DropOutlivedFailure(status, object, after);
      Conclude(status, object, after.now, Reason::kWaitingForLock,
               WaitingForLockMessage(after, report.holder));
      break;
    case RunReport::Outcome::kCancelled:
      DropOutlivedFailure(status, object, after);
      Conclude(status, object, after.now, Reason::kRetrying,
               InterruptedMessage(report.interrupted, status.database, status.current_revision));
      break;
    case RunReport::Outcome::kFailed:
    case RunReport::Outcome::kInDoubt:
      ConcludeFailure(status, object, after, report);
      break;
  }
  RecordVerification(status, object, after);
  return status;
}

}  // namespace schemaop
