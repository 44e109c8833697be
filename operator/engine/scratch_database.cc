#include "engine/scratch_database.h"

#include <chrono>
#include <utility>

#include "postgres/quote.h"
#include "postgres/socket_wait.h"

namespace schemaop {
namespace {

Result<Rows> AskRows(Session& session, const std::string& sql,
                     const std::vector<std::string>& parameters, const std::stop_token& stop) {
  auto rows = session.Query(sql, parameters, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), session.label()));
  return *std::move(rows);
}

// Sessions that stay behind (a worker of the server, a client that was cut off) do not keep it.
std::string DropSql(const Session& session, const std::string& name) {
  constexpr int kForceSince = 130000;
  return "DROP DATABASE IF EXISTS " + QuoteIdentifier(name) +
         (session.server_version() >= kForceSince ? " WITH (FORCE)" : "");
}

// What the login left there, which another role may not end. A server that is slow to end sessions
// says so when the database is dropped.
void EndOwnSessions(Session& session, const std::string& name, const std::stop_token& stop) {
  constexpr std::chrono::seconds kPatience{5};
  constexpr std::chrono::milliseconds kPause{20};
  const SocketWaiter sleeper(stop);
  const auto until = SocketWaiter::Clock::now() + kPatience;
  while (SocketWaiter::Clock::now() < until) {
    const auto ended = session.Query(
        "SELECT pg_catalog.pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_activity a WHERE "
        "a.datname = $1 AND a.usename = session_user",
        {name}, stop);
    if (!ended || ended->empty()) return;
    if (sleeper.Wait(-1, {}, SocketWaiter::Clock::now() + kPause) == SocketWait::kStopped) return;
  }
}

// What belongs to a role that the login is a member of but does not inherit is dropped as that
// role.
SqlResult<CommandResult> DropOwned(Session& session, const std::string& name,
                                   const std::string& owner, const std::stop_token& stop) {
  auto dropped = session.Execute(DropSql(session, name), stop);
  if (dropped || dropped.error().sqlstate != "42501") return dropped;
  EndOwnSessions(session, name, stop);
  if (!session.Execute("SET ROLE " + QuoteIdentifier(owner), stop)) return dropped;
  dropped = session.Execute(DropSql(session, name), stop);
  auto back = session.Execute("RESET ROLE", {});
  if (!back) return tl::unexpected(back.error());
  return dropped;
}

// Databases whose name gives a session that is gone: no process of that id, or one that started at
// another time. Of the sessions of others only the process id may be seen, so a reused id keeps a
// leftover until the next time.
constexpr const char* kLeftoversSql =
    "SELECT d.datname, pg_catalog.pg_get_userbyid(d.datdba) FROM pg_catalog.pg_database d, "
    "LATERAL pg_catalog.regexp_match(d.datname, '^schemaop_scratch_([0-9]{1,9})_([0-9]{1,18})$') m "
    "WHERE m IS NOT NULL AND (m[2]::bigint < "
    "pg_catalog.trunc(extract(epoch FROM pg_catalog.pg_postmaster_start_time()) * 1000000) "
    "OR NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity a WHERE a.pid = m[1]::integer "
    "AND (a.backend_start IS NULL OR "
    "pg_catalog.trunc(extract(epoch FROM a.backend_start) * 1000000) = m[2]::bigint)))";

// What cannot be dropped (another role's, or dropped by another run at this moment) is not ours to
// worry about.
Result<void> DropLeftovers(Session& session, const std::stop_token& stop) {
  auto rows = AskRows(session, kLeftoversSql, {}, stop);
  if (!rows) return Fail(rows.error());
  for (const Row& row : *rows) {
    auto dropped = DropOwned(session, row.Text(0), row.Text(1), stop);
    if (!dropped && !session.connected()) return Fail(ToError(dropped.error()));
  }
  return {};
}

// What the session that makes a database is called: by its process and start, and by its role.
struct Maker {
  std::string mark;
  std::string role;
};

Result<Maker> WhoMakes(Session& session, const std::stop_token& stop) {
  auto rows =
      AskRows(session,
              "SELECT a.pid || '_' || "
              "pg_catalog.trunc(extract(epoch FROM a.backend_start) * 1000000)::bigint, "
              "current_user "
              "FROM pg_catalog.pg_stat_activity a WHERE a.pid = pg_catalog.pg_backend_pid()",
              {}, stop);
  if (!rows) return Fail(rows.error());
  return Maker{rows->front().Text(0), rows->front().Text(1)};
}

