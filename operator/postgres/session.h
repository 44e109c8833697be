// One session with a PostgreSQL server: statements through libpq, typed queries through libpqxx,
// one connection.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "postgres/conversation.h"
#include "postgres/dsn.h"
#include "postgres/pipeline.h"
#include "postgres/rows.h"
#include "postgres/sql_error.h"

namespace schemaop {

struct SessionOptions {
  Dsn dsn;
  std::string application_name = "schema-operator";
  std::chrono::milliseconds connect_timeout{10'000};  // for each host
};

// What ResetState runs, but for the search_path, as one text each: scripts for psql bring their
// session into the same state. DISCARD ALL would also give the advisory locks away.
inline constexpr std::string_view kUndoSessionSql =
    "SET SESSION AUTHORIZATION DEFAULT; RESET ROLE; RESET ALL; CLOSE ALL; DEALLOCATE ALL; "
    "UNLISTEN *; DISCARD TEMP; DISCARD SEQUENCES";
inline constexpr std::string_view kSessionSettingsSql =
    "SET default_transaction_isolation = 'read committed'; "
    "SET standard_conforming_strings = on; SET statement_timeout = 0; SET lock_timeout = 0; "
    "SET idle_in_transaction_session_timeout = 0; SET tcp_keepalives_idle = 30; "
    "SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3";

// Where a session stands, from the server's last word.
enum class TransactionState { kIdle, kOpen, kFailed, kUnknown };

// Not thread safe: one thread at a time; stop requests may come from any. Never reconnects: when
// the server or the network drops it, every call answers kUnavailable.
class Session {
 public:
  using NoticeSink = std::function<void(const SqlError&)>;

  // Connects and brings the session into its known state (see ResetState). Errors as
  // OpenPgConnection's; kUnsuitable behind a pooler that shares sessions (see RefuseSharedSession).
  static Result<Session> Connect(const SessionOptions& options, std::stop_token stop);
  ~Session();
  Session(Session&& other) noexcept;
  Session& operator=(Session&& other) noexcept;

  // Sends one statement and handles everything it answers; see Converse.
  SqlResult<CommandResult> Execute(std::string_view sql, const std::stop_token& stop);
  SqlResult<CommandResult> Execute(const StatementInput& input, const std::stop_token& stop);

  // Sends several own statements, without parameters, as one message, and gives the rows of all of
  // them: as many round trips as one. What fails in the middle leaves an open transaction failed.
  SqlResult<Rows> Ask(std::string_view sql, const std::stop_token& stop);

  // The same for those who want to know how far it came; see ConverseInScript.
  ScriptAnswer Script(std::string_view sql, const std::stop_token& stop);

  // Several statements in one round trip, inside the open transaction; see ConverseInPipeline.
  PipelineAnswer Pipeline(const PipelineInput& input, const std::stop_token& stop);

  // A typed query with text parameters; see TypedConnection::Query.
  SqlResult<Rows> Query(std::string_view sql, const std::vector<std::string>& parameters,
                        const std::stop_token& stop);

  // Undoes what statements left in the session (settings, role, prepared statements, temporary
  // objects, LISTEN) but for advisory locks, then sets what we rely on: no name of ours is looked
  // up in a schema that others can write to (search_path is pg_catalog), read committed, no
  // timeouts, a server that notices a dead client (by its connection, from PostgreSQL 14 on by its
  // socket too), so that its locks do not stay. REQUIRES: no transaction is
  // open.
  // `then`: own statements to run behind it in the same message; may be empty.
  Result<void> ResetState(const std::stop_token& stop, const std::string& then = "");

  // What ResetState runs, for those who send it together with what they run next.
  std::string ResetSql(const std::string& then = "") const;

  TransactionState transaction_state() const;
  bool connected() const;
  // A setting the server reports by itself (manual, "PQparameterStatus"), as of its last answer;
  // empty for any other.
  std::string parameter(const std::string& name) const;
  int server_version() const;        // as PQserverVersion: 150004
  int backend_pid() const;           // what the other end claims to be; a pooler makes one up
  const std::string& label() const;  // "dbname@host:port"

  // Told each NOTICE and WARNING, on the thread that uses the session.
  void SetNoticeSink(NoticeSink sink);

 private:
  struct Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace schemaop
