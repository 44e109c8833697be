#include "controller/visits.h"

#include <utility>

#include "base/error.h"
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

// Whether what was read is what status tells of, and the rest will be read by and by.
bool AgreesWith(const SchemaVersionStatus& status, const Observation& observation) {
  const auto& source = observation.source;
  const auto& identity = observation.identity;
  const bool same_source = source ? status.source && status.source->digest == source->digest
                                  : PassesByItself(source.error());
  const bool same_place =
      identity ? status.database == identity->label : PassesByItself(identity.error());
  return same_source && same_place;
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
  const auto visit = Recent(object, now);
  return visit && visit->inputs == InputsBut(object, observation);
}

bool Visits::IsUndisputed(const SchemaVersion& object, const Observation& observation,
                          Clock::time_point now) const {
  if (!object.spec || (observation.source && observation.identity)) return false;
  return SaysUpToDate(object) && object.status.last_handled_request == RequestOf(object.metadata) &&
         AgreesWith(object.status, observation) && Recent(object, now);
}

std::optional<Visits::Visit> Visits::Recent(const SchemaVersion& object,
                                            Clock::time_point now) const {
  const std::lock_guard lock(mutex_);
  const auto visit = visits_.find(object.metadata.key());
  const bool recent = visit != visits_.end() && now - visit->second.at < object.spec->interval;
  return recent ? std::optional(visit->second) : std::nullopt;
}

void Visits::Forget(const ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  visits_.erase(key);
}

}  // namespace schemaop
