#include "postgres/sql_error.h"

namespace schemaop {

Error ToError(const SqlError& error) {
  std::string message = error.message;
  if (!error.sqlstate.empty()) message += " (SQLSTATE " + error.sqlstate + ")";
  if (!error.hint.empty()) message += "; hint: " + error.hint;
  return {error.code, std::move(message)};
}

}  // namespace schemaop
