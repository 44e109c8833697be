// Reading a database's state without changing anything.
#pragma once

#include <stop_token>

#include "base/error.h"
#include "engine/database_options.h"
#include "revision/database_state.h"

namespace schemaop {

// Heads, ledger summary and what else deciding needs; creates nothing. kUnavailable when the server
// cannot be reached or is starting, kDenied when it refuses the credentials, kCancelled after a
// stop.
Result<DatabaseState> ObserveDatabase(const DatabaseOptions& options, std::stop_token stop);

}  // namespace schemaop
