// The end of a step: its rows, and a COMMIT whose outcome is found out whatever happens.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>

#include "engine/own_transaction.h"
#include "engine/step_context.h"
#include "engine/target_database.h"

namespace schemaop {

// Changes the version rows as the step wants, reads them all again, and appends its ledger row, in
// one round trip. kConflict when a change did not match its row, or other rows are there afterwards
// than the step leaves. Returns the sequence of the ledger row.
Result<std::int64_t> RecordStep(TargetDatabase& database, const OwnTransaction& transaction,
                                const StepContext& context);

// What the constraints and triggers say that the SQL of `steps` put off to their COMMIT, for no
// statement in particular.
StepFailure RefusedCommit(std::span<const StepContext> steps, const SqlError& error);

// COMMIT of what `steps` did. `heads_after`: the version rows it leaves, nullopt when it changes
// none. When the connection is lost before the answer, connects again, takes the migration lock
// again, replaces `database` and asks what became of it: steps that turn out committed are done.
// `stop` may be empty where the outcome must be written although the steps are told to stop.
// `follower`: see OwnTransaction::Commit. REQUIRES: at least one step.
StepDone CommitSteps(std::unique_ptr<TargetDatabase>& database, OwnTransaction& transaction,
                     std::optional<Heads> heads_after, std::span<const StepContext> steps,
                     const std::stop_token& stop, OwnTransaction::Follower follower = std::nullopt);

// The same for one.
StepDone CommitStep(std::unique_ptr<TargetDatabase>& database, OwnTransaction& transaction,
                    std::optional<Heads> heads_after, const StepContext& context,
                    const std::stop_token& stop);

}  // namespace schemaop
