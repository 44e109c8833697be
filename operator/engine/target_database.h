// The database to migrate: a session with it, and where its version table and ledger are.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "engine/database_options.h"
#include "postgres/ledger.h"
#include "postgres/session.h"
#include "postgres/version_table.h"
#include "revision/database_state.h"

namespace schemaop {

// An open session, set up as `options` say. One thread at a time. Own statements run with a
// search_path nobody else can write to, submitted ones with the stated path; both as the stated
// role.
class TargetDatabase {
 public:
  // Connects, refuses poolers (kRejected), takes the role (kDenied) and finds the version table.
  // `options` must outlive the object.
  static Result<std::unique_ptr<TargetDatabase>> Open(const DatabaseOptions& options,
                                                      const std::stop_token& stop);

  Session& session() { return session_; }
  Ledger& ledger() { return *ledger_; }
  const VersionTable& version_table() const { return version_table_; }
  const DatabaseOptions& options() const { return options_; }
  // The schemas of the submitted SQL's search path that exist, in its order.
  const std::vector<std::string>& schemas() const { return schemas_; }
  std::int64_t lock_key() const;

  // Finds the version table again and reads heads, ledger and the rest. Changes nothing.
  Result<DatabaseState> ReadState(const std::stop_token& stop);

  // The version table's rows; none when there is no table.
  Result<Heads> ReadHeads(const std::stop_token& stop);

  // Creates version table and ledger where missing. REQUIRES: an open transaction, EnterOwn().
  Result<void> CreateMissing(const std::stop_token& stop);
  // After a rollback: what CreateMissing created is gone again.
  void ForgetCreated() { version_table_.exists = existed_; }
  // After a commit: it is there to stay.
  void KeepCreated() { existed_ = version_table_.exists; }

  // Within a transaction: what follows is submitted SQL.
  Result<void> EnterSubmitted(const std::stop_token& stop);
  // Within a transaction: what follows is our own SQL, whatever submitted SQL did to role and path.
  Result<void> EnterOwn(const std::stop_token& stop);

  // Outside a transaction: the whole session as submitted SQL wants it; undone by Reset().
  Result<void> SwitchToSubmitted(const std::stop_token& stop);
  // Outside a transaction: everything statements left behind is undone.
  Result<void> Reset(const std::stop_token& stop);

 private:
  TargetDatabase(const DatabaseOptions& options, Session session)
      : options_(options), session_(std::move(session)) {}

  Result<void> FindPath(const std::stop_token& stop);
  Result<void> FindTables(const std::stop_token& stop);
  Result<void> SetPath(const std::string& value, const char* is_local, const std::stop_token& stop);
  Result<bool> HasUserTables(const std::stop_token& stop);
  std::string RoleSql(const char* set) const;

  const DatabaseOptions& options_;
  Session session_;
  std::string path_setting_;          // search_path of submitted SQL, as SET takes it
  std::vector<std::string> schemas_;  // of it, those that exist
  VersionTable version_table_;
  bool existed_ = false;  // the version table is committed
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace schemaop
