// A transaction that is tried until it gets its locks.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "engine/step_context.h"
#include "engine/target_database.h"

namespace schemaop {

// One attempt at a transaction on behalf of `steps`, with this lock_timeout; nothing of it remains
// when it fails. The steps are those that TryPatiently was given, with the attempt's number.
using TransactionAttempt = std::function<tl::expected<std::vector<AppliedStep>, StepFailure>(
    std::span<const StepContext> steps, std::chrono::milliseconds lock_timeout)>;

// The lock_timeout of the first attempt.
std::chrono::milliseconds FirstLockTimeout(const DatabaseOptions& options);

// Calls `attempt`. When a lock cannot be had in time (55P03), in a deadlock (40P01) and when it
// cannot be serialised (40001) it is called again by the schedule of PlanAttempt; while those who
// were in the way are still in their transactions it is not even tried. When the budget is used up
// the failure names them. REQUIRES: at least one step; `database` holds the migration lock.
tl::expected<std::vector<AppliedStep>, StepFailure> TryPatiently(
    std::unique_ptr<TargetDatabase>& database, std::span<const StepContext> steps,
    const TransactionAttempt& attempt);

}  // namespace schemaop
