#include "postgres/pipeline.h"

#include <algorithm>
#include <memory>
#include <sys/socket.h>
#include <utility>

#include <libpq-fe.h>

#include "base/fault_point.h"
#include "postgres/cancel.h"
#include "postgres/server_result.h"
#include "postgres/socket_wait.h"

namespace schemaop {
namespace {

using std::chrono::steady_clock;
using ResultHandle = std::unique_ptr<PGresult, decltype(&PQclear)>;

// A request that arrives between two statements of the pipeline cancels neither.
constexpr std::chrono::seconds kCancelAgain{1};

class Pipeline {
 public:
  Pipeline(PGconn* connection, const PipelineInput& input, const std::stop_token& stop)
      : connection_(connection), input_(input), waiter_(stop) {}

  PipelineAnswer Run() {
    Begin();
    PQsetnonblocking(connection_, 1);
    if (!Send()) {
      NoteLoss();
    } else {
      if (SCHEMAOP_FAULT_STRIKES("postgres.statement.sent")) Break();
      PQsetSingleRowMode(connection_);
      while (TakeResults()) {
        if (!WaitForMore()) break;
      }
      PQexitPipelineMode(connection_);
    }
    if (answer_.error) Judge(*answer_.error);
    return std::move(answer_);
  }

 private:
  // A flush before what is told, or the server would keep its answers until the last is done.
  bool Send() {
    if (PQenterPipelineMode(connection_) != 1) return false;
    for (const PipelinedStatement& statement : input_.statements) {
      std::vector<const char*> values;
      for (const std::string& value : statement.parameters) values.push_back(value.c_str());
      const int sent =
          PQsendQueryParams(connection_, statement.sql.c_str(), static_cast<int>(values.size()),
                            nullptr, values.data(), nullptr, nullptr, 0);
      if (sent != 1) return false;
      const bool awaited = ++sent_ < input_.told;
      if (awaited && PQsendFlushRequest(connection_) != 1) return false;
    }
    return PQpipelineSync(connection_) == 1;
  }

  // Handles every result that is complete. False: the answer has ended.
  bool TakeResults() {
    while (PQisBusy(connection_) == 0) {
      const ResultHandle result(PQgetResult(connection_), &PQclear);
      if (result && PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) return false;
      if (result) {
        if (!Take(result.get())) return false;
      } else if (PQstatus(connection_) != CONNECTION_OK) {
        NoteLoss();
        return false;
      } else {
        EndOne();
      }
    }
    return true;
  }

  // False: there is nothing more to expect.
  bool Take(const PGresult* result) {
    switch (PQresultStatus(result)) {
      case PGRES_COMMAND_OK:
      case PGRES_TUPLES_OK:
        current_.tag = PQcmdStatus(const_cast<PGresult*>(result));  // NOLINT: libpq's signature
        return true;
      case PGRES_SINGLE_TUPLE:
        if (Keeps()) current_.rows.push_back(ReadRow(result, 0));
        return true;
      case PGRES_EMPTY_QUERY:
      case PGRES_NONFATAL_ERROR:
      case PGRES_PIPELINE_ABORTED:
        return true;
      case PGRES_COPY_IN:
      case PGRES_COPY_OUT:
      case PGRES_COPY_BOTH:
        // Neither libpq nor the server finds its way back from here.
        Break();
        answer_.error = SqlError{.code = ErrorCode::kInvalid,
                                 .message = "COPY cannot be sent together with other statements"};
        return false;
      default:
        if (answer_.error) return true;
        answer_.error = ReadErrorFields(result);
        if (answer_.error->message.empty()) NoteLoss();
        return true;
    }
  }

  bool Keeps() const {
    const std::size_t number = answer_.done.size();
    return number < input_.statements.size() && input_.statements[number].rows == RowsUse::kKeep;
  }

  // A statement has ended, and the next one is at work.
  void EndOne() {
    if (!answer_.error && answer_.done.size() < input_.statements.size()) {
      answer_.done.push_back(std::exchange(current_, {}));
      if (answer_.done.size() < input_.statements.size()) Begin();
    }
    // A SELECT's rows must not pile up in memory.
    PQsetSingleRowMode(connection_);
  }

  void Begin() {
    if (answer_.done.size() < input_.told) input_.starting(answer_.done.size());
    next_tick_ = steady_clock::now() + input_.tick;
  }

  // False: the connection was given up.
  bool WaitForMore() {
    const bool unsent = PQflush(connection_) == 1;
    switch (waiter_.Wait(PQsocket(connection_), {.read = true, .write = unsent}, NextWake())) {
      case SocketWait::kReady:
        PQconsumeInput(connection_);  // a failure shows up as the next result
        return true;
      case SocketWait::kStopped:
        waiter_.IgnoreStop();
        give_up_ = steady_clock::now() + kCancelGrace;
        Cancel();
        return true;
      case SocketWait::kTimeout:
        break;
    }
    const auto now = steady_clock::now();
    if (!give_up_) {
      input_.waiting();
      next_tick_ = now + input_.tick;
    } else if (now < *give_up_) {
      Cancel();
    } else {
      Break();
      PQconsumeInput(connection_);
      NoteLoss();
      return false;
    }
    return true;
  }

  std::optional<steady_clock::time_point> NextWake() const {
    if (give_up_) return std::min(*give_up_, cancel_again_);
    return input_.waiting ? std::optional(next_tick_) : std::nullopt;
  }

  void Cancel() {
    SendCancel(connection_);
    cancel_again_ = steady_clock::now() + kCancelAgain;
  }

  void Break() { ::shutdown(PQsocket(connection_), SHUT_RDWR); }

  void NoteLoss() {
    if (answer_.error && !answer_.error->message.empty()) return;
    answer_.error = SqlError{.code = ErrorCode::kUnavailable,
                             .message = "the connection to the server was lost"};
  }

  // Our own cancel and statement_timeout answer alike (57014); only we know which it was.
  void Judge(SqlError& error) const {
    const bool lost = PQstatus(connection_) != CONNECTION_OK;
    if (lost) error.code = ErrorCode::kUnavailable;
    if (!give_up_) return;
    error.code = ErrorCode::kCancelled;
    error.message = "stopped on request";
  }

  PGconn* connection_;
  const PipelineInput& input_;
  std::size_t sent_ = 0;
  SocketWaiter waiter_;
  steady_clock::time_point next_tick_;
  steady_clock::time_point cancel_again_;
  std::optional<steady_clock::time_point> give_up_;  // set once cancelled
  PipelineAnswer answer_;
  CommandResult current_;
};

}  // namespace

PipelineAnswer ConverseInPipeline(pg_conn* connection, const PipelineInput& input,
                                  const std::stop_token& stop) {
  return Pipeline(connection, input, stop).Run();
}

}  // namespace schemaop
