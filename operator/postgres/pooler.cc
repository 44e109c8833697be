#include "postgres/pooler.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "postgres/connect.h"
#include "postgres/conversation.h"
#include "postgres/typed_connection.h"

namespace schemaop {
namespace {

// How many clients ask at once for the session that ours may have left.
constexpr int kProbes = 3;
// In a pool that is used up nobody gets a session, which is no sharing.
constexpr std::chrono::seconds kPatience{3};

constexpr const char* kBackendSql = "SELECT pg_catalog.pg_backend_pid()";

Error Refusal(const Session& session) {
  return {ErrorCode::kUnsuitable,
          session.label() +
              " is reached through a connection pooler that gives each transaction another session "
              "(pgbouncer: pool_mode transaction or statement), where the migration lock does not "
              "hold; use the server's direct address, or a pool with pool_mode session"};
}

// What a second client of the pooler finds.
struct Probe {
  std::optional<TlsFiles> tls;
  std::unique_ptr<TypedConnection> connection;  // keeps its transaction, and so its session
  bool refuses_transactions = false;            // pool_mode statement
  std::int64_t backend = 0;                     // 0: it was given no session in time
};

Result<Probe> Ask(const SessionOptions& options, const std::stop_token& stop) {
  auto open =
      OpenPgConnection(options.dsn, options.application_name, options.connect_timeout, stop);
  if (!open) return Fail(open.error());
  pg_conn* raw = open->connection.get();
  auto begun = Converse(
      raw,
      {.sql = "BEGIN", .copy_data = {}, .deadline = std::chrono::steady_clock::now() + kPatience},
      stop);
  Probe probe;
  probe.tls = std::move(open->tls);
  if (!begun) {
    if (begun.error().code == ErrorCode::kCancelled) return Fail(ToError(begun.error()));
    // Only the pooler itself has a word against BEGIN.
    probe.refuses_transactions = begun.error().sqlstate == "08P01";
    return probe;
  }
  auto typed = TypedConnection::Adopt(open->connection.release());
  if (!typed) return Fail(typed.error());
  probe.connection = std::move(*typed);
  auto rows = probe.connection->Query(kBackendSql, {}, stop);
  if (!rows) return Fail(ToError(rows.error()));
  probe.backend = rows->front().Integer(0);
  return probe;
}

}  // namespace

Result<void> RefuseSharedSession(Session& session, const SessionOptions& options,
                                 const std::stop_token& stop) {
  auto rows = session.Query(kBackendSql, {}, stop);
  if (!rows) return Fail(ToError(rows.error()));
  const std::int64_t backend = rows->front().Integer(0);
  if (backend == session.backend_pid()) return {};
  std::vector<Probe> probes;
  for (int i = 0; i < kProbes; ++i) {
    auto probe = Ask(options, stop);
    if (!probe) return Fail(WithContext(probe.error(), "cannot look for a pooler"));
    if (probe->refuses_transactions || probe->backend == backend) return Fail(Refusal(session));
    if (probe->backend == 0) break;
    probes.push_back(std::move(*probe));
  }
  return {};
}

}  // namespace schemaop
