#include "model_database.h"

#include <algorithm>
#include <utility>

namespace schemaop::simulation {
namespace {

Heads Sorted(Heads heads) {
  std::sort(heads.begin(), heads.end());
  return heads;
}

bool IsWordOfPerson(LedgerKind kind) {
  return kind == LedgerKind::kStamped || kind == LedgerKind::kAccepted ||
         kind == LedgerKind::kResolved;
}

}  // namespace

ModelDatabase::ModelDatabase(Scheduler& scheduler, std::string host)
    : scheduler_(scheduler), host_(std::move(host)) {
  past_.emplace_back(scheduler_.now(), heads_);
}

Result<void> ModelDatabase::CheckOpen(const Session& session) const {
  if (session.open && up) return {};
  return Fail(ErrorCode::kUnavailable, "the connection to the server was lost");
}

Result<std::shared_ptr<ModelDatabase::Session>> ModelDatabase::Connect(const std::string& given,
                                                                       std::string application) {
  if (!up) return Fail(ErrorCode::kUnavailable, "the server is not there");
  if (given != password) return Fail(ErrorCode::kDenied, "password authentication failed");
  auto session = std::make_shared<Session>(Session{++last_session_, true, std::move(application)});
  sessions_.emplace(session->id, session);
  return session;
}

void ModelDatabase::Close(const std::shared_ptr<Session>& session) {
  session->open = false;
  if (locked_by_ == session->id) locked_by_ = 0;
  sessions_.erase(session->id);
}

void ModelDatabase::Restart() {
  while (!sessions_.empty()) Close(std::shared_ptr<Session>(sessions_.begin()->second));
}

Result<bool> ModelDatabase::TryLock(const Session& session) {
  if (auto open = CheckOpen(session); !open) return Fail(open.error());
  if (locked_by_ == 0) locked_by_ = session.id;
  return locked_by_ == session.id;
}

std::optional<LockHolder> ModelDatabase::Holder() const {
  const auto found = sessions_.find(locked_by_);
  if (found == sessions_.end()) return std::nullopt;
  return LockHolder{found->first, found->second->application, ""};
}

Result<DatabaseState> ModelDatabase::State(const Session& session) const {
  if (auto open = CheckOpen(session); !open) return Fail(open.error());
  DatabaseState state;
  state.heads = heads_;
  state.has_version_table = !heads_.empty() || !ledger_.empty();
  state.server_version = 150004;
  std::map<RevisionId, std::string> accepted;
  std::map<RevisionId, const LedgerRow*> newest;
  for (const LedgerRow& row : ledger_) {
    if (IsWordOfPerson(row.kind)) state.last_word = row.sequence;
    if (row.kind == LedgerKind::kApplied) newest[row.revision] = &row;
  }
  for (const LedgerRow& row : ledger_) {
    if (row.kind != LedgerKind::kApplied || newest[row.revision] != &row) continue;
    state.ledger.push_back({row.sequence, row.revision, row.direction, row.checksum,
                            FormatRfc3339Micro(row.finished), "1ms"});
  }
  return state;
}

Result<std::optional<StoredRevision>> ModelDatabase::Stored(const Session& session,
                                                            const RevisionId& id) const {
  if (auto open = CheckOpen(session); !open) return Fail(open.error());
  const auto row = std::find_if(ledger_.rbegin(), ledger_.rend(), [&](const LedgerRow& candidate) {
    return candidate.kind == LedgerKind::kApplied && candidate.revision == id;
  });
  if (row == ledger_.rend() || row->direction == Direction::kDowngrade) return std::nullopt;
  return StoredRevision{row->revision, row->parents, row->depends_on, row->message,
                        row->checksum, row->up_sql,  row->down_sql,   row->down_transactional};
}

// As Ledger::Journal.
Result<std::vector<LedgerRow>> ModelDatabase::Journal(const Session& session,
                                                      const RevisionId& revision,
                                                      Direction direction) const {
  if (auto open = CheckOpen(session); !open) return Fail(open.error());
  std::vector<LedgerRow> rows;
  for (const LedgerRow& row : ledger_) {
    const bool begins_anew = row.revision == revision &&
                             (row.kind == LedgerKind::kApplied || row.kind == LedgerKind::kStamped);
    if (begins_anew) rows.clear();
    const bool of_it = row.revision == revision && row.direction == direction;
    const bool of_statement = row.kind != LedgerKind::kApplied &&
                              row.kind != LedgerKind::kStamped && row.kind != LedgerKind::kAccepted;
    if (of_it && of_statement) rows.push_back(row);
  }
  return rows;
}

Result<bool> ModelDatabase::WasCommitted(const Session& session,
                                         const std::string& transaction) const {
  if (auto open = CheckOpen(session); !open) return Fail(open.error());
  return committed_.contains(transaction);
}

Result<std::optional<std::string>> ModelDatabase::NewestTransaction(const Session& session) const {
  if (auto open = CheckOpen(session); !open) return Fail(open.error());
  if (ledger_.empty()) return std::nullopt;
  return ledger_.back().transaction_id;
}

Result<void> ModelDatabase::Change(const VersionChange& change) {
  const auto missing = [&](const RevisionId& id) {
    return Fail(ErrorCode::kConflict, "the version table has no row " + id);
  };
  if (change.kind == VersionChange::Kind::kInsert) {
    if (std::find(heads_.begin(), heads_.end(), change.to) != heads_.end()) {
      return Fail(ErrorCode::kConflict, "the version table has the row " + change.to + " already");
    }
    heads_.push_back(change.to);
    return {};
  }
  const auto row = std::find(heads_.begin(), heads_.end(), change.from);
  if (row == heads_.end()) return missing(change.from);
  if (change.kind == VersionChange::Kind::kUpdate) {
    *row = change.to;
  } else {
    heads_.erase(row);
  }
  return {};
}

void ModelDatabase::Count(const Deed& deed) {
  if (on_deed) on_deed(deed);
  int& times = effects_[deed.revision];
  times += deed.direction == Direction::kUpgrade ? 1 : -1;
  if (times == 0 || times == 1) return;
  on_violation("I1: revision " + deed.revision + " on " + host_ + " is in effect " +
               std::to_string(times) + " times");
}

int ModelDatabase::InEffect(const RevisionId& revision) const {
  const auto found = effects_.find(revision);
  return found == effects_.end() ? 0 : found->second;
}

Result<void> ModelDatabase::Do(const std::string& transaction, const Work& work) {
  for (const VersionChange& change : work.changes) {
    if (auto changed = Change(change); !changed) return changed;
  }
  if (work.heads_after && Sorted(heads_) != Sorted(*work.heads_after)) {
    return Fail(ErrorCode::kConflict, "somebody else changed the version table");
  }
  if (work.deed) Count(*work.deed);
  if (!work.row) return {};
  LedgerRow row = *work.row;
  row.sequence = static_cast<std::int64_t>(ledger_.size()) + 1;
  row.transaction_id = transaction;
  ledger_.push_back(std::move(row));
  return {};
}

Result<void> ModelDatabase::DoAll(const std::string& transaction, const std::vector<Work>& works) {
  const Heads heads = heads_;
  const std::size_t rows = ledger_.size();
  const auto effects = effects_;
  for (const Work& work : works) {
    auto done = Do(transaction, work);
    if (done) continue;
    heads_ = heads;
    ledger_.resize(rows);
    effects_ = effects;
    return done;
  }
  committed_.emplace(transaction, true);
  ++commits_;
  if (heads_ != heads) past_.emplace_back(scheduler_.now(), heads_);
  return {};
}

Result<void> ModelDatabase::Commit(const Session& session, const std::string& transaction,
                                   const std::vector<Work>& works) {
  if (auto open = CheckOpen(session); !open) return open;
  if (locked_by_ != session.id) {
    on_violation("I4: " + session.application + " commits on " + host_ + " without the lock");
  }
  const std::size_t rows = ledger_.size();
  auto done = DoAll(transaction, works);
  if (!done) return done;
  for (std::size_t i = rows; i < ledger_.size(); ++i) {
    if (on_row) on_row(ledger_[i]);
  }
  return {};
}

Result<void> ModelDatabase::TakeEffect(const Session& session, const Deed& deed) {
  if (auto open = CheckOpen(session); !open) return open;
  if (locked_by_ != session.id) {
    on_violation("I4: " + session.application + " runs a statement on " + host_ +
                 " without the lock");
  }
  ++commits_;
  Count(deed);
  return {};
}

Result<void> ModelDatabase::CommitUnlocked(const std::vector<Work>& works) {
  return DoAll(NewTransaction(), works);
}

bool ModelDatabase::AppendByHand(LedgerRow row) {
  if (locked_by_ != 0 || !up) return false;
  Work work;
  work.row = std::move(row);
  return DoAll(NewTransaction(), {work}).has_value();
}

}  // namespace schemaop::simulation
