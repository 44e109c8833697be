// What the server (or the connection to it) said when a statement did not succeed, as a value.
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "base/error.h"

namespace schemaop {

// The fields of an ErrorResponse or NoticeResponse (manual, "Error and Notice Message Fields").
struct SqlError {
  ErrorCode code = ErrorCode::kInternal;  // from the SQLSTATE; kCancelled: our stop; kUnavailable:
                                          // connection lost
  std::string severity;                   // never localised: "ERROR", "FATAL", "NOTICE"
  std::string sqlstate;                   // empty when the error is libpq's own
  std::string message;
  std::string detail;  // can hold row values: for debug logs only, never shown
  std::string hint;
  int position = 0;  // character of the statement, from 1; 0: unknown
  std::string internal_query;
  int internal_position = 0;
  std::string context;
  std::string schema;
  std::string table;
  std::string column;
  std::string datatype;
  std::string constraint;

  bool operator==(const SqlError&) const = default;
};

template <typename T>
using SqlResult = tl::expected<T, SqlError>;

// "message (SQLSTATE 42P07); hint" with the error's code: what people see. Without DETAIL.
Error ToError(const SqlError& error);

}  // namespace schemaop
