// From the server's error to the place in a revision file.
#pragma once

#include <string_view>

#include "postgres/sql_error.h"
#include "revision/revision.h"
#include "revision/run_report.h"
#include "sql/statement.h"

namespace schemaop {

// Where the `character`-th character (from 1; 0: unknown, the start) of `statement` stands in its
// file.
Position PositionInFile(const Statement& statement, int character);

// What a person needs to know of `error`, which the server gave for statement `index` (from 0) of a
// section of `revision`. Never DETAIL.
StatementFailure DescribeStatementFailure(const Revision& revision, Direction direction,
                                          std::size_t index, const Statement& statement,
                                          const SqlError& error);

// Whether `sqlstate` is the server's object_in_use (55006) and what uses the object is the
// statement's own transaction, of which no other attempt comes to a better end: "pending trigger
// events", "active queries in this session" (CheckTableNotInUse in PostgreSQL's tablecmds.c).
// REQUIRES: it ran in a transaction.
bool IsInUseByItself(const Statement& statement, std::string_view sqlstate);
inline constexpr std::string_view kInUseByItselfHint =
    "the transaction itself still uses it: run SET CONSTRAINTS ALL IMMEDIATE before this "
    "statement, or make it a revision of its own";

// "file:line:column: message (SQLSTATE 42P07)".
Error ToError(const StatementFailure& failure, ErrorCode code);

}  // namespace schemaop
