#include "policy/drift.h"

#include <cstddef>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "catalog/scope.h"
#include "policy/message.h"
#include "policy/reason.h"

namespace schemaop {
namespace {

struct DriftVerdict {
  ConditionStatus status;
  DriftReason reason;
  std::string message;
};

DriftVerdict DriftVerdictOf(const Observation& observation, const Result<DriftFinding>& drift) {
  if (!drift) {
    return {ConditionStatus::kUnknown, DriftReason::kSchemaUnreadable,
            DriftUnknownMessage(observation, drift.error())};
  }
  switch (drift->kind) {
    case DriftFinding::Kind::kNone:
      return {ConditionStatus::kFalse, DriftReason::kSchemaMatches,
              DriftMessage(observation, *drift)};
    case DriftFinding::Kind::kDrifted:
      return {ConditionStatus::kTrue, DriftReason::kSchemaDiffers,
              DriftMessage(observation, *drift)};
    case DriftFinding::Kind::kNoSnapshot:
      break;
  }
  return {ConditionStatus::kUnknown, DriftReason::kNoSnapshot, DriftMessage(observation, *drift)};
}

}  // namespace

bool DriftIsOpen(const SchemaVersion& object, const Observation& observation) {
  if (object.spec->policy.drift == DriftPolicy::kOff) return false;
  if (!observation.drift) return true;
  return !*observation.drift && PassesByItself(observation.drift->error());
}

std::optional<std::string> WrongDriftExclude(const PolicySpec& policy) {
  for (std::size_t i = 0; i < policy.drift_exclude.size(); ++i) {
    if (const auto kind = UnknownKindOf(policy.drift_exclude[i])) {
      return "spec.policy.driftExclude[" + std::to_string(i) + "]: does not know the kind '" +
             Truncate(*kind, 60) +
             "'; write kind:name, as in table:public.tmp_* or schema:billing, or a name alone; "
             "kinds: " +
             Join(ExcludableKinds(), ", ");
    }
  }
  return std::nullopt;
}

void ConcludeDrift(SchemaVersionStatus& status, const SchemaVersion& object,
                   const Observation& observation) {
  if (object.spec && object.spec->policy.drift == DriftPolicy::kOff) {
    RemoveCondition(status.conditions, kDrifted);
    return;
  }
  if (!observation.drift) {
    const std::string& before = object.status.database;
    if (!before.empty() && before != status.database) RemoveCondition(status.conditions, kDrifted);
    if (const Condition* kept = FindCondition(status.conditions, kDrifted)) {
      Condition same = *kept;
      same.observed_generation = object.metadata.generation;
      SetCondition(status.conditions, std::move(same));
    }
    return;
  }
  DriftVerdict verdict = DriftVerdictOf(observation, *observation.drift);
  SetCondition(status.conditions,
               Condition{std::string(kDrifted), verdict.status, std::string(NameOf(verdict.reason)),
                         std::move(verdict.message), object.metadata.generation, observation.now});
}

}  // namespace schemaop
