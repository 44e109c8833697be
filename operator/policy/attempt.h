// Attempts and what is remembered of them: `.status.failure` is the only memory a retry has. Pure.
#pragma once

#include <chrono>
#include <string>

#include "api/schema_version.h"
#include "base/error.h"
#include "policy/observation.h"
#include "revision/run_report.h"

namespace schemaop {

// Digest of everything that makes trying again worthwhile: the object's uid and generation, the
// request annotation, the source, the Secret's version, the database, its heads and the last word
// of a person in its ledger. REQUIRES: all of `observation` succeeded.
std::string AttemptInputs(const SchemaVersion& object, const Observation& observation);

// The value of the request annotation; empty when it is not there.
std::string RequestOf(const ObjectMeta& metadata);

// The longest pause between two attempts that can help.
inline constexpr std::chrono::milliseconds kLongestRetryPause = std::chrono::minutes(5);

// The pause after the `attempts`th failure in a row: 2 s doubling to the longest.
std::chrono::milliseconds RetryPause(int attempts);

// What is worth doing after a failure.
enum class FailureKind { kTransient, kPermanent };

// A refused statement is transient when its SQLSTATE says so; another error when its code does.
FailureKind KindOf(const RunReport& report);

// `.status.failure` after a run of `object` that ended as `report` says; `seen` holds the heads
// that the run left. Counts on from the failure already in status when its inputs were the same.
// REQUIRES: the outcome is kFailed or kInDoubt.
FailureStatus FailureOf(const SchemaVersion& object, const Observation& seen,
                        const RunReport& report);

}  // namespace schemaop
