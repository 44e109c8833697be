#include "controller/visits.h"

#include <utility>

#include "policy/attempt.h"
#include "policy/reason.h"

namespace schemaop {
namespace {

// What a settled object depends on besides the database's own content. REQUIRES: source and Secret
// were read.
std::string InputsBut(const SchemaVersion& object, const Observation& observation) {
  Observation without = observation;
  without.database = DatabaseState();
  std::string inputs = AttemptInputs(object, without);
  if (observation.checks) {
    inputs +=
        *observation.checks ? (*observation.checks)->digest : observation.checks->error().message;
  }
  return inputs;
}

bool SaysUpToDate(const SchemaVersion& object) {
  const Condition* ready = FindCondition(object.status.conditions, "Ready");
  return ready != nullptr && ready->status == ConditionStatus::kTrue &&
         ready->reason == TraitsOf(Reason::kUpToDate).name &&
         ready->observed_generation == object.metadata.generation &&
         object.status.observed_generation == object.metadata.generation;
}

}  // namespace

void Visits::Settled(const SchemaVersion& object, const Observation& observation,
                     Clock::time_point now) {
  Visit visit{InputsBut(object, observation), now};
  const std::lock_guard lock(mutex_);
  visits_.insert_or_assign(object.metadata.key(), std::move(visit));
}

bool Visits::IsFresh(const SchemaVersion& object, const Observation& observation,
                     Clock::time_point now) const {
  if (!object.spec || !observation.source || !observation.identity || !SaysUpToDate(object)) {
    return false;
  }
  const std::string inputs = InputsBut(object, observation);
  const std::lock_guard lock(mutex_);
  const auto visit = visits_.find(object.metadata.key());
  return visit != visits_.end() && visit->second.inputs == inputs &&
         now - visit->second.at < object.spec->interval;
}

void Visits::Forget(const ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  visits_.erase(key);
}

}  // namespace schemaop
