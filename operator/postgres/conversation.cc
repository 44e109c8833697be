#include "postgres/conversation.h"

#include <algorithm>
#include <memory>
#include <sys/socket.h>
#include <utility>
#include <vector>

#include <libpq-fe.h>

#include "base/fault_point.h"
#include "postgres/cancel.h"
#include "postgres/server_result.h"
#include "postgres/socket_wait.h"

namespace schemaop {
namespace {

using std::chrono::steady_clock;
using ResultHandle = std::unique_ptr<PGresult, decltype(&PQclear)>;

constexpr std::size_t kCopyChunk = std::size_t{64} * 1024;

class Conversation {
 public:
  Conversation(PGconn* connection, const StatementInput& input, const std::stop_token& stop)
      : connection_(connection),
        input_(input),
        waiter_(stop),
        until_(input.deadline),
        next_tick_(steady_clock::now() + input.tick) {}

  ScriptAnswer Run() {
    PQsetnonblocking(connection_, 1);
    if (!Send()) {
      NoteLoss();
    } else {
      // A SELECT's rows are of no use here and must not pile up in memory.
      PQsetSingleRowMode(connection_);
      if (IsCutOffHere()) ::shutdown(PQsocket(connection_), SHUT_RDWR);
      while (TakeResults()) {
        if (!WaitForMore()) break;
      }
    }
    if (error_) answer_.error = Judged(std::move(*error_));
    return std::move(answer_);
  }

 private:
  enum class CancelReason { kNone, kStop, kDeadline };

  // Test builds only: whether to lose the connection between a statement and its answer.
  bool IsCutOffHere() const {
    if (input_.sql.starts_with("COMMIT")) return SCHEMAOP_FAULT_STRIKES("postgres.commit.sent");
    return SCHEMAOP_FAULT_STRIKES("postgres.statement.sent");
  }

  bool Send() {
    const char* sql = input_.sql.c_str();
    if (input_.protocol == Protocol::kSimple) return PQsendQuery(connection_, sql) == 1;
    return PQsendQueryParams(connection_, sql, 0, nullptr, nullptr, nullptr, nullptr, 0) == 1;
  }

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
        // NOLINTNEXTLINE: libpq's signature
        answer_.tags.emplace_back(PQcmdStatus(const_cast<PGresult*>(result)));
        return true;
      case PGRES_SINGLE_TUPLE:
        if (input_.rows == RowsUse::kKeep) answer_.rows.push_back(ReadRow(result, 0));
        return true;
      case PGRES_EMPTY_QUERY:
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
    const std::string_view data = input_.copy_data ? *input_.copy_data : std::string_view();
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
    switch (waiter_.Wait(PQsocket(connection_), {.read = true, .write = unsent}, NextWake())) {
      case SocketWait::kReady:
        break;
      case SocketWait::kStopped:
        Cancel(CancelReason::kStop);
        return true;
      case SocketWait::kTimeout:
        if (!until_ || steady_clock::now() < *until_) {
          Tick();
          return true;
        }
        if (cancelled_) return GiveUp();
        Cancel(CancelReason::kDeadline);
        return true;
    }
    PQconsumeInput(connection_);  // a failure shows up as the next result
    if (copy_in_) FeedCopy();
    if (copy_out_) DrainCopy();
    return true;
  }

  std::optional<steady_clock::time_point> NextWake() const {
    if (!input_.waiting || cancelled_) return until_;
    return until_ ? std::min(*until_, next_tick_) : next_tick_;
  }

  void Tick() {
    input_.waiting();
    next_tick_ = steady_clock::now() + input_.tick;
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
  steady_clock::time_point next_tick_;
  ScriptAnswer answer_;
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
  ScriptAnswer answer = Conversation(connection, input, stop).Run();
  if (answer.error) return tl::unexpected(*std::move(answer.error));
  CommandResult result;
  if (!answer.tags.empty()) result.tag = std::move(answer.tags.back());
  result.rows = std::move(answer.rows);
  return result;
}

ScriptAnswer ConverseInScript(pg_conn* connection, const StatementInput& input,
                              const std::stop_token& stop) {
  return Conversation(connection, input, stop).Run();
}

}  // namespace schemaop
