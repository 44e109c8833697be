#include "controller/drift_looks.h"

#include <utility>

#include "policy/attempt.h"
#include "policy/message.h"

namespace schemaop {
namespace {

std::string LookInputs(const SchemaVersion& object, const DatabaseIdentity& identity) {
  return object.metadata.uid + " " + std::to_string(object.metadata.generation) + " " +
         identity.label + " " + identity.secret_version + " " + RequestOf(object.metadata);
}

}  // namespace

std::optional<DriftQuestion> DriftLooks::Due(const SchemaVersion& object,
                                             const DatabaseIdentity& identity,
                                             Clock::time_point now) const {
  if (object.spec->policy.drift == DriftPolicy::kOff) return std::nullopt;
  DriftQuestion question;
  question.scope.exclude = object.spec->policy.drift_exclude;
  const std::string inputs = LookInputs(object, identity);
  const std::lock_guard lock(mutex_);
  const auto look = looks_.find(object.metadata.key());
  if (look == looks_.end() || look->second.inputs != inputs) return question;
  // What a migration may wait for is never taken from memory.
  const bool gates = object.spec->policy.drift == DriftPolicy::kBlock;
  if (!gates && now - look->second.at < object.spec->interval) return std::nullopt;
  question.last = look->second.finding;
  return question;
}

std::optional<DriftFinding> DriftLooks::Known(const SchemaVersion& object,
                                              const DatabaseIdentity& identity) const {
  if (object.spec->policy.drift == DriftPolicy::kOff) return std::nullopt;
  const std::string inputs = LookInputs(object, identity);
  const std::lock_guard lock(mutex_);
  const auto look = looks_.find(object.metadata.key());
  if (look == looks_.end() || look->second.inputs != inputs) return std::nullopt;
  return look->second.finding;
}

void DriftLooks::Remember(const SchemaVersion& object, const DatabaseIdentity& identity,
                          const DriftFinding& finding, Clock::time_point now) {
  Look look{LookInputs(object, identity), Shortened(finding), now};
  const std::lock_guard lock(mutex_);
  looks_.insert_or_assign(object.metadata.key(), std::move(look));
}

void DriftLooks::Forget(const ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  looks_.erase(key);
}

}  // namespace schemaop
