// Sections that are one transaction: a revision's own, or those of a whole run.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/step_context.h"
#include "engine/target_database.h"

namespace schemaop {

// What is known to follow the steps when they are taken.
enum class Sequel { kUnknown, kTransactional };

// Runs the sections of `steps` in one transaction (see AttemptSteps), which waits patiently for its
// locks (see TryPatiently). A transactional `sequel` is begun with the COMMIT. REQUIRES: at least
// one step; all sections are transactional; `database` holds the migration lock. It may be replaced
// (see CommitSteps).
tl::expected<std::vector<AppliedStep>, StepFailure> RunTransactionalSections(
    std::unique_ptr<TargetDatabase>& database, std::span<const StepContext> steps, Sequel sequel);

}  // namespace schemaop
