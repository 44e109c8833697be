// Several statements sent to the server at once, and what it answers to each.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "postgres/conversation.h"
#include "postgres/sql_error.h"

struct pg_conn;  // libpq's PGconn

namespace schemaop {

// One statement, and the text parameters for its $1 ...
struct PipelinedStatement {
  std::string sql;
  std::vector<std::string> parameters = {};
  RowsUse rows = RowsUse::kDrop;
};

// Statements that need no answer to be sent. The server refuses COPY from or to the client here.
struct PipelineInput {
  std::vector<PipelinedStatement> statements;
  // Called with the number (from 0) of each of the first `told` statements that begins, as far as
  // the answers tell: the first before anything is sent. The server answers each of them at once,
  // and the others when it likes, which costs it less.
  std::function<void(std::size_t)> starting = nullptr;
  std::size_t told = 0;
  // When set, called about every `tick` of a statement's time, until it is cancelled. Both are
  // called on the same thread, must be quick and must not use the session.
  std::function<void()> waiting = nullptr;
  std::chrono::milliseconds tick{50};
};

struct PipelineAnswer {
  std::vector<CommandResult>
      done;                       // of the statements that succeeded: those before the first error
  std::optional<SqlError> error;  // of the next one; those behind it were not run
};

// Sends all statements at once, each as Protocol::kExtended, and waits for all answers: one round
// trip. The first error ends it, as within a script. A stop request cancels the running statement;
// see Converse. REQUIRES: an open transaction, or the statements would be one; libpq 14.
PipelineAnswer ConverseInPipeline(pg_conn* connection, const PipelineInput& input,
                                  const std::stop_token& stop);

}  // namespace schemaop
