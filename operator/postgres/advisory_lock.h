// The migration lock: one PostgreSQL session advisory lock for each version table.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "postgres/session.h"
#include "revision/database_state.h"

namespace schemaop {

// The lock's key, the same in every process and release: advisory locks are per database, so only
// the version table is in it.
std::int64_t MigrationLockKey(std::string_view schema, std::string_view version_table);

// The same key as an SQL expression, for scripts that learn the schema from the server:
// `schema_sql` is an expression of type text.
std::string MigrationLockKeySql(std::string_view schema_sql, std::string_view version_table);

struct LockAttempt {
  bool acquired = false;
  std::optional<LockHolder> holder;  // when not acquired and still there to be seen
};

// Tries for up to `wait` (zero: once), 100 ms to 1 s apart with jitter, telling `waiting` of the
// holder after each failure. Always pg_try_advisory_lock: a session blocked in pg_advisory_lock
// holds a snapshot, which deadlocks with CREATE INDEX CONCURRENTLY. The lock ends with the session.
Result<LockAttempt> AcquireLock(
    Session& session, std::int64_t key, std::chrono::milliseconds wait,
    const std::function<void(const std::optional<LockHolder>&)>& waiting,
    const std::stop_token& stop);

// Whether this session still holds the lock; submitted SQL can give it away.
Result<bool> HoldsLock(Session& session, std::int64_t key, const std::stop_token& stop);

// Whether any session holds the lock, as far as the server's list of locks tells.
Result<bool> IsLockHeld(Session& session, std::int64_t key, const std::stop_token& stop);

}  // namespace schemaop
