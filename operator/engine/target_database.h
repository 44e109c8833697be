// The database to migrate: a session with it, and where its version table and ledger are.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "engine/database_options.h"
#include "postgres/advisory_lock.h"
#include "postgres/ledger.h"
#include "postgres/session.h"
#include "postgres/version_table.h"
#include "revision/database_state.h"
#include "revision/graph.h"

namespace schemaop {

// An open session, set up as `options` say. One thread at a time. Own statements run with a
// search_path nobody else can write to, submitted ones with the stated path; both as the stated
// role.
class TargetDatabase {
 public:
  // Connects, refuses poolers that share sessions (kUnsuitable), takes the role (kDenied) and finds
  // the version table. `options` must outlive the object.
  static Result<std::unique_ptr<TargetDatabase>> Open(const DatabaseOptions& options,
                                                      const std::stop_token& stop);

  // Gives the migration lock back, if the session still has it: the server may be slow to notice
  // that a session is closed, and the next run need not wait for that.
  ~TargetDatabase();
  TargetDatabase(const TargetDatabase&) = delete;
  TargetDatabase& operator=(const TargetDatabase&) = delete;

  // Takes the migration lock; see AcquireLock.
  Result<LockAttempt> TakeLock(std::chrono::milliseconds wait,
                               const std::function<void(const std::optional<LockHolder>&)>& waiting,
                               const std::stop_token& stop);

  Session& session() { return session_; }
  Ledger& ledger() { return *ledger_; }
  const VersionTable& version_table() const { return version_table_; }
  const DatabaseOptions& options() const { return options_; }
  // The schemas of the submitted SQL's search path that exist, in its order.
  const std::vector<std::string>& schemas() const { return schemas_; }
  std::int64_t lock_key() const;
  // The role that logged in.
  const std::string& login() const { return login_; }

  // Finds the version table again and reads heads, ledger and the rest. Changes nothing.
  Result<DatabaseState> ReadState(const std::stop_token& stop);

  // Adds to `state` what the ledger keeps of the revisions it implies that `files` does not declare
  // (DatabaseState::stored). REQUIRES: `state` is what ReadState returned last.
  Result<void> ReadStored(const RevisionGraph& files, DatabaseState& state,
                          const std::stop_token& stop);

  // The version table's rows; none when there is no table.
  Result<Heads> ReadHeads(const std::stop_token& stop);

  // Creates version table and ledger where missing, and extends a ledger of an earlier version.
  // REQUIRES: an open transaction, EnterOwn().
  Result<void> CreateMissing(const std::stop_token& stop);
  // Whether the open transaction made it, or extended it.
  bool version_table_is_new() const { return version_table_.exists && !existed_; }
  bool ledger_is_new() const { return ledger_exists_ && !ledger_existed_; }
  // Whether there is something for it to do, as far as is known.
  bool lacks_tables() const { return !version_table_.exists || !ledger_exists_; }
  // Looks for both again, where another session may have created them since Open(): what it finds
  // is there to stay. REQUIRES: no transaction is open.
  Result<void> FindAgain(const std::stop_token& stop);
  // The oids of version table and ledger. REQUIRES: CreateMissing(), or FindAgain() found them.
  struct OwnTables {
    std::string versions;
    std::string ledger;
  };
  OwnTables own_tables() const { return {version_table_.oid, ledger_oid_}; }
  // After a rollback: what CreateMissing created is gone again.
  void ForgetCreated();
  // After a commit: it is there to stay.
  void KeepCreated();

  // Within a transaction: what follows is submitted SQL.
  Result<void> EnterSubmitted(const std::stop_token& stop);
  // The same as an expression, for those who send it with others.
  std::string EnterSubmittedSql() const;
  // Within a transaction: what follows is our own SQL, whatever submitted SQL did to role and path.
  Result<void> EnterOwn(const std::stop_token& stop);

  // Outside a transaction: the whole session as submitted SQL wants it; undone by Reset().
  Result<void> SwitchToSubmitted(const std::stop_token& stop);
  // Outside a transaction: everything statements left behind is undone.
  Result<void> Reset(const std::stop_token& stop);
  // The same, but as late as possible: together with the next BEGIN (see TakeDueReset). REQUIRES:
  // until then nothing else uses the session but ResetIfDue().
  void PutOffReset() { reset_due_ = true; }
  // What to run before the next BEGIN, ended by a semicolon; empty when nothing is due.
  std::string TakeDueReset();
  // Leaves the session reset and outside a transaction, whatever of this was put off or begun.
  Result<void> ResetIfDue(const std::stop_token& stop);

  // The same, but as early as possible: what to run together with the COMMIT before, ended by a
  // semicolon, when the next transaction is known to follow. It is noted with NoteBegun, once the
  // server took it, and given away with TakeBegun. REQUIRES: as PutOffReset.
  std::string EarlyReset() const;
  void NoteBegun(std::string transaction_id, std::chrono::milliseconds lock_timeout);
  // The transaction begun with this lock_timeout, for submitted SQL; nullopt when there is none.
  std::optional<std::string> TakeBegun(std::chrono::milliseconds lock_timeout);

 private:
  TargetDatabase(const DatabaseOptions& options, Session session)
      : options_(options), session_(std::move(session)) {}

  Result<void> SetUp(const std::stop_token& stop);
  void NotePath(const Rows& rows);
  Result<void> FindTables(const std::stop_token& stop);
  Result<void> SetPath(const std::string& value, const char* is_local, const std::stop_token& stop);
  Result<void> FindOwnTables(const std::stop_token& stop);
  Result<bool> HasUserTables(const std::stop_token& stop);
  std::string RoleSql(const char* set) const;

  const DatabaseOptions& options_;
  Session session_;
  std::string path_setting_;          // search_path of submitted SQL, as SET takes it
  std::vector<std::string> schemas_;  // of it, those that exist
  VersionTable version_table_;
  bool existed_ = false;  // the version table is committed
  bool ledger_exists_ = false;
  bool ledger_existed_ = false;  // it is committed, in its current form
  std::string ledger_oid_;
  bool reset_due_ = false;
  struct BegunTransaction {
    std::string id;
    std::chrono::milliseconds lock_timeout{0};
  };
  std::optional<BegunTransaction> begun_;  // for whoever comes next
  std::optional<std::int64_t> locked_;     // the key that TakeLock took
  std::string login_;
  std::vector<std::string> excess_rights_;
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace schemaop
