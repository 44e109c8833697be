#include "postgres/typed_connection.h"

#include <exception>
#include <optional>
#include <sys/socket.h>
#include <utility>

#include <libpq-fe.h>
#include <pqxx/pqxx>

#include "base/text.h"
#include "postgres/sqlstate.h"

namespace schemaop {
namespace {

#if PQXX_VERSION_MAJOR < 7

// A connection policy that only ever hands out the connection it was given.
class AdoptingPolicy : public pqxx::connectionpolicy {
 public:
  explicit AdoptingPolicy(pg_conn* connection)
      : pqxx::connectionpolicy(std::string()), connection_(connection) {}

  handle do_startconnect(handle orig) override { return orig == nullptr ? Take() : orig; }
  handle do_completeconnect(handle orig) override { return orig == nullptr ? Take() : orig; }
  bool is_ready(handle orig) const noexcept override { return orig != nullptr; }

 private:
  handle Take() {
    if (connection_ == nullptr) throw pqxx::broken_connection("connection closed");
    return std::exchange(connection_, nullptr);
  }

  handle connection_;
};

struct PolicyHolder {
  AdoptingPolicy policy;
};

class AdoptedConnection : private PolicyHolder, public pqxx::connection_base {
 public:
  explicit AdoptedConnection(pg_conn* connection)
      : PolicyHolder{AdoptingPolicy(connection)}, pqxx::connection_base(policy) {
    init();
  }
  ~AdoptedConnection() noexcept { close(); }
};

std::unique_ptr<AdoptedConnection> AdoptRaw(pg_conn* connection) {
  return std::make_unique<AdoptedConnection>(connection);
}

pqxx::result Execute(pqxx::transaction_base& work, const std::string& sql,
                     const std::vector<std::string>& parameters) {
  return work.exec_params(sql, pqxx::prepare::make_dynamic_params(parameters));
}

#else

using AdoptedConnection = pqxx::connection;

std::unique_ptr<AdoptedConnection> AdoptRaw(pg_conn* connection) {
  return std::make_unique<pqxx::connection>(pqxx::connection::seize_raw_connection(connection));
}

pqxx::result Execute(pqxx::transaction_base& work, const std::string& sql,
                     const std::vector<std::string>& parameters) {
  pqxx::params list;
  for (const std::string& parameter : parameters) list.append(parameter);
#if PQXX_VERSION_MAJOR > 7 || PQXX_VERSION_MINOR >= 10
  return work.exec(sql, list);
#else
  return work.exec_params(sql, list);
#endif
}

#endif

Rows Fetch(const pqxx::result& result) {
  Rows rows;
  rows.reserve(static_cast<std::size_t>(result.size()));
  for (const auto& row : result) {
    std::vector<std::optional<std::string>> cells;
    cells.reserve(static_cast<std::size_t>(row.size()));
    for (const auto& field : row) {
      cells.push_back(field.is_null() ? std::nullopt : std::optional<std::string>(field.c_str()));
    }
    rows.emplace_back(std::move(cells));
  }
  return rows;
}

// libpqxx keeps no fields: the session's terse verbosity leaves one line, "ERROR:  message".
SqlError FromText(std::string_view text, std::string sqlstate) {
  SqlError error;
  const std::string line = Split(text, '\n').front();
  const std::size_t message = line.find(":  ");
  error.message = message == line.npos ? line : line.substr(message + 3);
  error.severity = "ERROR";
  error.code = CodeForSqlState(sqlstate);
  error.sqlstate = std::move(sqlstate);
  return error;
}

// The SQLSTATE of exceptions that carry none (6.4: the rollback family; an empty one on
// insufficient_privilege).
std::string SqlStateOf(const std::exception& e) {
  if (dynamic_cast<const pqxx::insufficient_privilege*>(&e) != nullptr) return "42501";
  if (dynamic_cast<const pqxx::deadlock_detected*>(&e) != nullptr) return "40P01";
  if (dynamic_cast<const pqxx::serialization_failure*>(&e) != nullptr) return "40001";
  if (const auto* sql = dynamic_cast<const pqxx::sql_error*>(&e))
    return std::string(sql->sqlstate());
  return "";
}

}  // namespace

struct TypedConnection::Impl {
  pg_conn* raw = nullptr;
  std::unique_ptr<AdoptedConnection> connection;
};

TypedConnection::TypedConnection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TypedConnection::~TypedConnection() = default;

Result<std::unique_ptr<TypedConnection>> TypedConnection::Adopt(pg_conn* connection) {
  try {
    auto impl = std::make_unique<Impl>();
    impl->raw = connection;
    impl->connection = AdoptRaw(connection);
    return std::unique_ptr<TypedConnection>(new TypedConnection(std::move(impl)));
  } catch (const std::exception& e) {
    return Fail(ErrorCode::kUnavailable, FromText(e.what(), "").message);
  }
}

SqlResult<Rows> TypedConnection::Query(std::string_view sql,
                                       const std::vector<std::string>& parameters,
                                       std::stop_token stop) {
  const int socket = PQsocket(impl_->raw);
  const std::stop_callback breaker(stop, [socket] { ::shutdown(socket, SHUT_RDWR); });
  try {
    pqxx::nontransaction work(*impl_->connection);
    return Fetch(Execute(work, std::string(sql), parameters));
  } catch (const std::exception& e) {
    SqlError error = FromText(e.what(), SqlStateOf(e));
    const bool lost = PQstatus(impl_->raw) != CONNECTION_OK;
    if (lost) error.message = "the connection to the server was lost";
    if (lost) error.code = ErrorCode::kUnavailable;
    if (stop.stop_requested()) error.code = ErrorCode::kCancelled;
    return tl::unexpected(std::move(error));
  }
}

}  // namespace schemaop
