#include "postgres/server_result.h"

#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <libpq-fe.h>

#include "postgres/sqlstate.h"

namespace schemaop {
namespace {

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

}  // namespace

SqlError ReadErrorFields(const pg_result* fields) {
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

Row ReadRow(const pg_result* result, int row) {
  std::vector<std::optional<std::string>> cells;
  const int columns = PQnfields(result);
  cells.reserve(static_cast<std::size_t>(columns));
  for (int column = 0; column < columns; ++column) {
    const bool null = PQgetisnull(result, row, column) == 1;
    cells.push_back(null ? std::nullopt
                         : std::optional<std::string>(PQgetvalue(result, row, column)));
  }
  return Row(std::move(cells));
}

}  // namespace schemaop
