#include "postgres/activity.h"

#include <algorithm>
#include <string>

#include "sql/query_head.h"

namespace schemaop {
namespace {

constexpr std::size_t kQueryHead = 80;

// The virtual transaction a session is in is the one identity of it that every role may see.
constexpr std::string_view kBlockersSql =
    "WITH RECURSIVE chain(pid, depth) AS ("
    "SELECT b.pid, 1 FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids($1::integer)) b(pid) "
    "UNION SELECT b.pid, c.depth + 1 FROM chain c, "
    "pg_catalog.unnest(pg_catalog.pg_blocking_pids(c.pid)) b(pid) WHERE c.depth < 8 AND c.pid > 0) "
    "SELECT n.pid, n.depth, a.application_name, a.usename, a.state, "
    "pg_catalog.to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), "
    "pg_catalog.left(a.query, 1000), (SELECT l.virtualtransaction FROM pg_catalog.pg_locks l "
    "WHERE l.pid = n.pid AND l.locktype = 'virtualxid' AND l.granted LIMIT 1) "
    "FROM (SELECT c.pid, min(c.depth) AS depth FROM chain c WHERE c.pid <> $1::integer "
    "GROUP BY c.pid) n LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = n.pid "
    "ORDER BY n.depth, n.pid LIMIT 16";

constexpr std::string_view kHidden = "<insufficient privilege>";

Blocker ReadBlocker(const Row& row) {
  const std::string query = row.Text(6);
  return {.pid = static_cast<int>(row.Integer(0)),
          .depth = static_cast<int>(row.Integer(1)),
          .application = row.Text(2),
          .user = row.Text(3),
          .state = row.Text(4),
          .since = row.Text(5),
          .query = query == kHidden ? "" : QueryHead(query, kQueryHead),
          .transaction = row.Text(7)};
}

}  // namespace

Result<std::vector<Blocker>> BlockersOf(Session& session, int pid, const std::stop_token& stop) {
  auto rows = session.Query(kBlockersSql, {std::to_string(pid)}, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot see who is in the way"));
  std::vector<Blocker> blockers;
  for (const Row& row : *rows) blockers.push_back(ReadBlocker(row));
  return blockers;
}

Result<std::vector<Blocker>> StillThere(Session& session, const std::vector<Blocker>& blockers,
                                        const std::stop_token& stop) {
  auto rows = session.Query(
      "SELECT l.virtualtransaction FROM pg_catalog.pg_locks l WHERE l.locktype = 'virtualxid' AND "
      "l.granted",
      {}, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot see who is in the way"));
  std::vector<Blocker> there;
  for (const Blocker& blocker : blockers) {
    const auto is_it = [&](const Row& row) { return row.Text(0) == blocker.transaction; };
    if (std::any_of(rows->begin(), rows->end(), is_it)) there.push_back(blocker);
  }
  return there;
}

Result<std::chrono::milliseconds> LongestWaitFor(Session& session, int pid,
                                                 const std::stop_token& stop) {
  // A lock's waiting time is known from PostgreSQL 14 on.
  const std::string since = session.server_version() >= 140000 ? "l.waitstart" : "a.query_start";
  auto rows = session.Query(
      "SELECT COALESCE(max(extract(epoch FROM pg_catalog.clock_timestamp() - " + since +
          ")) * 1000, 0)::bigint FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity "
          "a ON a.pid = l.pid WHERE NOT l.granted AND l.pid <> $1::integer AND $1::integer = ANY "
          "(pg_catalog.pg_blocking_pids(l.pid))",
      {std::to_string(pid)}, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot see who waits"));
  return std::chrono::milliseconds(std::max<std::int64_t>(0, rows->front().Integer(0)));
}

Result<std::optional<IndexBuild>> IndexBuildOf(Session& session, int pid,
                                               const std::stop_token& stop) {
  auto rows = session.Query(
      "SELECT p.phase, p.blocks_done, p.blocks_total FROM "
      "pg_catalog.pg_stat_progress_create_index p WHERE p.pid = $1::integer",
      {std::to_string(pid)}, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot see the index build"));
  if (rows->empty() || rows->front().IsNull(0)) return std::nullopt;
  const Row& row = rows->front();
  return IndexBuild{
      .phase = row.Text(0), .blocks_done = row.Integer(1), .blocks_total = row.Integer(2)};
}

}  // namespace schemaop
