#include "postgres/connect.h"

#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include <libpq-fe.h>

#include "base/text.h"
#include "postgres/socket_wait.h"
#include "postgres/sqlstate.h"

namespace schemaop {
namespace {

using Parameters = std::map<std::string, std::string>;
using Connection = std::unique_ptr<pg_conn, PgConnCloser>;

std::string ValueOr(const Parameters& parameters, const std::string& keyword,
                    const std::string& otherwise) {
  const auto found = parameters.find(keyword);
  return found == parameters.end() ? otherwise : found->second;
}

// Files and our own SQL are UTF-8, whatever a URL says. A dead peer is noticed after a minute
// instead of never.
void AddDefaults(Parameters& parameters, const std::string& application_name) {
  parameters["client_encoding"] = "UTF8";
  parameters.insert({{"application_name", application_name},
                     {"keepalives", "1"},
                     {"keepalives_idle", "30"},
                     {"keepalives_interval", "10"},
                     {"keepalives_count", "3"},
                     {"tcp_user_timeout", "60000"}});
}

// libpq applies connect_timeout to each host only in its blocking call, so the hosts are taken one
// at a time here.
std::vector<Parameters> OneHostEach(const Parameters& parameters) {
  const std::vector<std::string> hosts = Split(ValueOr(parameters, "host", ""), ',');
  const std::vector<std::string> addresses = Split(ValueOr(parameters, "hostaddr", ""), ',');
  const std::vector<std::string> ports = Split(ValueOr(parameters, "port", ""), ',');
  const std::size_t count = std::max(hosts.size(), addresses.size());
  if (count == 1) return {parameters};
  std::vector<Parameters> each;
  for (std::size_t i = 0; i < count; ++i) {
    Parameters one = parameters;
    one.insert({"target_session_attrs", "read-write"});
    if (i < hosts.size()) one["host"] = hosts[i];
    if (i < addresses.size()) one["hostaddr"] = addresses[i];
    if (ports.size() > 1 && i < ports.size()) one["port"] = ports[i];
    each.push_back(std::move(one));
  }
  return each;
}

// The five characters between "FATAL:  " and ": " of a verbose message.
std::string SqlStateIn(std::string_view text) {
  for (std::size_t i = text.find(":  "); i != text.npos; i = text.find(":  ", i + 1)) {
    const std::string_view code = text.substr(i + 3, 5);
    const bool is_code =
        code.size() == 5 && text.substr(i + 8, 2) == ": " &&
        code.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == code.npos;
    if (is_code) return std::string(code);
  }
  return "";
}

// libpq tells of each address it tried; the line with the server's own word counts, else the first.
std::string LineThatCounts(std::string_view text, const std::string& sqlstate) {
  const std::vector<std::string> lines = Split(text, '\n');
  for (const std::string& line : lines) {
    if (!sqlstate.empty() && line.find(":  " + sqlstate + ": ") != line.npos) return line;
  }
  return lines.front();
}

// One line without libpq's prefix and advice, and without the password should libpq ever quote it.
std::string ReasonIn(std::string_view text, const std::string& sqlstate,
                     const std::string& password) {
  std::string line = LineThatCounts(text, sqlstate);
  const std::size_t code = sqlstate.empty() ? line.npos : line.find(sqlstate + ": ");
  const std::size_t failed = line.find("failed: ");
  if (code != line.npos) {
    line.erase(0, code + sqlstate.size() + 2);
  } else if (failed != line.npos) {
    line.erase(0, failed + 8);
  }
  for (std::size_t i = line.find(password); !password.empty() && i != line.npos;
       i = line.find(password, i + 3)) {
    line.replace(i, password.size(), "***");
  }
  return line;
}

bool Contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

ErrorCode CodeOf(const std::string& sqlstate, std::string_view text) {
  if (!sqlstate.empty()) return CodeForSqlState(sqlstate);
  // libpq's own refusals come without a SQLSTATE.
  if (Contains(text, "no password supplied") || Contains(text, "certificate") ||
      Contains(text, "private key")) {
    return ErrorCode::kDenied;
  }
  if (Contains(text, "invalid ") && !Contains(text, "connection to server"))
    return ErrorCode::kInvalid;
  return ErrorCode::kUnavailable;
}

Error DescribeFailure(PGconn* connection, const Parameters& parameters) {
  const std::string text = PQerrorMessage(connection);
  const std::string sqlstate = SqlStateIn(text);
  const ErrorCode code = CodeOf(sqlstate, text);
  std::string message = ReasonIn(text, sqlstate, ValueOr(parameters, "password", ""));
  if (!sqlstate.empty()) message += " (SQLSTATE " + sqlstate + ")";
  if (sqlstate == "28000" && Contains(text, "no encryption")) {
    message += "; the server may want TLS: sslmode verify-full, verify-ca or require";
  }
  if (Contains(text, "root certificate file") && Contains(text, "does not exist")) {
    message = "sslmode " + ValueOr(parameters, "sslmode", "prefer") +
              " needs the server's CA certificate (ca.crt or sslrootcert), and there is none";
  }
  return {code, std::move(message)};
}

Connection Start(const Parameters& parameters) {
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (const auto& [keyword, value] : parameters) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  return Connection(PQconnectStartParams(keywords.data(), values.data(), 0));
}

Error Silent(const Parameters& parameters, std::chrono::milliseconds timeout) {
  return {ErrorCode::kUnavailable,
          "no answer from " +
              ValueOr(parameters, "host", ValueOr(parameters, "hostaddr", "the server")) +
              " within " + std::to_string(timeout.count()) + "ms"};
}

Result<Connection> ConnectToOne(const Parameters& parameters, std::chrono::milliseconds timeout,
                                SocketWaiter& waiter) {
  const auto deadline = SocketWaiter::Clock::now() + timeout;
  Connection connection = Start(parameters);
  if (!connection) return Fail(ErrorCode::kInternal, "libpq is out of memory");
  // Verbose messages are the only place where a refused connection shows its SQLSTATE.
  PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
  PostgresPollingStatusType next = PGRES_POLLING_WRITING;
  if (PQstatus(connection.get()) == CONNECTION_BAD) next = PGRES_POLLING_FAILED;
  while (next != PGRES_POLLING_OK) {
    if (next == PGRES_POLLING_FAILED) return Fail(DescribeFailure(connection.get(), parameters));
    const SocketWaiter::Interest interest{.read = next == PGRES_POLLING_READING,
                                          .write = next == PGRES_POLLING_WRITING};
    switch (waiter.Wait(PQsocket(connection.get()), interest, deadline)) {
      case SocketWait::kReady:
        next = PQconnectPoll(connection.get());
        break;
      case SocketWait::kTimeout:
        return Fail(Silent(parameters, timeout));
      case SocketWait::kStopped:
        return Fail(ErrorCode::kCancelled, "stopped while connecting");
    }
  }
  return connection;
}

std::chrono::milliseconds TimeoutOf(const Parameters& parameters,
                                    std::chrono::milliseconds otherwise) {
  const std::string text = ValueOr(parameters, "connect_timeout", "");
  int seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return seconds > 0 ? std::chrono::seconds(seconds) : otherwise;
}

}  // namespace

void PgConnCloser::operator()(pg_conn* connection) const { PQfinish(connection); }

Result<OpenConnection> OpenPgConnection(const Dsn& dsn, const std::string& application_name,
                                        std::chrono::milliseconds timeout, std::stop_token stop) {
  Parameters parameters = dsn.parameters;
  AddDefaults(parameters, application_name);
  auto tls = TlsFiles::Create(dsn, parameters);
  if (!tls) return Fail(tls.error());
  SocketWaiter waiter(std::move(stop));
  std::vector<std::string> reasons;
  Error last;
  for (const Parameters& one : OneHostEach(parameters)) {
    auto connection = ConnectToOne(one, TimeoutOf(one, timeout), waiter);
    if (connection) return OpenConnection{std::move(*tls), std::move(*connection)};
    last = connection.error();
    reasons.push_back(last.message);
    // What is refused for good here may still be taken elsewhere; being told to stop is not.
    if (last.code == ErrorCode::kCancelled) break;
  }
  last.message = Join(reasons, "; ");
  return Fail(WithContext(std::move(last), "cannot connect to " + DsnLabel(dsn)));
}

}  // namespace schemaop
