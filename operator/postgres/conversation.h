// One SQL statement sent to the server and everything it answers.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

#include "postgres/sql_error.h"

struct pg_conn;  // libpq's PGconn

namespace schemaop {

// What a statement that succeeded said of itself.
struct CommandResult {
  std::string tag;  // "CREATE TABLE", "INSERT 0 3", "COMMIT"; of the last statement of the message

  bool operator==(const CommandResult&) const = default;
};

// What a statement may need beside its text.
struct StatementInput {
  std::string sql;
  std::optional<std::string> copy_data;  // the rows for COPY ... FROM STDIN
  std::optional<std::chrono::steady_clock::time_point> deadline;  // cancelled then
};

// Sends `input.sql` as one message of the simple protocol and waits for the end of its answer. Rows
// are thrown away as they come, COPY data is fed, COPY TO STDOUT is refused. A stop request or the
// deadline cancels the statement on the server and waits up to ten seconds for it to say so; after
// that the connection is broken off. Errors: the server's first one; kCancelled only for our own
// stop; kUnavailable when the connection was lost.
SqlResult<CommandResult> Converse(pg_conn* connection, const StatementInput& input,
                                  const std::stop_token& stop);

// The fields of a libpq result (a PGresult) as a value; also used for notices.
SqlError ReadErrorFields(const void* result);

}  // namespace schemaop
