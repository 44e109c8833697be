#include "policy/decide.h"

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "policy/attempt.h"
#include "policy/baseline.h"
#include "policy/drift.h"
#include "policy/message.h"
#include "policy/rehearsal.h"
#include "revision/changed_revision.h"
#include "revision/excess_rights.h"
#include "revision/lost_revisions.h"

namespace schemaop {
namespace {

bool GoesDown(const Plan& plan) {
  return !plan.steps.empty() && plan.steps.front().direction == Direction::kDowngrade;
}

// Whether somebody has to correct something before looking again can help.
bool NeedsPerson(const Error& error) {
  return error.code == ErrorCode::kInvalid || error.code == ErrorCode::kNotFound ||
         error.code == ErrorCode::kDenied || error.code == ErrorCode::kRejected;
}

Decision CannotSee(Reason lasting, const Error& error) {
  if (NeedsPerson(error)) return Hold{lasting, error.message};
  return Retry{Reason::kRetrying, error.message + "; it is tried again with pauses of up to 1m"};
}

Decision CannotResolve(const SchemaVersion& object, const Observation& observation,
                       const Error& error) {
  const bool two_heads =
      object.spec->target_revision == "head" && observation.source->graph->HeadIds().size() > 1;
  return Hold{two_heads ? Reason::kSourceInvalid : Reason::kTargetNotFound,
              TargetNotFoundMessage(object, error)};
}

// The files' history with what the ledger adds.
Result<std::shared_ptr<const RevisionGraph>> History(const Observation& observation) {
  return CompleteFromLedger(observation.source->graph, *observation.database);
}

// What stops before planning; nullopt when everything needed was seen.
std::optional<Decision> Obstacle(const SchemaVersion& object, const Observation& observation) {
  if (!object.spec) return Hold{Reason::kSpecInvalid, object.spec.error().message};
  if (auto wrong = WrongDriftExclude(object.spec->policy)) {
    return Hold{Reason::kSpecInvalid, *std::move(wrong)};
  }
  if (object.spec->suspend) {
    return Settled{Reason::kSuspended, SuspendedMessage(object.status)};
  }
  if (!observation.source) return CannotSee(Reason::kSourceInvalid, observation.source.error());
  if (!observation.identity) {
    return CannotSee(Reason::kSecretInvalid, observation.identity.error());
  }
  if (!observation.database && observation.database.error().code == ErrorCode::kUnsuitable) {
    return Hold{Reason::kPoolerDetected, observation.database.error().message};
  }
  if (!observation.database) {
    return Retry{Reason::kDatabaseUnreachable, DatabaseUnreachableMessage(observation)};
  }
  return std::nullopt;
}

std::optional<Decision> Forbidden(const SchemaVersion& object, const Observation& observation,
                                  const Plan& plan) {
  if (!GoesDown(plan)) return std::nullopt;
  switch (object.spec->policy.downgrade) {
    case DowngradePolicy::kAllow:
      return std::nullopt;
    case DowngradePolicy::kRequireApproval:
      return Hold{Reason::kAwaitingApproval, AwaitingApprovalMessage(observation, plan)};
    case DowngradePolicy::kDeny:
      return Hold{Reason::kDowngradeDenied, DowngradeDeniedMessage(observation, plan)};
  }
  return std::nullopt;
}

// A migration on top of changes that nobody wrote down can go wrong in new ways. Nothing to compare
// with is no such change: the first migration has nothing.
std::optional<Decision> Drifted(const SchemaVersion& object, const Observation& observation) {
  if (object.spec->policy.drift != DriftPolicy::kBlock || !observation.drift) return std::nullopt;
  const Result<DriftFinding>& drift = *observation.drift;
  if (!drift) {
    return Retry{Reason::kRetrying,
                 DriftUnknownMessage(observation, drift.error()) + "; it is looked at again"};
  }
  if (drift->kind != DriftFinding::Kind::kDrifted) return std::nullopt;
  return Hold{Reason::kDriftBlocked, DriftBlockedMessage(observation, *drift)};
}

// Whether the schema has to be compared first and could not be, since somebody else migrates.
bool AwaitsComparison(const SchemaVersion& object, const Observation& observation) {
  return object.spec->policy.drift == DriftPolicy::kBlock && !observation.drift;
}

// Whether the next attempt is still to come. One that is further away than any pause was announced
// by a clock that has been set back since.
bool IsAhead(const FailureStatus& failure, const SchemaVersion& object, Time now) {
  if (!failure.next_retry_time) return false;
  const std::chrono::milliseconds pause =
      failure.retryable ? kLongestRetryPause : object.spec->interval;
  // Announced in whole seconds, rounded up.
  return *failure.next_retry_time > now &&
         *failure.next_retry_time <= now + pause + std::chrono::seconds(1);
}

// What the last attempt's failure says about another one now; nullopt when it may be made.
std::optional<Decision> StillFailed(const SchemaVersion& object, const Observation& observation) {
  const auto& failure = object.status.failure;
  if (!failure || failure->inputs != AttemptInputs(object, observation)) return std::nullopt;
  const std::string& label = observation.identity->label;
  if (failure->in_doubt) return Hold{Reason::kInDoubt, InDoubtMessage(*failure, label)};
  if (!IsAhead(*failure, object, observation.now)) return std::nullopt;
  if (failure->retryable) return Retry{Reason::kRetrying, RetryingMessage(*failure, label)};
  return Hold{Reason::kMigrationFailed,
              MigrationFailedMessage(*failure, label, ShowHeads(observation.database->heads))};
}

// Whether the baseline says that a database with tables and no version row has run nothing.
bool IsBase(const RevisionGraph& files, const std::optional<std::string>& baseline) {
  if (!baseline) return false;
  const auto goal = ResolveGoal(files, *baseline);
  return goal && goal->revisions.empty();
}

}  // namespace

Decision Decide(const SchemaVersion& object, const Observation& observation) {
  if (auto obstacle = Obstacle(object, observation)) return *std::move(obstacle);
  if (!observation.database->excess_rights.empty()) {
    return Hold{Reason::kPrivilegeRefused, PrivilegeRefusedMessage(observation)};
  }
  const RevisionGraph& graph = *observation.source->graph;
  auto goal = ResolveGoal(graph, object.spec->target_revision);
  if (!goal) return CannotResolve(object, observation, goal.error());
  const auto history = History(observation);
  if (!history) {
    return Hold{Reason::kUnknownRevision, UnknownRevisionMessage(observation, history.error())};
  }
  if (const auto changed = FindChangedRevisions(**history, *observation.database);
      !changed.empty()) {
    return Hold{Reason::kChecksumMismatch, ChecksumMismatchMessage(observation, changed)};
  }
  auto plan = PlanTowards(**history, observation.database->heads, *goal);
  if (!plan) {
    return Hold{Reason::kDowngradeDenied, IrreversibleMessage(observation, *goal, plan.error())};
  }
  if (auto baseline = BaselineGate(object, observation, *plan)) return *std::move(baseline);
  if (plan->steps.empty()) {
    return Settled{Reason::kUpToDate, UpToDateMessage(object, observation)};
  }
  if (auto forbidden = Forbidden(object, observation, *plan)) return *std::move(forbidden);
  if (auto drifted = Drifted(object, observation)) return *std::move(drifted);
  if (auto failed = StillFailed(object, observation)) return *std::move(failed);
  if (auto gate = RehearsalGate(object, observation, *goal, *plan)) return *std::move(gate);
  if (AwaitsComparison(object, observation)) {
    return Retry{Reason::kWaitingForLock, WaitingForLockMessage(observation, std::nullopt)};
  }
  return Advance{*std::move(goal), *std::move(plan)};
}

Result<Plan> Remaining(const SchemaVersion& object, const Observation& observation) {
  if (!object.spec) return Fail(object.spec.error());
  if (!observation.source) return Fail(observation.source.error());
  if (!observation.database) return Fail(observation.database.error());
  const auto goal = ResolveGoal(*observation.source->graph, object.spec->target_revision);
  if (!goal) return Fail(goal.error());
  const auto history = History(observation);
  if (!history) return Fail(history.error());
  return PlanTowards(**history, observation.database->heads, *goal);
}

Result<Plan> PlanPermitted(const SchemaVersionSpec& spec,
                           const std::shared_ptr<const RevisionGraph>& files,
                           const DatabaseState& state, const Goal& goal) {
  if (!state.excess_rights.empty()) {
    return Fail(ErrorCode::kDenied, DescribeExcessRights(state));
  }
  const auto history = CompleteFromLedger(files, state);
  if (!history) return Fail(history.error());
  if (const auto changed = FindChangedRevisions(**history, state); !changed.empty()) {
    return Fail(ErrorCode::kConflict, DescribeChanged(changed));
  }
  if (LacksBaseline(state) && !IsBase(*files, spec.baseline)) {
    return Fail(ErrorCode::kConflict, "the database got tables meanwhile and has no version row");
  }
  auto plan = PlanTowards(**history, state.heads, goal);
  if (plan && GoesDown(*plan) && spec.policy.downgrade != DowngradePolicy::kAllow) {
    return Fail(ErrorCode::kConflict,
                "the database moved to " + ShowHeads(state.heads) +
                    " meanwhile and the way to the target is now a downgrade");
  }
  return plan;
}

}  // namespace schemaop
