// One attempt at the sections of a transaction.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <vector>

#include "engine/own_transaction.h"
#include "engine/step_context.h"
#include "engine/target_database.h"

namespace schemaop {

// Runs the sections of `steps`, in order, in one transaction: each with its version rows and ledger
// row behind it, in a session that does not remember the one before. Checks after each that it
// ended neither the transaction nor the migration lock. All of it remains or nothing (see
// StepFailure). `follower`: see OwnTransaction::Commit. REQUIRES: as RunTransactionalSections.
tl::expected<std::vector<AppliedStep>, StepFailure> AttemptSteps(
    std::unique_ptr<TargetDatabase>& database, std::span<const StepContext> steps,
    std::chrono::milliseconds lock_timeout, OwnTransaction::Follower follower);

}  // namespace schemaop
