// A PostgreSQL as far as a migration sees one: sessions, the migration lock, transactions that are
// committed whole or not at all, version rows, the ledger, and what revisions did.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "postgres/ledger.h"
#include "revision/database_state.h"
#include "revision/plan.h"
#include "scheduler.h"

namespace schemaop::simulation {

// What a revision's SQL did.
struct Deed {
  RevisionId revision;
  Direction direction = Direction::kUpgrade;
};

// What a transaction does, in order; the parts that are there.
struct Work {
  std::optional<Deed> deed;
  std::vector<VersionChange> changes;
  std::optional<Heads> heads_after;  // checked when there are changes
  std::optional<LedgerRow> row;
};

class ModelDatabase {
 public:
  struct Session {
    int id = 0;
    bool open = true;
    std::string application;
  };

  ModelDatabase(Scheduler& scheduler, std::string host);

  // Requests, each in one step. A session that is not open fails them.
  Result<std::shared_ptr<Session>> Connect(const std::string& password, std::string application);
  void Close(const std::shared_ptr<Session>& session);
  // Whether the session has the lock now.
  Result<bool> TryLock(const Session& session);
  Result<DatabaseState> State(const Session& session) const;
  Result<std::optional<StoredRevision>> Stored(const Session& session, const RevisionId& id) const;
  Result<std::vector<LedgerRow>> Journal(const Session& session, const RevisionId& revision,
                                         Direction direction) const;
  // "committed", "aborted", as txid_status.
  Result<bool> WasCommitted(const Session& session, const std::string& transaction) const;
  Result<std::optional<std::string>> NewestTransaction(const Session& session) const;

  // A transaction that does all of `works`, named `transaction`. kConflict when the version rows
  // are not what a change wants. Of a session that should hold the lock.
  Result<void> Commit(const Session& session, const std::string& transaction,
                      const std::vector<Work>& works);
  // A statement outside a transaction takes effect.
  Result<void> TakeEffect(const Session& session, const Deed& deed);
  std::string NewTransaction() { return std::to_string(++transactions_); }

  // Another tool, without the lock and the ledger: one transaction.
  Result<void> CommitUnlocked(const std::vector<Work>& works);
  // A row that a person appends, when nobody holds the lock.
  bool AppendByHand(LedgerRow row);

  // Ends every session; transactions under way are gone.
  void Restart();

  std::optional<LockHolder> Holder() const;
  const Heads& heads() const { return heads_; }
  const std::vector<LedgerRow>& ledger() const { return ledger_; }
  const std::string& host() const { return host_; }
  int commits() const { return commits_; }
  // How often `revision` is in effect: 0 or 1, or something went wrong.
  int InEffect(const RevisionId& revision) const;
  const std::map<RevisionId, int>& effects() const { return effects_; }
  // Every state of the version rows, and since when.
  const std::vector<std::pair<Moment, Heads>>& past() const { return past_; }

  // Settings of the server.
  std::string password = "secret-1";
  bool up = true;

  // A row was committed by a session with the lock; a rule was broken.
  std::function<void(const LedgerRow& row)> on_row;
  std::function<void(const std::string& what)> on_violation;
  std::function<void(const Deed& deed)> on_deed;

 private:
  Result<void> CheckOpen(const Session& session) const;
  Result<void> Do(const std::string& transaction, const Work& work);
  Result<void> Change(const VersionChange& change);
  void Count(const Deed& deed);
  Result<void> DoAll(const std::string& transaction, const std::vector<Work>& works);

  Scheduler& scheduler_;
  std::string host_;
  Heads heads_;
  std::vector<LedgerRow> ledger_;
  std::map<RevisionId, int> effects_;
  std::vector<std::pair<Moment, Heads>> past_;
  std::map<std::string, bool> committed_;
  std::map<int, std::shared_ptr<Session>> sessions_;
  int locked_by_ = 0;
  int last_session_ = 0;
  int transactions_ = 700;
  int commits_ = 0;
};

}  // namespace schemaop::simulation
