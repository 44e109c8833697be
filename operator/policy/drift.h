// The condition Drifted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/schema_version.h"
#include "policy/observation.h"

namespace schemaop {

inline constexpr std::string_view kDrifted = "Drifted";

// Whether another look soon may tell more: nobody looked, or what was in the way passes by itself.
// REQUIRES: the spec is usable.
bool DriftIsOpen(const SchemaVersion& object, const Observation& observation);

// What is wrong with spec.policy.driftExclude: a glob of a kind that does not exist. nullopt:
// nothing.
std::optional<std::string> WrongDriftExclude(const PolicySpec& policy);

// Sets, keeps or removes Drifted in `status`, which names its database already, as `observation`
// and the object's policy say: kept when nobody looked, gone when the policy is Off and when it was
// said of another database.
void ConcludeDrift(SchemaVersionStatus& status, const SchemaVersion& object,
                   const Observation& observation);

}  // namespace schemaop
