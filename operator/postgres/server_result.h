// What a libpq result says, as values.
#pragma once

#include "postgres/rows.h"
#include "postgres/sql_error.h"

struct pg_result;  // libpq's PGresult

namespace schemaop {

// The fields of an error or a notice.
SqlError ReadErrorFields(const pg_result* result);

// Row `row` (from 0) of a result that has it.
Row ReadRow(const pg_result* result, int row);

}  // namespace schemaop
