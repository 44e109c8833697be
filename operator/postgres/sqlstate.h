// SQLSTATEs (PostgreSQL manual, appendix A) by what a caller can do about them.
#pragma once

#include <string_view>

#include "base/error.h"

namespace schemaop {

// The code of an error with this SQLSTATE. kBusy: somebody holds what we need (55P03, 40P01, 40001,
// 55006); kUnavailable: the server is not ready or went away (08, 57P0x, 53, 58, a standby's
// 25006); kDenied: credentials or rights (28, 42501); kNotFound: no such database (3D000);
// kInternal when `sqlstate` is not five characters; kRejected for
// everything else, 57014 (statement_timeout) too.
ErrorCode CodeForSqlState(std::string_view sqlstate);

// Whether doing the same again can help without anybody changing anything.
bool IsTransient(std::string_view sqlstate);

}  // namespace schemaop
