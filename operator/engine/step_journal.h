// What a step's revision has run outside a transaction already.
#pragma once

#include <vector>

#include "engine/step_context.h"
#include "engine/target_database.h"
#include "postgres/ledger.h"

namespace schemaop {

// The journal of `context`'s section (see Ledger::Journal); empty without a ledger. Rolls a
// transaction back that was begun early, and resets the session when that is due.
Result<std::vector<LedgerRow>> ReadStepJournal(TargetDatabase& database,
                                               const StepContext& context);

// For a section that runs in a transaction by now: fails when statements of it were run outside
// one, or may have been. They would be run again.
StepDone CheckNothingRan(TargetDatabase& database, const StepContext& context);

// That the statement of `row` ran, or may have run, and has no place in the section any more
// because of `why` ("which the revision no longer has").
StepFailure LostStatement(const StepContext& context, const LedgerRow& row, const std::string& why);

}  // namespace schemaop
