// The ledger: an append-only table of ours, in a schema of its own, that says who ran what when.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/time.h"
#include "postgres/session.h"
#include "revision/database_state.h"
#include "revision/revision.h"

namespace schemaop {

enum class LedgerKind {
  kApplied,  // a revision's section ran; committed with its version rows
  kStamped,  // version rows changed, nothing ran
  kIntent,   // a statement outside a transaction is about to run
  kDone,     // ... and it succeeded
  kFailed,   // ... and the server refused it: the outcome is known
};

// One row. Texts may not hold NUL.
struct LedgerRow {
  std::int64_t sequence = 0;  // from 1, without gaps, for each version table; given by Append
  LedgerKind kind = LedgerKind::kApplied;
  std::string revision;
  Direction direction = Direction::kUpgrade;
  std::vector<std::string> parents;
  std::string message;
  std::string checksum;  // of the revision file, see Revision::checksum; of the statement's text
                         // for kIntent..kFailed
  std::string up_sql;
  std::optional<std::string> down_sql;
  int statement = 0;  // kIntent..kFailed: which one of the section, from 1
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

// SHA-256 of every field but `hash`, each as "<bytes>:<text>", in the order above, after the
// version table's name.
std::string LedgerRowHash(const std::string& version_table, const LedgerRow& row);

// kConflict, naming the first row that was changed, is missing or is out of order.
Result<void> VerifyLedgerChain(const std::string& version_table,
                               const std::vector<LedgerRow>& rows);

// The rows of one version table. Every call runs in the session's current transaction, as does its
// failure.
class Ledger {
 public:
  // `version_table` is its label, "schema.name". `session` must outlive the ledger.
  Ledger(Session& session, std::string schema, std::string version_table);

  Result<bool> Exists(const std::stop_token& stop) const;

  // Schema, table and the trigger that refuses UPDATE, DELETE and TRUNCATE; nothing when they are
  // there. kDenied says which GRANT is missing; kBusy when another run creates it at this moment.
  Result<void> Create(const std::stop_token& stop);

  // Appends `row` to the chain. REQUIRES: the migration lock, and an open transaction.
  Result<void> Append(LedgerRow row, const std::stop_token& stop);

  // The last kApplied row of each revision, oldest first. REQUIRES: Exists().
  Result<std::vector<LedgerEntry>> Entries(const std::stop_token& stop) const;

  // Every row, oldest first. REQUIRES: Exists().
  Result<std::vector<LedgerRow>> Rows(const std::stop_token& stop) const;

  // The kIntent, kDone and kFailed rows of `revision` in `direction` since it was last applied or
  // stamped, and every kStamped row since then, oldest first. REQUIRES: Exists().
  Result<std::vector<LedgerRow>> Journal(const std::string& revision, Direction direction,
                                         const std::stop_token& stop) const;

 private:
  std::string Qualified(const char* name) const;
  Result<void> CreateSchema(const std::stop_token& stop);
  // `grant`: what is missing when the server denies it.
  Result<void> CreateObject(const std::string& sql, const std::string& grant,
                            const std::stop_token& stop);
  Result<std::vector<LedgerRow>> Select(const std::string& condition,
                                        std::vector<std::string> parameters,
                                        const std::stop_token& stop) const;

  Session* session_;
  std::string schema_;
  std::string version_table_;
};

}  // namespace schemaop
