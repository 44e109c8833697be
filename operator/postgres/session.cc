#include "postgres/session.h"

#include <utility>

#include <libpq-fe.h>

#include "postgres/connect.h"
#include "postgres/tls_files.h"
#include "postgres/typed_connection.h"

namespace schemaop {
struct Session::Impl {
  TlsFiles tls;
  PGconn* raw = nullptr;  // owned by `typed`
  std::unique_ptr<TypedConnection> typed;
  std::string label;
  NoticeSink notices;

  static void ReceiveNotice(void* self, const PGresult* notice) {
    const auto* impl = static_cast<const Impl*>(self);
    if (impl->notices) impl->notices(ReadErrorFields(notice));
  }
};

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::~Session() = default;
Session::Session(Session&& other) noexcept = default;
Session& Session::operator=(Session&& other) noexcept = default;

Result<Session> Session::Connect(const SessionOptions& options, std::stop_token stop) {
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
                                          .notices = nullptr});
  auto typed = TypedConnection::Adopt(open->connection.release());
  if (!typed) return Fail(typed.error());
  impl->typed = std::move(*typed);
  // After libpqxx, which installs handlers of its own.
  PQsetNoticeReceiver(raw, &Impl::ReceiveNotice, impl.get());
  Session session(std::move(impl));
  auto ready = session.ResetState(stop);
  if (!ready)
    return Fail(WithContext(ready.error(), "cannot set up the session with " + session.label()));
  return session;
}

SqlResult<CommandResult> Session::Execute(std::string_view sql, const std::stop_token& stop) {
  return Execute(StatementInput{.sql = std::string(sql), .copy_data = {}, .deadline = {}}, stop);
}

SqlResult<CommandResult> Session::Execute(const StatementInput& input,
                                          const std::stop_token& stop) {
  return Converse(impl_->raw, input, stop);
}

SqlResult<Rows> Session::Query(std::string_view sql, const std::vector<std::string>& parameters,
                               const std::stop_token& stop) {
  return impl_->typed->Query(sql, parameters, stop);
}

Result<void> Session::ResetState(const std::stop_token& stop) {
  for (const std::string_view sql :
       {kUndoSessionSql, std::string_view("SET search_path = pg_catalog, pg_temp"),
        kSessionSettingsSql}) {
    auto done = Execute(sql, stop);
    if (!done) return Fail(ToError(done.error()));
  }
  if (server_version() >= 140000) {
    auto idle = Execute("SET idle_session_timeout = 0", stop);
    if (!idle) return Fail(ToError(idle.error()));
    // Refused on platforms where the server cannot watch its socket; the keepalives are enough
    // there.
    (void)Execute("SET client_connection_check_interval = '2s'", stop);
  }
  return {};
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
int Session::server_version() const { return PQserverVersion(impl_->raw); }
int Session::backend_pid() const { return PQbackendPID(impl_->raw); }
const std::string& Session::label() const { return impl_->label; }
void Session::SetNoticeSink(NoticeSink sink) { impl_->notices = std::move(sink); }

}  // namespace schemaop
