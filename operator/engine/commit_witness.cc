#include "engine/commit_witness.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "postgres/advisory_lock.h"
#include "postgres/socket_wait.h"

namespace schemaop {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::milliseconds kPause{250};

bool SameRows(Heads a, Heads b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

Result<std::unique_ptr<TargetDatabase>> OpenLocked(const DatabaseOptions& options,
                                                   Clock::time_point until,
                                                   const std::stop_token& stop) {
  auto database = TargetDatabase::Open(options, stop);
  if (!database) return database;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
  auto lock = AcquireLock((*database)->session(), (*database)->lock_key(),
                          std::max(left, std::chrono::milliseconds(0)), nullptr, stop);
  if (!lock) return Fail(lock.error());
  if (!lock->acquired) return Fail(ErrorCode::kBusy, "another session holds the migration lock");
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
  if (!lost.heads_after) {
    if (status) return *status;
    return Fail(ErrorCode::kUnavailable, "the server does not know the transaction");
  }
  auto heads = database.ReadHeads(stop);
  if (!heads) return Fail(heads.error());
  const bool there = SameRows(*heads, *lost.heads_after);
  if (status.value_or(there) == there) return there;
  return Fail(ErrorCode::kConflict,
              "the connection was lost while committing, and meanwhile another run changed " +
                  database.version_table().Label() + "; read the database again");
}

}  // namespace

Result<CommitVerdict> AskWitnesses(const DatabaseOptions& options, const LostCommit& lost,
                                   const std::stop_token& stop) {
  const SocketWaiter sleeper(stop);
  const auto until = Clock::now() + kPatience;
  while (true) {
    auto database = OpenLocked(options, until, stop);
    if (database) {
      auto committed = IsCommitted(**database, lost, stop);
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
