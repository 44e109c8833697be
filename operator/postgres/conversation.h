// One SQL statement sent to the server and everything it answers.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "postgres/rows.h"
#include "postgres/sql_error.h"

struct pg_conn;  // libpq's PGconn

namespace schemaop {

// What a statement that succeeded said of itself.
struct CommandResult {
  std::string tag;  // "CREATE TABLE", "INSERT 0 3", "COMMIT"; of the last statement of the message

  Rows rows;  // of all its statements, in order, when they were asked for

  bool operator==(const CommandResult&) const = default;
};

// How a text is sent.
enum class Protocol {
  kSimple,    // may hold several statements
  kExtended,  // the server itself refuses a text that it reads as more than one (SQLSTATE 42601)
};

// What becomes of the rows that a message gives.
enum class RowsUse { kDrop, kKeep };

// What a statement may need beside its text.
struct StatementInput {
  std::string sql;
  std::optional<std::string> copy_data;  // the rows for COPY ... FROM STDIN
  std::optional<std::chrono::steady_clock::time_point> deadline;  // cancelled then
  Protocol protocol = Protocol::kSimple;
  RowsUse rows = RowsUse::kDrop;
  // When set, called on the same thread about every `tick` while the answer is awaited, until the
  // statement is cancelled. Must be quick and must not use the session.
  std::function<void()> waiting = nullptr;
  std::chrono::milliseconds tick{50};
};

// What a message of several statements came to.
struct ScriptAnswer {
  std::vector<std::string> tags;  // of the statements that succeeded: those before the first error
  Rows rows;                      // of all of them, in order, when they were asked for
  std::optional<SqlError> error;  // of the next one; those behind it were not run
};

// Sends `input.sql` as one message and waits for the end of its answer. Rows
// are thrown away as they come unless they are asked for, COPY data is fed, COPY TO STDOUT is
// refused. A stop request or the deadline cancels the statement on the server and waits up to ten
// seconds for it to say so; after that the connection is broken off. Errors: the server's first
// one; kCancelled only for our own stop; kUnavailable when the connection was lost.
SqlResult<CommandResult> Converse(pg_conn* connection, const StatementInput& input,
                                  const std::stop_token& stop);

// The same for those who want to know how far a message came that failed. REQUIRES:
// Protocol::kSimple.
ScriptAnswer ConverseInScript(pg_conn* connection, const StatementInput& input,
                              const std::stop_token& stop);

}  // namespace schemaop
