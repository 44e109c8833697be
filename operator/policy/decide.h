// The decision: from an object and what was seen of the world to what to do next. Pure.
#pragma once

#include <chrono>
#include <string>
#include <variant>

#include "api/schema_version.h"
#include "policy/observation.h"
#include "policy/reason.h"
#include "revision/plan.h"

namespace schemaop {

// Nothing to do: the database is at the target (or the object is suspended).
struct Settled {
  Reason reason = Reason::kUpToDate;
  std::string message;
};

// Run these steps; the engine plans again under the lock.
struct Advance {
  Goal goal;
  Plan plan;
};

// Stay until something changes: spec, source, Secret, approval, or the request annotation.
struct Hold {
  Reason reason;
  std::string message;
};

// Try again after `delay`; nothing is wrong with the object itself.
struct Retry {
  Reason reason;
  std::string message;
  std::chrono::milliseconds delay;
};

using Decision = std::variant<Settled, Advance, Hold, Retry>;

Decision Decide(const SchemaVersion& object, const Observation& observation);

// Digest of everything that makes trying again worthwhile; see FailureStatus::inputs.
std::string AttemptInputs(const SchemaVersion& object, const Observation& observation);

}  // namespace schemaop
