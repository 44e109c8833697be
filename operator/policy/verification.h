// The condition Verified: whether what spec.checks asks for holds. Ready does not depend on it: the
// database is at its target whatever the checks say. Pure.
#pragma once

#include <string_view>

#include "api/schema_version.h"
#include "base/error.h"
#include "policy/observation.h"
#include "revision/check.h"

namespace schemaop {

inline constexpr std::string_view kVerified = "Verified";

// Its reasons.
inline constexpr std::string_view kChecksPassed = "ChecksPassed";    // True
inline constexpr std::string_view kCheckFailed = "CheckFailed";      // False: the message names it
inline constexpr std::string_view kChecksInvalid = "ChecksInvalid";  // False: the file is wrong, or
                                                                     // cannot be run as it is
inline constexpr std::string_view kChecksPending = "ChecksPending";  // Unknown: not run yet
inline constexpr std::string_view kChecksNotRun = "ChecksNotRun";    // Unknown: tried again

// Says in `status`, which is complete but for this, what is known of the checks without running
// them. A verdict stands until a step runs, the file of checks, spec.database or the request
// annotation changes; while nothing can be seen it is left alone.
void RecordVerification(SchemaVersionStatus& status, const SchemaVersion& object,
                        const Observation& observation);

// Whether the checks have to be run now: the database is at its target by `status`, on which
// RecordVerification found no verdict. Then `observation.checks` holds them.
bool ChecksAreDue(const SchemaVersionStatus& status, const Observation& observation);

// `status` with the verdict of `report`; why the checks could not be run is one too, unless it
// passes by itself.
SchemaVersionStatus VerifiedStatus(SchemaVersionStatus status, const SchemaVersion& object,
                                   const Observation& observation,
                                   const Result<CheckReport>& report);

}  // namespace schemaop
