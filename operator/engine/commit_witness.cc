#include "engine/commit_witness.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/fault_point.h"
#include "postgres/socket_wait.h"

namespace schemaop {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::milliseconds kPause{250};

Result<std::unique_ptr<TargetDatabase>> OpenLocked(const DatabaseOptions& options,
                                                   Clock::time_point until,
                                                   const std::stop_token& stop) {
  auto database = TargetDatabase::Open(options, stop);
  if (!database) return database;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
  SCHEMAOP_FAULT_POINT("engine.witness.connected");
  auto lock = (*database)->TakeLock(std::max(left, std::chrono::milliseconds(0)), nullptr, stop);
  if (!lock) return Fail(lock.error());
  if (!lock->acquired) return Fail(ErrorCode::kBusy, "another session holds the migration lock");
  SCHEMAOP_FAULT_POINT("engine.witness.locked");
  return database;
}

Error InDoubt(const Error& cause) {
  return {ErrorCode::kInDoubt,
          "the connection was lost while committing and the outcome could not be asked for (" +
              cause.message + "); the version table will tell at the next run"};
}

// nullopt when the server does not know: too long ago, or another server after a failover.
std::optional<bool> StatusOf(TargetDatabase& database, const LostCommit& lost,
                             const std::stop_token& stop) {
  auto rows = database.session().Query("SELECT pg_catalog.txid_status($1::bigint)",
                                       {lost.transaction_id}, stop);
  if (!rows || rows->front().IsNull(0)) return std::nullopt;
  return rows->front().Text(0) == "committed";
}

Result<bool> IsCommitted(TargetDatabase& database, const LostCommit& lost,
                         const std::stop_token& stop) {
  const std::optional<bool> status = StatusOf(database, lost, stop);
  SCHEMAOP_FAULT_POINT("engine.witness.asked");
  const auto rows = database.ReadHeads(stop);
  if (!rows) return Fail(rows.error());
  SCHEMAOP_FAULT_POINT("engine.witness.compared");
  return WasCommitted(lost, status, *rows, database.version_table().Label());
}

Result<void> AskForNewest(TargetDatabase& database, const LostCommit& lost,
                          const std::stop_token& stop) {
  auto newest = database.ledger().Rows({.revision = "", .limit = 1}, stop);
  if (!newest) return Fail(newest.error());
  std::optional<std::string> transaction;
  if (!newest->empty()) transaction = newest->front().transaction_id;
  return CheckNobodySince(lost, transaction);
}

// Before the lock was ours, the lost COMMIT may have created our tables.
Result<bool> Judge(TargetDatabase& database, const LostCommit& lost, const std::stop_token& stop) {
  if (auto found = database.FindAgain(stop); !found) return Fail(found.error());
  auto committed = IsCommitted(database, lost, stop);
  if (!committed || !*committed) return committed;
  if (auto alone = AskForNewest(database, lost, stop); !alone) return Fail(alone.error());
  return true;
}

}  // namespace

Result<CommitVerdict> AskWitnesses(const DatabaseOptions& options, const LostCommit& lost,
                                   const std::stop_token& stop) {
  const SocketWaiter sleeper(stop);
  const auto until = Clock::now() + kPatience;
  while (true) {
    auto database = OpenLocked(options, until, stop);
    if (database) {
      auto committed = Judge(**database, lost, stop);
      if (committed) return CommitVerdict{*committed, std::move(*database)};
      if (committed.error().code == ErrorCode::kConflict) return Fail(committed.error());
      database = Fail(committed.error());
    }
    const bool stopped = stop.stop_requested();
    if (stopped || Clock::now() >= until) return Fail(InDoubt(database.error()));
    (void)sleeper.Wait(-1, {}, std::min(until, Clock::now() + kPause));
  }
}

}  // namespace schemaop
