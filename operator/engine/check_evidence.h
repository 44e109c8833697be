// Looking at a database for one check.
#pragma once

#include <stop_token>

#include "base/error.h"
#include "engine/target_database.h"
#include "revision/check.h"

namespace schemaop {

// What is seen of `check` by submitted SQL's role and search path. REQUIRES: an open transaction
// with EnterSubmitted(); it is as before afterwards. What the server refuses for good is evidence;
// errors are what passes by itself (kBusy, kUnavailable) and kCancelled.
Result<CheckEvidence> GatherEvidence(TargetDatabase& database, const Check& check,
                                     const std::stop_token& stop);

}  // namespace schemaop
