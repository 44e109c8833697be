// What observing, migrating and stamping need to know about a database.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "postgres/dsn.h"

namespace schemaop {

// Which steps share a transaction.
enum class TransactionMode {
  kPerRevision,  // one for each step: what is committed stays when a later one fails
  kSingle,       // one for all steps of a run: all of them or none
};

// What a run leaves beside the ledger for drift to be told by.
enum class SnapshotUse {
  kKeep,  // the schema as it is after the run
  kNone,
};

// Which rights the role that logs in may have. SET ROLE is no boundary: what the login may, every
// statement may.
enum class LoginRights {
  kAny,
  kOwner,  // those of an owner: DatabaseState::excess_rights names what is more
};

// How the statements of a transaction are sent.
enum class StatementSending {
  kTogether,  // with the next ones, where they may be trusted (SessionGuard::Trusts)
  kOneByOne,  // none before the progress of it was told, and the one before it was judged
};

struct DatabaseOptions {
  Dsn dsn;
  std::string application_name = "schema-operator";  // shown to whoever looks at pg_stat_activity
  std::optional<std::string> role;
  LoginRights login_rights = LoginRights::kAny;
  std::vector<std::string> search_path;
  std::string version_table = "alembic_version";
  std::optional<std::string>
      version_table_schema;  // nullopt: found through search_path, as Alembic does
  std::string ledger_schema = "schemaversion";
  TransactionMode transaction_mode = TransactionMode::kPerRevision;
  // The longest one attempt may make others wait for a lock; see PlanAttempt.
  std::chrono::milliseconds lock_timeout{1000};
  std::chrono::milliseconds statement_timeout{0};  // of each statement; 0: none
  // How long a transaction that cannot get its locks is tried again; 0: one attempt.
  std::chrono::milliseconds retry_budget{std::chrono::minutes(10)};
  std::chrono::milliseconds non_transactional_timeout{
      0};  // for each statement outside a transaction; 0: none
  StatementSending sending = StatementSending::kTogether;
  SnapshotUse snapshot = SnapshotUse::kKeep;
  std::chrono::milliseconds lock_wait{
      0};  // how long to poll for the migration lock before kBusy; 0: one try
};

}  // namespace schemaop
