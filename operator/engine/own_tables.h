// Whether our own tables are as we left them, where no transaction guards them.
#pragma once

#include <stop_token>

#include "base/error.h"
#include "engine/target_database.h"

namespace schemaop {

// Looks, right behind a statement that ran outside a transaction, at what SessionGuard would have
// kept it from: the version table is the one it was and has `rows`, the ledger is the one it was
// and still refuses changes. kRejected otherwise, saying what to put back: it cannot be undone.
// REQUIRES: no transaction is open; CreateMissing() was called.
Result<void> CheckOwnTables(TargetDatabase& database, Heads rows, const std::stop_token& stop);

}  // namespace schemaop
