// What to make of a COMMIT whose answer was lost with the connection: the judgement, without the
// asking (commit_witness.h). Pure.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "revision/revision.h"

namespace schemaop {

// The transaction whose COMMIT was not answered.
struct LostCommit {
  std::string transaction_id;
  // The version rows it would leave; nullopt when it changes none.
  std::optional<Heads> heads_after;
  // The version rows before it.
  Heads heads_before;
};

// Whether it was committed. `status`: what txid_status says, nullopt when the server does not know
// (too long ago, or another server after a failover). `rows`: those of the version table `table`
// now, read under the migration lock. kConflict when the two disagree, or rows have changed that
// the transaction does not: while the lock was free somebody else was at work. kUnavailable when
// there is nothing to judge by.
Result<bool> WasCommitted(const LostCommit& lost, std::optional<bool> status, const Heads& rows,
                          const std::string& table);

// Every COMMIT of ours writes the ledger. A newer row than the transaction's is that of a run that
// had the lock since, and may have done what the caller is about to do: kConflict. `newest`: the
// transaction of the newest row, nullopt when there is none.
Result<void> CheckNobodySince(const LostCommit& lost, const std::optional<std::string>& newest);

}  // namespace schemaop
