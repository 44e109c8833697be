// The gate spec.policy.requireRehearsal: steps run only after they were rehearsed well. Pure.
#pragma once

#include <optional>
#include <string>

#include "api/schema_version.h"
#include "base/error.h"
#include "policy/decide.h"
#include "policy/observation.h"
#include "revision/plan.h"
#include "revision/rehearsal.h"

namespace schemaop {

// What stands before `plan`: a rehearsal to be made, or the one that failed; nullopt when it may
// run. One that failed is made again when what it was made of changes, else after spec.interval.
// REQUIRES: a spec; all of `observation` succeeded.
std::optional<Decision> RehearsalGate(const SchemaVersion& object, const Observation& observation,
                                      const Goal& goal, const Plan& plan);

// `.status.rehearsal` after a rehearsal of `plan`. REQUIRES: an error does not pass by itself.
RehearsalStatus RehearsalOf(const SchemaVersion& object, const Observation& observation,
                            const Plan& plan, const Result<RehearsalReport>& report);

// kConflict when `now`, planned under the lock, is not what was rehearsed.
Result<void> CheckRehearsed(const SchemaVersionSpec& spec, const Plan& rehearsed, const Plan& now);

}  // namespace schemaop
