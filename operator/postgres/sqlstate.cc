#include "postgres/sqlstate.h"

#include <array>
#include <utility>

namespace schemaop {
namespace {

struct Rule {
  std::string_view prefix;  // a whole SQLSTATE or its class
  ErrorCode code;
};

// The first match counts: single codes stand before their class.
constexpr std::array kRules = {
    // statement_completion_unknown and transaction_resolution_unknown: a server that still answers
    // knows; only SQL that raises them itself says so.
    Rule{"40003", ErrorCode::kRejected},    Rule{"08007", ErrorCode::kRejected},
    Rule{"08P01", ErrorCode::kRejected},     // protocol_violation: $1 in a statement, among others
    Rule{"08", ErrorCode::kUnavailable},     // connection exceptions
    Rule{"25006", ErrorCode::kUnavailable},  // read_only_sql_transaction: we reached a standby
    Rule{"25P03", ErrorCode::kUnavailable},  // idle_in_transaction_session_timeout
    Rule{"25P04", ErrorCode::kUnavailable},  // transaction_timeout (PostgreSQL 17)
    Rule{"28", ErrorCode::kDenied},          // invalid authorization
    Rule{"3D000", ErrorCode::kNotFound},     // database does not exist
    Rule{"40", ErrorCode::kBusy},            // serialization failure, deadlock
    Rule{"42501", ErrorCode::kDenied},       // insufficient_privilege
    Rule{"53400", ErrorCode::kRejected},     // configuration_limit_exceeded
    Rule{"53", ErrorCode::kUnavailable},     // disk full, out of memory, too many connections
    Rule{"55006", ErrorCode::kBusy},         // object_in_use
    Rule{"55P03", ErrorCode::kBusy},         // lock_not_available: lock_timeout, NOWAIT
    Rule{"57P04", ErrorCode::kNotFound},     // database_dropped
    Rule{"57P", ErrorCode::kUnavailable},    // shutdown, crash, starting up, idle timeout
    Rule{"58P01", ErrorCode::kRejected},     // undefined_file: a path or library of the statement
    Rule{"58P02", ErrorCode::kRejected},     // duplicate_file
    Rule{"58", ErrorCode::kUnavailable},     // system error outside PostgreSQL
};

}  // namespace

ErrorCode CodeForSqlState(std::string_view sqlstate) {
  if (sqlstate.size() != 5) return ErrorCode::kInternal;
  for (const Rule& rule : kRules) {
    if (sqlstate.substr(0, rule.prefix.size()) == rule.prefix) return rule.code;
  }
  return ErrorCode::kRejected;
}

bool IsTransient(std::string_view sqlstate) {
  const ErrorCode code = CodeForSqlState(sqlstate);
  return code == ErrorCode::kBusy || code == ErrorCode::kUnavailable;
}

}  // namespace schemaop
