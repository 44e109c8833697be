// What became of a COMMIT whose answer was lost with the connection.
#pragma once

#include <memory>
#include <stop_token>

#include "base/error.h"
#include "engine/lost_commit.h"
#include "engine/target_database.h"

namespace schemaop {

struct CommitVerdict {
  bool committed = false;
  // A new session that holds the migration lock and knows our tables.
  std::unique_ptr<TargetDatabase> database;
};

// Reconnects for up to a minute, takes the migration lock (the lost session may hold it until its
// COMMIT is done) and then asks two witnesses: txid_status and, under the lock, the version rows.
// kInDoubt when nobody could be asked; kConflict when the two disagree, which is another run's
// work, and when the COMMIT took effect but is not the ledger's last word: while the lock was free
// another run went on, so the caller must not.
Result<CommitVerdict> AskWitnesses(const DatabaseOptions& options, const LostCommit& lost,
                                   const std::stop_token& stop);

}  // namespace schemaop
