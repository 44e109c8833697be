// A transaction that knows whether it is still its own.
#pragma once

#include <stop_token>
#include <string>

#include "base/error.h"
#include "engine/target_database.h"

namespace schemaop {

// How a COMMIT ended.
struct CommitOutcome {
  enum class Kind { kCommitted, kRolledBack, kUnknown };
  Kind kind = Kind::kCommitted;
  SqlError error;  // unless kCommitted
};

// One transaction on the target database; rolled back when it goes out of scope uncommitted.
class OwnTransaction {
 public:
  // BEGIN, with the options' lock_timeout and statement_timeout for its length.
  static Result<OwnTransaction> Begin(TargetDatabase& database, const std::stop_token& stop);
  ~OwnTransaction();
  OwnTransaction(OwnTransaction&& other) noexcept;
  OwnTransaction& operator=(OwnTransaction&&) = delete;

  // txid_current(): the witness of an unanswered COMMIT.
  const std::string& id() const { return id_; }

  // kRejected when a statement ended this transaction: COMMIT and ROLLBACK hidden in procedures, or
  // two statements in one.
  Result<void> CheckStillOpen(const std::stop_token& stop);

  // COMMIT as a message of its own. The server answers ROLLBACK, without an error, for a failed
  // transaction: only the tag COMMIT counts. kUnknown when the connection was lost before the
  // answer.
  CommitOutcome Commit(const std::stop_token& stop);

 private:
  OwnTransaction(TargetDatabase& database, std::string id)
      : database_(&database), id_(std::move(id)) {}

  TargetDatabase* database_;  // nullptr: nothing left to roll back
  std::string id_;
};

}  // namespace schemaop
