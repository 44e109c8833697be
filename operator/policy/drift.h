// The condition Drifted.
#pragma once

#include <string_view>

#include "api/schema_version.h"
#include "policy/observation.h"

namespace schemaop {

inline constexpr std::string_view kDrifted = "Drifted";

// Sets, keeps or removes Drifted in `status`, which names its database already, as `observation`
// and the object's policy say: kept when nobody looked, gone when the policy is Off and when it was
// said of another database.
void ConcludeDrift(SchemaVersionStatus& status, const SchemaVersion& object,
                   const Observation& observation);

}  // namespace schemaop
