// A transaction that knows whether it is still its own.
#pragma once

#include <chrono>
#include <optional>
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
  // Whose SQL it starts with.
  enum class For { kOwn, kSubmitted };

  // BEGIN, with `lock_timeout` and the options' statement_timeout for its length, after a reset
  // that was put off. A client that stops in the middle loses it after a minute, so that its locks
  // do not stay. kUnavailable when the server takes no changes: a standby, or
  // default_transaction_read_only.
  static Result<OwnTransaction> Begin(TargetDatabase& database,
                                      std::chrono::milliseconds lock_timeout, For whom,
                                      const std::stop_token& stop);
  // The same with the options' lock_timeout, for our own SQL.
  static Result<OwnTransaction> Begin(TargetDatabase& database, const std::stop_token& stop);
  ~OwnTransaction();
  OwnTransaction(OwnTransaction&& other) noexcept;
  OwnTransaction& operator=(OwnTransaction&&) = delete;

  // txid_current(): the witness of an unanswered COMMIT.
  const std::string& id() const { return id_; }

  // The longest that one of its statements may wait for a lock.
  std::chrono::milliseconds lock_timeout() const { return lock_timeout_; }

  // Its limits anew, after something reset the session.
  Result<void> SetLimits(const std::stop_token& stop);
  // lock_timeout alone, after submitted SQL may have set another.
  Result<void> SetLockTimeout(const std::stop_token& stop);

  // What is known to follow a COMMIT: nothing, or a transaction that begins with submitted SQL and
  // this lock_timeout.
  using Follower = std::optional<std::chrono::milliseconds>;

  // COMMIT, with nothing before it in its message. The server answers ROLLBACK, without an error,
  // for a failed transaction: only the tag COMMIT counts. kUnknown when the connection was lost
  // before the answer. `follower` is begun in the same message behind the COMMIT and a reset, which
  // saves a round trip and leaves what is known of the COMMIT as it is: when it fails nothing of it
  // runs, and when something of it fails the COMMIT stands, and the next Begin says what failed.
  CommitOutcome Commit(const std::stop_token& stop, Follower follower = std::nullopt);

 private:
  OwnTransaction(TargetDatabase& database, std::chrono::milliseconds lock_timeout)
      : database_(&database), lock_timeout_(lock_timeout) {}

  static std::string LimitsSql(const TargetDatabase& database,
                               std::chrono::milliseconds lock_timeout);
  static std::string BeginSql(const TargetDatabase& database,
                              std::chrono::milliseconds lock_timeout, For whom);
  Result<void> BeginNow(For whom, const std::stop_token& stop);
  void Follow(const ScriptAnswer& answer, std::chrono::milliseconds lock_timeout);

  TargetDatabase* database_;  // nullptr: nothing left to roll back
  std::chrono::milliseconds lock_timeout_;
  std::string id_;
};

// Extends a ledger of an earlier version in a transaction of its own, before the run's first one:
// nobody can read the ledger until the transaction ends that does it. REQUIRES: no transaction is
// open, the session is reset.
Result<void> ExtendLedgerAlone(TargetDatabase& database, const std::stop_token& stop);

// A person's word: appends `row` to the ledger in a transaction of its own. When its COMMIT is not
// answered it can be said again: it needs no witness.
Result<void> AppendAlone(TargetDatabase& database, LedgerRow row, const std::stop_token& stop);

}  // namespace schemaop
