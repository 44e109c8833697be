// The decision: from an object and what was seen of the world to what to do next. Pure.
#pragma once

#include <memory>
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

// Try these steps out in a scratch database first; then decide again.
struct RehearseFirst {
  Goal goal;
  Plan plan;
};

// Stamp the database, whose tables nobody says the revision of, as spec.baseline says; then decide
// again.
struct Adopt {
  Goal baseline;
};

// Stay until something changes: spec, source, Secret, approval, or the request annotation.
struct Hold {
  Reason reason;
  std::string message;
};

// Try again later (policy/next_visit.h says when); nothing is wrong with the object itself.
struct Retry {
  Reason reason;
  std::string message;
};

using Decision = std::variant<Settled, Advance, RehearseFirst, Adopt, Hold, Retry>;

// What to do about `object`. Reads the past from `object.status` only.
Decision Decide(const SchemaVersion& object, const Observation& observation);

// The steps that the observation leaves to run; the first thing that stands in the way otherwise.
// For status.
Result<Plan> Remaining(const SchemaVersion& object, const Observation& observation);

// Plans the way from `state` to `goal` as the object's policy permits now: for the planner under
// the lock, where a database that moved meanwhile must not be walked down without permission.
// kConflict when it may not, when a revision that was applied meanwhile has another text in `files`
// and when tables came without a version row; kDenied for a login with too many rights; kNotFound
// for revisions that neither files nor ledger know.
Result<Plan> PlanPermitted(const SchemaVersionSpec& spec,
                           const std::shared_ptr<const RevisionGraph>& files,
                           const DatabaseState& state, const Goal& goal);

}  // namespace schemaop