// What an empty database takes over from the one we are connected to.
Result<std::string> LocaleClauses(Session& session, const std::stop_token& stop) {
  const int version = session.server_version();
  const std::string icu = version >= 170000   ? "datlocale"
                          : version >= 150000 ? "daticulocale"
                                              : "NULL::text";
  auto rows =
      AskRows(session,
              "SELECT pg_catalog.pg_encoding_to_char(encoding), datcollate, datctype, " +
                  std::string(version >= 150000 ? "datlocprovider" : "'c'") + ", " + icu +
                  " FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()",
              {}, stop);
  if (!rows) return Fail(rows.error());
  const Row& row = rows->front();
  std::string clauses = " TEMPLATE template0 ENCODING " + QuoteLiteral(row.Text(0)) +
                        " LC_COLLATE " + QuoteLiteral(row.Text(1)) + " LC_CTYPE " +
                        QuoteLiteral(row.Text(2));
  if (row.Text(3) == "i") {
    clauses += " LOCALE_PROVIDER icu ICU_LOCALE " + QuoteLiteral(row.Text(4));
  } else if (row.Text(3) == "b") {
    clauses += " LOCALE_PROVIDER builtin BUILTIN_LOCALE " + QuoteLiteral(row.Text(4));
  }
  return clauses;
}

Error CannotCreateScratch(const Session& session, const std::string& role,
                          const ScratchOptions& options, const SqlError& refused) {
  Error error = ToError(refused);
  if (error.code == ErrorCode::kDenied) {
    error.message += "; an administrator has to ALTER ROLE " + QuoteIdentifier(role) + " CREATEDB" +
                     (options.owner ? " and GRANT " + QuoteIdentifier(*options.owner) + " to it"
                                    : std::string()) +
                     ", or name a server where it may create databases with --scratch-url";
  }
  return WithContext(std::move(error),
                     "cannot create a scratch database beside " + session.label());
}

// Submitted SQL finds its names in the schemas in which it finds them there. Nothing in it has to
// survive, so no commit waits for the disk.
Result<void> PrepareScratch(Session& session, const std::string& name,
                            const std::stop_token& stop) {
  auto reset = session.Execute("RESET search_path", stop);
  if (!reset) return Fail(ToError(reset.error()));
  auto path = AskRows(session, "SELECT pg_catalog.current_setting('search_path')", {}, stop);
  if (!path) return Fail(path.error());
  const std::string value = path->front().Text(0);
  const std::string alter = "; ALTER ROLE CURRENT_USER IN DATABASE " + QuoteIdentifier(name);
  auto set =
      session.Execute("SET search_path = pg_catalog, pg_temp" + alter + " SET search_path TO " +
                          (value.empty() ? "''" : value) + alter + " SET synchronous_commit TO off",
                      stop);
  if (!set) return Fail(WithContext(ToError(set.error()), "cannot set up " + name));
  return {};
}

}  // namespace

Result<ScratchDatabase> ScratchDatabase::Create(const ScratchOptions& options,
                                                const std::stop_token& stop) {
  auto session =
      Session::Connect({.dsn = options.server, .application_name = options.application_name}, stop);
  if (!session) return Fail(session.error());
  if (auto swept = DropLeftovers(*session, stop); !swept) return Fail(swept.error());
  const auto maker = WhoMakes(*session, stop);
  if (!maker) return Fail(maker.error());
  std::string name = std::string(kScratchPrefix) + maker->mark;
  std::string clauses = options.copy_of ? " TEMPLATE " + QuoteIdentifier(*options.copy_of) : "";
  if (!options.copy_of) {
    auto locale = LocaleClauses(*session, stop);
    if (!locale) return Fail(locale.error());
    clauses = *std::move(locale);
  }
  if (options.owner) clauses += " OWNER " + QuoteIdentifier(*options.owner);
  auto created = session->Execute("CREATE DATABASE " + QuoteIdentifier(name) + clauses, stop);
  if (!created) return Fail(CannotCreateScratch(*session, maker->role, options, created.error()));
  Dsn dsn = options.server;
  dsn.parameters["dbname"] = name;
  ScratchDatabase scratch(*std::move(session), std::move(name), std::move(dsn),
                          options.owner.value_or(maker->role));
  if (auto set = PrepareScratch(scratch.session_, scratch.name_, stop); !set) {
    return Fail(set.error());
  }
  return scratch;
}

ScratchDatabase::ScratchDatabase(ScratchDatabase&& other) noexcept
    : session_(std::move(other.session_)),
      name_(std::move(other.name_)),
      dsn_(std::move(other.dsn_)),
      owner_(std::move(other.owner_)),
      dropped_(std::exchange(other.dropped_, true)) {}

ScratchDatabase::~ScratchDatabase() {
  // Said by Drop to whoever asks; here there is nobody.
  static_cast<void>(Drop());
}

Result<void> ScratchDatabase::Drop() {
  if (std::exchange(dropped_, true)) return {};
  auto dropped = DropOwned(session_, name_, owner_, {});
  if (dropped) return {};
  return Fail(WithContext(ToError(dropped.error()), "cannot drop the scratch database " + name_));
}

}  // namespace schemaop
