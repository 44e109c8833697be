// Revisions that are applied although no file declares them any more (a commit was reverted, a
// branch was deleted): the ledger kept what taking them back needs.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "revision/database_state.h"
#include "revision/graph.h"

namespace schemaop {

// What Revision::file of a revision without a file begins with: "ledger:004".
inline constexpr std::string_view kLedgerPlace = "ledger:";

// The rows of `heads` that `files` does not declare, in their order.
std::vector<RevisionId> UnknownRows(const RevisionGraph& files, const Heads& heads);

// Adds to `state.stored` what the ledger keeps of the revisions that its rows imply and `files`
// does not declare; `lookup` finds one, nullopt when the ledger does not keep it.
Result<void> CollectStored(
    const RevisionGraph& files, DatabaseState& state,
    const std::function<Result<std::optional<StoredRevision>>(const RevisionId& id)>& lookup);

// The history of a database: `files` and, when its rows go beyond them, the lost revisions as the
// ledger keeps them (Revision::from_ledger, with their down SQL and its transaction mode, their
// parents and dependencies, without branch labels). `files` itself when nothing is lost. Lost
// revisions are there to be downgraded: they are not meant as targets, and their upgrade sections
// hold no statements.
// kNotFound, naming it, when a row or what it was built on is neither in `files` nor in
// `state.stored`; kInvalid when the two contradict each other.
Result<std::shared_ptr<const RevisionGraph>> CompleteFromLedger(
    std::shared_ptr<const RevisionGraph> files, const DatabaseState& state);

}  // namespace schemaop
