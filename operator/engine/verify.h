// Running the checks of a project on a database, and leaving it as it was.
#pragma once

#include <stop_token>

#include "base/error.h"
#include "engine/database_options.h"
#include "engine/target_database.h"
#include "revision/check.h"

namespace schemaop {

// Runs the sample and then every check of `list`, as submitted SQL runs (role, search path, lock
// and statement timeouts), in one transaction that is rolled back; each check sees the sample and
// nothing of the others. Sequences go on all the same (CheckReport::moved). A check that does not
// hold is no error. Errors: as ObserveDatabase's; kRejected, as "file:line:column: ...", when the
// sample is refused; kBusy for locks that could not be had in time; kUnavailable on a standby.
Result<CheckReport> RunChecks(const DatabaseOptions& options, const CheckList& list,
                              const std::stop_token& stop);

// The same on an open connection.
Result<CheckReport> RunChecks(TargetDatabase& database, const CheckList& list,
                              const std::stop_token& stop);

}  // namespace schemaop
