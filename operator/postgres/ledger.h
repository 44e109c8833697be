// The ledger: an append-only table of ours, in a schema of its own, that says who ran what when.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "postgres/session.h"
#include "revision/database_state.h"
#include "revision/revision.h"

namespace schemaop {

enum class LedgerKind {
  kApplied,   // a revision's section ran; committed with its version rows
  kStamped,   // version rows changed, nothing ran
  kIntent,    // a statement outside a transaction is about to run
  kDone,      // ... and it succeeded
  kFailed,    // ... and the server refused it, and nothing of it remains but what can be seen
  kResolved,  // ... or a person says what became of it: `message` is kResolvedDone or
              // kResolvedRetry
  kAccepted,  // a person says that an applied revision's changed text is right
};

// What a kResolved row says: the statement took effect, or it did not.
inline constexpr std::string_view kResolvedDone = "done";
inline constexpr std::string_view kResolvedRetry = "retry";

// One row. Texts may not hold NUL.
struct LedgerRow {
  std::int64_t sequence = 0;  // from 1, without gaps, for each version table; given by Append
  LedgerKind kind = LedgerKind::kApplied;
  std::string revision;
  Direction direction = Direction::kUpgrade;
  std::vector<std::string> parents;
  std::vector<std::string> depends_on = {};  // ids, labels resolved
  std::string message;
  std::string checksum;  // of the revision file, see Revision::checksum; of the statement's text
                         // for kIntent..kResolved
  std::string up_sql;    // kIntent..kResolved: the statement
  std::optional<std::string> down_sql;
  std::optional<bool> down_transactional = {};  // kApplied, kAccepted: when there is a down section
  int statement = 0;  // kIntent..kResolved: which one of the section, from 1
  std::string
      transaction_id;  // txid_current() of the transaction that wrote the row; given by Append
  Time started;
  Time finished;
  std::string actor;
  std::string plan_hash;      // may be empty
  std::string previous_hash;  // of the row before, empty for the first; given by Append
  std::string hash;           // LedgerRowHash of this row; given by Append

  bool operator==(const LedgerRow&) const = default;
};

// SHA-256 of every field but `hash`, each as "<bytes>:<text>", after the version table's name.
// depends_on and down_transactional follow the others, with their names, where they say something:
// rows of earlier versions have neither.
std::string LedgerRowHash(const std::string& version_table, const LedgerRow& row);

// kConflict, naming the first row that was changed, is missing or is out of order.
Result<void> VerifyLedgerChain(const std::string& version_table,
                               const std::vector<LedgerRow>& rows);

// What observing needs of a ledger.
struct LedgerSummary {
  std::vector<LedgerEntry> entries;  // see DatabaseState::ledger
  std::vector<std::string> begun;    // see DatabaseState::begun
  std::int64_t last_word = 0;        // see DatabaseState::last_word
};

// Which rows to list. Everything by default.
struct LedgerFilter {
  std::string revision;  // empty: every revision
  int limit = 0;         // the newest so many; 0: all
};

// The rows of one version table. Every call runs in the session's current transaction, as does its
// failure.
class Ledger {
 public:
  // `version_table` is its label, "schema.name". `session` must outlive the ledger.
  Ledger(Session& session, std::string schema, std::string version_table);

  Result<bool> Exists(const std::stop_token& stop) const;
  // Whether it exists with all columns.
  Result<bool> IsCurrent(const std::stop_token& stop) const;
  // Whether it exists without the newest of them, so that Create would extend it.
  Result<bool> IsEarlier(const std::stop_token& stop) const;
  // The table's oid; nullopt when there is none.
  Result<std::optional<std::string>> Find(const std::stop_token& stop) const;

  // Schema, table and the trigger that refuses UPDATE, DELETE and TRUNCATE; nothing when they are
  // there, but for the columns that earlier versions did not have. kDenied says which GRANT is
  // missing; kBusy when another run creates it at this moment.
  Result<void> Create(const std::stop_token& stop);

  // Appends `row` to the chain. REQUIRES: the migration lock, and an open transaction.
  Result<void> Append(LedgerRow row, const std::stop_token& stop);

  // The same in two halves, for those who send its statement with others: Chain gives `row` its
  // place and its hash and makes the statement, and Chained says that the server took it.
  // `transaction_id`: of the open transaction. Asks the server for the last row only when it does
  // not know it: whoever holds the migration lock has written it.
  Result<PipelinedStatement> Chain(LedgerRow& row, const std::string& transaction_id,
                                   const std::stop_token& stop);
  void Chained(const LedgerRow& row) { tail_ = {row.sequence, row.hash}; }
  // The last row's sequence as far as it is known; 0: there is none.
  std::int64_t last_sequence() const { return tail_ ? tail_->sequence : 0; }
  // After a rollback: the last row may be gone again.
  void ForgetTail() { tail_.reset(); }

  // REQUIRES: Exists().
  Result<LedgerSummary> Summary(const std::stop_token& stop) const;

  // What is kept of `revision`; nullopt when it was never applied, or downgraded since. REQUIRES:
  // Exists().
  Result<std::optional<StoredRevision>> Stored(const std::string& revision,
                                               const std::stop_token& stop) const;

  // Oldest first. REQUIRES: Exists().
  Result<std::vector<LedgerRow>> Rows(const LedgerFilter& filter,
                                      const std::stop_token& stop) const;

  // The kIntent..kResolved rows of `revision` in `direction` since it was last applied or stamped,
  // every kStamped row since then, and the kApplied row of the newest downgrade, of whatever
  // revision, oldest first. REQUIRES: Exists().
  Result<std::vector<LedgerRow>> Journal(const std::string& revision, Direction direction,
                                         const std::stop_token& stop) const;

 private:
  enum class Form { kAbsent, kEarlier, kCurrent };  // kEarlier: without the newest columns
  struct Found {
    Form form = Form::kAbsent;
    std::string oid;  // unless kAbsent
  };
  // The chain's last row.
  struct Tail {
    std::int64_t sequence = 0;
    std::string hash;
  };

  std::string Qualified(const char* name) const;
  Result<Found> FindForm(const std::stop_token& stop) const;
  Result<void> AddMissingColumns(const std::stop_token& stop);
  Result<void> CreateSchema(const std::stop_token& stop);
  // `grant`: what is missing when the server denies it.
  Result<void> CreateObject(const std::string& sql, const std::string& grant,
                            const std::stop_token& stop);
  // The rows that `condition` (on l, its parameters from $2 on) holds of, oldest first.
  Result<std::vector<LedgerRow>> Select(const std::string& condition,
                                        std::vector<std::string> parameters,
                                        const std::stop_token& stop) const;

  Session* session_;
  std::string schema_;
  std::string version_table_;
  std::optional<Tail> tail_;
};

}  // namespace schemaop
