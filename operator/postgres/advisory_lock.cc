#include "postgres/advisory_lock.h"

#include <algorithm>
#include <random>
#include <string>

#include "base/fault_point.h"
#include "base/sha256.h"
#include "postgres/quote.h"
#include "postgres/socket_wait.h"

namespace schemaop {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kFirstPause{100};
constexpr milliseconds kLongestPause{1000};

constexpr std::string_view kKeyDomain = "schemaversion.io migration lock";

// A bigint key is stored as two halves, with objsubid 1 (manual, "pg_locks").
constexpr std::string_view kLockMatches =
    "l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
    "AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d "
    "WHERE d.datname = pg_catalog.current_database()) "
    "AND ((l.classid::bigint << 32) | l.objid::bigint) = $1::bigint";

Result<bool> TryLock(Session& session, const std::string& key, const std::stop_token& stop) {
  SCHEMAOP_FAULT_POINT("postgres.lock.asking");
  auto rows = session.Query("SELECT pg_catalog.pg_try_advisory_lock($1::bigint)", {key}, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot take the migration lock"));
  SCHEMAOP_FAULT_POINT("postgres.lock.answered");
  return rows->front().Boolean(0);
}

Result<std::optional<LockHolder>> FindHolder(Session& session, const std::string& key,
                                             const std::stop_token& stop) {
  SCHEMAOP_FAULT_POINT("postgres.lock.refused");
  auto rows = session.Query(
      "SELECT l.pid, a.application_name, pg_catalog.to_char(COALESCE(a.xact_start, a.query_start, "
      "a.backend_start) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') "
      "FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid WHERE " +
          std::string(kLockMatches),
      {key}, stop);
  if (!rows)
    return Fail(WithContext(ToError(rows.error()), "cannot see who holds the migration lock"));
  if (rows->empty()) return std::nullopt;
  const Row& row = rows->front();
  return LockHolder{
      .pid = static_cast<int>(row.Integer(0)), .application = row.Text(1), .since = row.Text(2)};
}

milliseconds WithJitter(milliseconds pause) {
  thread_local std::minstd_rand random{std::random_device{}()};
  std::uniform_int_distribution<milliseconds::rep> spread(pause.count() / 2, pause.count());
  return milliseconds(spread(random));
}

}  // namespace

std::int64_t MigrationLockKey(std::string_view schema, std::string_view version_table) {
  std::string name(kKeyDomain);
  name.append(1, '\0').append(schema).append(1, '\0').append(version_table);
  return static_cast<std::int64_t>(std::stoull(Sha256Hex(name).substr(0, 16), nullptr, 16));
}

std::string MigrationLockKeySql(std::string_view schema_sql, std::string_view version_table) {
  const auto bytes = [](std::string_view text_sql) {
    return "convert_to(" + std::string(text_sql) + ", 'UTF8')";
  };
  const std::string name = bytes(QuoteLiteral(kKeyDomain)) + " || '\\x00' || " + bytes(schema_sql) +
                           " || '\\x00' || " + bytes(QuoteLiteral(version_table));
  return "('x' || substr(encode(sha256(" + name + "), 'hex'), 1, 16))::bit(64)::bigint";
}

Result<LockAttempt> AcquireLock(
    Session& session, std::int64_t key, milliseconds wait,
    const std::function<void(const std::optional<LockHolder>&)>& waiting,
    const std::stop_token& stop) {
  const std::string key_text = std::to_string(key);
  const SocketWaiter sleeper(stop);
  const auto give_up = Clock::now() + wait;
  milliseconds pause = kFirstPause;
  while (true) {
    auto locked = TryLock(session, key_text, stop);
    if (!locked) return Fail(locked.error());
    if (*locked) return LockAttempt{.acquired = true, .holder = std::nullopt};
    auto holder = FindHolder(session, key_text, stop);
    if (!holder) return Fail(holder.error());
    if (Clock::now() >= give_up) return LockAttempt{.acquired = false, .holder = *holder};
    if (waiting) waiting(*holder);
    const auto until = std::min(give_up, Clock::now() + WithJitter(pause));
    if (sleeper.Wait(-1, {}, until) == SocketWait::kStopped) {
      return Fail(ErrorCode::kCancelled, "stopped while waiting for the migration lock");
    }
    pause = std::min(pause * 2, kLongestPause);
  }
}

Result<bool> HoldsLock(Session& session, std::int64_t key, const std::stop_token& stop) {
  auto rows = session.Query(
      "SELECT 1 FROM pg_catalog.pg_locks l WHERE l.pid = pg_catalog.pg_backend_pid() AND " +
          std::string(kLockMatches),
      {std::to_string(key)}, stop);
  if (!rows) return Fail(ToError(rows.error()));
  return !rows->empty();
}

Result<bool> IsLockHeld(Session& session, std::int64_t key, const std::stop_token& stop) {
  auto rows =
      session.Query("SELECT 1 FROM pg_catalog.pg_locks l WHERE " + std::string(kLockMatches),
                    {std::to_string(key)}, stop);
  if (!rows) return Fail(ToError(rows.error()));
  return !rows->empty();
}

}  // namespace schemaop
