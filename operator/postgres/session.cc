#include "postgres/session.h"

#include <optional>
#include <utility>

#include <libpq-fe.h>

#include "base/fault_point.h"
#include "postgres/connect.h"
#include "postgres/pooler.h"
#include "postgres/server_result.h"
#include "postgres/tls_files.h"
#include "postgres/typed_connection.h"

namespace schemaop {
namespace {

constexpr std::string_view kWatchClient = "SET client_connection_check_interval = '1s'";
constexpr int kCanWatch = 140000;            // the first server version that knows it
constexpr int kLimitsTransactions = 170000;  // by transaction_timeout

}  // namespace

struct Session::Impl {
  TlsFiles tls;
  PGconn* raw = nullptr;  // owned by `typed`
  std::unique_ptr<TypedConnection> typed;
  std::string label;
  NoticeSink notices;
  std::optional<bool> watches_client;  // whether the server can; unknown before the first reset

  static void ReceiveNotice(void* self, const PGresult* notice) {
    const auto* impl = static_cast<const Impl*>(self);
    if (impl->notices) impl->notices(ReadErrorFields(notice));
  }
};

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::~Session() {
  if (impl_ != nullptr) SCHEMAOP_CRASH_POINT("postgres.session.closing");
}
Session::Session(Session&& other) noexcept = default;
Session& Session::operator=(Session&& other) noexcept = default;

Result<Session> Session::Connect(const SessionOptions& options, std::stop_token stop) {
  SCHEMAOP_FAULT_POINT("postgres.session.opening");
  auto open =
      OpenPgConnection(options.dsn, options.application_name, options.connect_timeout, stop);
  if (!open) return Fail(open.error());
  PGconn* raw = open->connection.get();
  // What libpqxx shows as its error text must be one line without DETAIL.
  PQsetErrorVerbosity(raw, PQERRORS_TERSE);
  auto impl = std::make_unique<Impl>(Impl{.tls = std::move(open->tls),
                                          .raw = raw,
                                          .typed = nullptr,
                                          .label = DsnLabel(options.dsn),
                                          .notices = nullptr,
                                          .watches_client = std::nullopt});
  auto typed = TypedConnection::Adopt(open->connection.release());
  if (!typed) return Fail(typed.error());
  impl->typed = std::move(*typed);
  // After libpqxx, which installs handlers of its own.
  PQsetNoticeReceiver(raw, &Impl::ReceiveNotice, impl.get());
  Session session(std::move(impl));
  SCHEMAOP_FAULT_POINT("postgres.session.opened");
  // Before anything is set, which a pooler would hand on to the next client.
  if (auto own = RefuseSharedSession(session, options, stop); !own) return Fail(own.error());
  auto ready = session.ResetState(stop);
  if (!ready)
    return Fail(WithContext(ready.error(), "cannot set up the session with " + session.label()));
  SCHEMAOP_FAULT_POINT("postgres.session.ready");
  return session;
}

SqlResult<CommandResult> Session::Execute(std::string_view sql, const std::stop_token& stop) {
  return Execute(StatementInput{.sql = std::string(sql), .copy_data = {}, .deadline = {}}, stop);
}

SqlResult<CommandResult> Session::Execute(const StatementInput& input,
                                          const std::stop_token& stop) {
  return Converse(impl_->raw, input, stop);
}

PipelineAnswer Session::Pipeline(const PipelineInput& input, const std::stop_token& stop) {
  return ConverseInPipeline(impl_->raw, input, stop);
}

SqlResult<Rows> Session::Query(std::string_view sql, const std::vector<std::string>& parameters,
                               const std::stop_token& stop) {
  return impl_->typed->Query(sql, parameters, stop);
}

SqlResult<Rows> Session::Ask(std::string_view sql, const std::stop_token& stop) {
  auto done = Execute(
      StatementInput{
          .sql = std::string(sql), .copy_data = {}, .deadline = {}, .rows = RowsUse::kKeep},
      stop);
  if (!done) return tl::unexpected(std::move(done.error()));
  return std::move(done->rows);
}

std::string Session::ResetSql(const std::string& then) const {
  std::string sql(kUndoSessionSql);
  sql += "; SET search_path = pg_catalog, pg_temp; " + std::string(kSessionSettingsSql);
  if (server_version() >= kCanWatch) sql += "; SET idle_session_timeout = 0";
  if (server_version() >= kLimitsTransactions) sql += "; SET transaction_timeout = 0";
  if (impl_->watches_client == true) sql += "; " + std::string(kWatchClient);
  if (!then.empty()) sql += "; " + then;
  return sql;
}

Result<void> Session::ResetState(const std::stop_token& stop, const std::string& then) {
  if (auto done = Execute(ResetSql(then), stop); !done) return Fail(ToError(done.error()));
  // Refused on platforms where the server cannot watch its socket; the keepalives are enough there.
  if (server_version() >= kCanWatch && !impl_->watches_client) {
    impl_->watches_client = Execute(kWatchClient, stop).has_value();
  }
  return {};
}

ScriptAnswer Session::Script(std::string_view sql, const std::stop_token& stop) {
  return ConverseInScript(
      impl_->raw,
      {.sql = std::string(sql), .copy_data = {}, .deadline = {}, .rows = RowsUse::kKeep}, stop);
}

TransactionState Session::transaction_state() const {
  switch (PQtransactionStatus(impl_->raw)) {
    case PQTRANS_IDLE:
      return TransactionState::kIdle;
    case PQTRANS_INTRANS:
      return TransactionState::kOpen;
    case PQTRANS_INERROR:
      return TransactionState::kFailed;
    default:
      return TransactionState::kUnknown;
  }
}

bool Session::connected() const { return PQstatus(impl_->raw) == CONNECTION_OK; }
std::string Session::parameter(const std::string& name) const {
  const char* value = PQparameterStatus(impl_->raw, name.c_str());
  return value == nullptr ? "" : value;
}
int Session::server_version() const { return PQserverVersion(impl_->raw); }
int Session::backend_pid() const { return PQbackendPID(impl_->raw); }
const std::string& Session::label() const { return impl_->label; }
void Session::SetNoticeSink(NoticeSink sink) { impl_->notices = std::move(sink); }

}  // namespace schemaop
