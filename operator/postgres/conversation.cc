#include "postgres/conversation.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <future>
#include <memory>
#include <sys/socket.h>
#include <thread>
#include <utility>

#include <libpq-fe.h>

#include "base/text.h"
#include "postgres/socket_wait.h"
#include "postgres/sqlstate.h"

namespace schemaop {
namespace {

using std::chrono::steady_clock;
using ResultHandle = std::unique_ptr<PGresult, decltype(&PQclear)>;

constexpr std::chrono::seconds kCancelGrace{10};
constexpr std::size_t kCopyChunk = 64 * 1024;

std::string Field(const PGresult* result, int code) {
  const char* value = PQresultErrorField(result, code);
  return value == nullptr ? "" : value;
}

int NumberField(const PGresult* result, int code) {
  const std::string text = Field(result, code);
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// PQcancel opens a connection and blocks on it, for minutes when the network is gone; the thread is
// left to itself then (it owns all it uses).
void SendCancel(PGconn* connection) {
  std::shared_ptr<PGcancel> cancel(PQgetCancel(connection), &PQfreeCancel);
  if (!cancel) return;
  auto sent = std::make_shared<std::promise<void>>();
  std::future<void> done = sent->get_future();
  std::thread([cancel, sent] {
    std::array<char, 256> ignored{};
    PQcancel(cancel.get(), ignored.data(), static_cast<int>(ignored.size()));
    sent->set_value();
  }).detach();
  done.wait_for(kCancelGrace);
}

class Conversation {
 public:
  Conversation(PGconn* connection, const StatementInput& input, const std::stop_token& stop)
      : connection_(connection), input_(input), waiter_(stop), until_(input.deadline) {}

  SqlResult<CommandResult> Run() {
    PQsetnonblocking(connection_, 1);
    if (PQsendQuery(connection_, input_.sql.c_str()) == 0) {
      NoteLoss();
    } else {
      // A SELECT's rows are of no use here and must not pile up in memory.
      PQsetSingleRowMode(connection_);
      while (TakeResults()) {
        if (!WaitForMore()) break;
      }
    }
    if (error_) return tl::unexpected(Judged(std::move(*error_)));
    return result_;
  }

 private:
  enum class CancelReason { kNone, kStop, kDeadline };

  // Handles every result that is complete. False: the answer has ended.
  bool TakeResults() {
    while (PQisBusy(connection_) == 0) {
      const ResultHandle result(PQgetResult(connection_), &PQclear);
      if (!result) return false;
      if (!Take(result.get())) return true;
    }
    return true;
  }

  // False: the server wants something from us before there can be another result.
  bool Take(const PGresult* result) {
    switch (PQresultStatus(result)) {
      case PGRES_COMMAND_OK:
      case PGRES_TUPLES_OK:
        result_.tag = PQcmdStatus(const_cast<PGresult*>(result));  // NOLINT: libpq's signature
        return true;
      case PGRES_EMPTY_QUERY:
      case PGRES_SINGLE_TUPLE:
      case PGRES_NONFATAL_ERROR:
        return true;
      case PGRES_COPY_IN:
        copy_in_ = true;
        return FeedCopy();
      case PGRES_COPY_OUT:
        copy_out_ = true;
        return DrainCopy();
      default:
        NoteError(result);
        return true;
    }
  }

  // False: the socket is full. True: all sent, the result follows.
  bool FeedCopy() {
    const std::string_view data = input_.copy_data ? std::string_view(*input_.copy_data) : "";
    while (copied_ < data.size() && !cancelled_) {
      const std::size_t size = std::min(kCopyChunk, data.size() - copied_);
      const int put = PQputCopyData(connection_, data.data() + copied_, static_cast<int>(size));
      if (put == 0) return false;
      if (put < 0) break;
      copied_ += size;
    }
    const char* refusal = !input_.copy_data ? "COPY FROM STDIN has no data" : nullptr;
    if (cancelled_) refusal = "stopped";
    if (PQputCopyEnd(connection_, refusal) == 0) return false;
    copy_in_ = false;
    return true;
  }

  // False: more rows are to come. True: all taken, the result follows.
  bool DrainCopy() {
    while (true) {
      char* row = nullptr;
      const int got = PQgetCopyData(connection_, &row, 1);
      PQfreemem(row);
      if (got == 0) return false;
      if (got < 0) break;
    }
    copy_out_ = false;
    if (!error_) {
      error_ =
          SqlError{.code = ErrorCode::kInvalid,
                   .message = "COPY TO STDOUT has nowhere to go; remove it, or copy to a table"};
    }
    return true;
  }

  // Waits for the socket, or cancels. False: the connection was given up.
  bool WaitForMore() {
    const bool unsent = PQflush(connection_) == 1 || copy_in_;
    switch (waiter_.Wait(PQsocket(connection_), {.read = true, .write = unsent}, until_)) {
      case SocketWait::kReady:
        break;
      case SocketWait::kStopped:
        Cancel(CancelReason::kStop);
        return true;
      case SocketWait::kTimeout:
        if (cancelled_) return GiveUp();
        Cancel(CancelReason::kDeadline);
        return true;
    }
    PQconsumeInput(connection_);  // a failure shows up as the next result
    if (copy_in_) FeedCopy();
    if (copy_out_) DrainCopy();
    return true;
  }

  void Cancel(CancelReason reason) {
    reason_ = reason;
    cancelled_ = true;
    waiter_.IgnoreStop();
    SendCancel(connection_);
    until_ = steady_clock::now() + kCancelGrace;
  }

  bool GiveUp() {
    ::shutdown(PQsocket(connection_), SHUT_RDWR);
    PQconsumeInput(connection_);
    NoteLoss();
    return false;
  }

  void NoteError(const PGresult* result) {
    if (!error_) error_ = ReadErrorFields(result);
    if (error_->message.empty()) NoteLoss();
  }

  void NoteLoss() {
    if (error_ && !error_->message.empty()) return;
    error_ = SqlError{.code = ErrorCode::kUnavailable,
                      .message = "the connection to the server was lost"};
  }

  // Our own cancel and statement_timeout answer alike (57014); only we know which it was.
  SqlError Judged(SqlError error) const {
    if (PQstatus(connection_) != CONNECTION_OK) error.code = ErrorCode::kUnavailable;
    if (reason_ == CancelReason::kStop) {
      error.code = ErrorCode::kCancelled;
      error.message = "stopped on request";
    } else if (reason_ == CancelReason::kDeadline && error.sqlstate == "57014") {
      error.message = "cancelled: the statement took longer than it may";
    }
    return error;
  }

  PGconn* connection_;
  const StatementInput& input_;
  SocketWaiter waiter_;
  std::optional<steady_clock::time_point> until_;
  CommandResult result_;
  std::optional<SqlError> error_;
  CancelReason reason_ = CancelReason::kNone;
  bool cancelled_ = false;
  bool copy_in_ = false;
  bool copy_out_ = false;
  std::size_t copied_ = 0;
};

}  // namespace

SqlResult<CommandResult> Converse(pg_conn* connection, const StatementInput& input,
                                  const std::stop_token& stop) {
  return Conversation(connection, input, stop).Run();
}

SqlError ReadErrorFields(const void* result) {
  const auto* fields = static_cast<const PGresult*>(result);
  SqlError error;
  error.severity = Field(fields, PG_DIAG_SEVERITY_NONLOCALIZED);
  error.sqlstate = Field(fields, PG_DIAG_SQLSTATE);
  error.message = Field(fields, PG_DIAG_MESSAGE_PRIMARY);
  error.detail = Field(fields, PG_DIAG_MESSAGE_DETAIL);
  error.hint = Field(fields, PG_DIAG_MESSAGE_HINT);
  error.position = NumberField(fields, PG_DIAG_STATEMENT_POSITION);
  error.internal_query = Field(fields, PG_DIAG_INTERNAL_QUERY);
  error.internal_position = NumberField(fields, PG_DIAG_INTERNAL_POSITION);
  error.context = Field(fields, PG_DIAG_CONTEXT);
  error.schema = Field(fields, PG_DIAG_SCHEMA_NAME);
  error.table = Field(fields, PG_DIAG_TABLE_NAME);
  error.column = Field(fields, PG_DIAG_COLUMN_NAME);
  error.datatype = Field(fields, PG_DIAG_DATATYPE_NAME);
  error.constraint = Field(fields, PG_DIAG_CONSTRAINT_NAME);
  error.code = error.sqlstate.empty() ? ErrorCode::kUnavailable : CodeForSqlState(error.sqlstate);
  return error;
}

}  // namespace schemaop
