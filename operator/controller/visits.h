// When each settled object's database was read last, so that re-reading a source every half minute
// does not mean connecting to a database every half minute. Forgetting it costs one read and
// nothing else.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "api/schema_version.h"
#include "policy/observation.h"

namespace schemaop {

// Thread-safe.
class Visits {
 public:
  using Clock = std::chrono::steady_clock;

  // Remembers that `object` was found settled at `now` with what `observation` saw.
  void Settled(const SchemaVersion& object, const Observation& observation, Clock::time_point now);

  // Whether the same object, spec, request, source and Secret were found settled less than
  // spec.interval before `now` and status still says so.
  bool IsFresh(const SchemaVersion& object, const Observation& observation,
               Clock::time_point now) const;

  // Whether `object` was found settled less than spec.interval before `now`, status still says so
  // of this spec and request, and nothing speaks against it but that its source or its Secret could
  // not be read for a reason that passes by itself. What could be read is as status has it.
  bool IsUndisputed(const SchemaVersion& object, const Observation& observation,
                    Clock::time_point now) const;

  void Forget(const ObjectKey& key);

 private:
  struct Visit {
    std::string inputs;
    Clock::time_point at;
  };

  // The visit less than spec.interval before `now`.
  std::optional<Visit> Recent(const SchemaVersion& object, Clock::time_point now) const;

  mutable std::mutex mutex_;
  std::map<ObjectKey, Visit> visits_;
};

}  // namespace schemaop
