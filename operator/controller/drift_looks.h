// When each object's database was last compared with its snapshot, and what came of it: so that an
// object that is visited often is compared once an interval, and a schema that did not change is
// not compared object by object again. Forgetting it costs one closer look and nothing else.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "api/schema_version.h"
#include "engine/drift.h"
#include "policy/observation.h"

namespace schemaop {

// Thread-safe.
class DriftLooks {
 public:
  using Clock = std::chrono::steady_clock;

  // The question to ask now of `object`'s database; nullopt when it was asked less than
  // spec.interval before `now` about the same spec, request and Secret (and nothing is blocked by
  // its answer), or shall not be asked (spec.policy.drift). REQUIRES: the spec is usable and
  // `identity` is known.
  std::optional<DriftQuestion> Due(const SchemaVersion& object, const DatabaseIdentity& identity,
                                   Clock::time_point now) const;

  // The answer that is not older than Due() wants; nullopt when there is none.
  std::optional<DriftFinding> Known(const SchemaVersion& object,
                                    const DatabaseIdentity& identity) const;

  // Keeps of `finding` what is said of it: a schema may differ in a thousand places.
  void Remember(const SchemaVersion& object, const DatabaseIdentity& identity,
                const DriftFinding& finding, Clock::time_point now);
  void Forget(const ObjectKey& key);

 private:
  struct Look {
    std::string inputs;
    DriftFinding finding;
    Clock::time_point at;
  };

  mutable std::mutex mutex_;
  std::map<ObjectKey, Look> looks_;
};

}  // namespace schemaop
