// Taking over a database that has tables and no version row: spec.baseline. Pure.
#pragma once

#include <optional>

#include "api/schema_version.h"
#include "base/error.h"
#include "policy/decide.h"
#include "policy/observation.h"
#include "revision/database_state.h"
#include "revision/graph.h"
#include "revision/plan.h"

namespace schemaop {

// Whether `state` has tables and nobody says which revision they are at: neither a version row nor
// a run that began here (which leaves a version table and a ledger).
bool LacksBaseline(const DatabaseState& state);

// What stands before `plan` at such a database: that spec.baseline is stamped, or that a person
// sets it; nullopt when nothing does. REQUIRES: a spec; all of `observation` succeeded.
std::optional<Decision> BaselineGate(const SchemaVersion& object, const Observation& observation,
                                     const Plan& plan);

// The version rows that `baseline` means, for the planner under the lock. kConflict when somebody
// has said meanwhile where the database is.
Result<StampPlan> PlanBaseline(const RevisionGraph& files, const DatabaseState& state,
                               const Goal& baseline);

}  // namespace schemaop
