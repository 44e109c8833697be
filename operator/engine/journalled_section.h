// A section whose statements may not run in a transaction.
#pragma once

#include <cstdint>
#include <memory>

#include "engine/step_context.h"
#include "engine/target_database.h"

namespace schemaop {

// Runs the section statement by statement. One that the server certainly takes in a transaction
// (see CommitsWithItsRow) is committed together with its journal row (done). Any other has a row
// before it (intent) and after it (done or failed), each in a transaction of its own; a block that
// failed and may have committed before (see TransactionNumber) has none after it: kInDoubt.
// Continues behind what an earlier run has done, and judges a statement that run was cut off in
// (see JudgeStatement): kInDoubt when its effect cannot be proved and no person has said it. When
// its text was changed meanwhile, the new one runs if nothing remains of the old: kConflict else.
// Version rows and ledger row are written in a transaction at the end. REQUIRES:
// !context.section.transactional; `database` holds the migration lock. It may be replaced (see
// CommitStep). Returns the sequence of that ledger row.
tl::expected<std::int64_t, StepFailure> RunJournalledSection(
    std::unique_ptr<TargetDatabase>& database, const StepContext& context);

}  // namespace schemaop
