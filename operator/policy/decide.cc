#include "policy/decide.h"

#include <optional>
#include <utility>

#include "policy/attempt.h"
#include "policy/message.h"

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

Heads UnknownHeads(const Observation& observation) {
  Heads unknown;
  for (const RevisionId& head : observation.database->heads) {
    if (observation.source->graph->Find(head) == nullptr) unknown.push_back(head);
  }
  return unknown;
}

// What stops before planning; nullopt when everything needed was seen.
std::optional<Decision> Obstacle(const SchemaVersion& object, const Observation& observation) {
  if (!object.spec) return Hold{Reason::kSpecInvalid, object.spec.error().message};
  if (object.spec->suspend) {
    return Settled{Reason::kSuspended, SuspendedMessage(object.status)};
  }
  if (!observation.source) return CannotSee(Reason::kSourceInvalid, observation.source.error());
  if (!observation.identity) {
    return CannotSee(Reason::kSecretInvalid, observation.identity.error());
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

// What the last attempt's failure says about another one now; nullopt when it may be made.
std::optional<Decision> StillFailed(const SchemaVersion& object, const Observation& observation) {
  const auto& failure = object.status.failure;
  if (!failure || failure->inputs != AttemptInputs(object, observation)) return std::nullopt;
  const std::string& label = observation.identity->label;
  if (failure->in_doubt) return Hold{Reason::kInDoubt, InDoubtMessage(*failure, label)};
  if (!failure->next_retry_time || *failure->next_retry_time <= observation.now) {
    return std::nullopt;
  }
  if (failure->retryable) return Retry{Reason::kRetrying, RetryingMessage(*failure, label)};
  return Hold{Reason::kMigrationFailed,
              MigrationFailedMessage(*failure, label, ShowHeads(observation.database->heads))};
}

}  // namespace

Decision Decide(const SchemaVersion& object, const Observation& observation) {
  if (auto obstacle = Obstacle(object, observation)) return *std::move(obstacle);
  const RevisionGraph& graph = *observation.source->graph;
  auto goal = ResolveGoal(graph, object.spec->target_revision);
  if (!goal) return CannotResolve(object, observation, goal.error());
  if (const Heads unknown = UnknownHeads(observation); !unknown.empty()) {
    return Hold{Reason::kUnknownRevision, UnknownRevisionMessage(observation, unknown)};
  }
  auto plan = PlanTowards(graph, observation.database->heads, *goal);
  if (!plan) {
    return Hold{Reason::kDowngradeDenied, IrreversibleMessage(observation, *goal, plan.error())};
  }
  if (plan->steps.empty()) {
    return Settled{Reason::kUpToDate, UpToDateMessage(object, observation)};
  }
  if (auto forbidden = Forbidden(object, observation, *plan)) return *std::move(forbidden);
  if (auto failed = StillFailed(object, observation)) return *std::move(failed);
  return Advance{*std::move(goal), *std::move(plan)};
}

Result<Plan> Remaining(const SchemaVersion& object, const Observation& observation) {
  if (!object.spec) return Fail(object.spec.error());
  if (!observation.source) return Fail(observation.source.error());
  if (!observation.database) return Fail(observation.database.error());
  const RevisionGraph& graph = *observation.source->graph;
  const auto goal = ResolveGoal(graph, object.spec->target_revision);
  if (!goal) return Fail(goal.error());
  return PlanTowards(graph, observation.database->heads, *goal);
}

Result<Plan> PlanPermitted(const SchemaVersionSpec& spec, const RevisionGraph& graph,
                           const Heads& current, const Goal& goal) {
  auto plan = PlanTowards(graph, current, goal);
  if (plan && GoesDown(*plan) && spec.policy.downgrade != DowngradePolicy::kAllow) {
    return Fail(ErrorCode::kConflict,
                "the database moved to " + ShowHeads(current) +
                    " meanwhile and the way to the target is now a downgrade");
  }
  return plan;
}

}  // namespace schemaop
