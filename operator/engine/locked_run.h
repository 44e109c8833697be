// How every run begins: connected, locked, and knowing what is there.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include <tl/expected.hpp>

#include "engine/target_database.h"
#include "revision/run_report.h"

namespace schemaop {

struct LockedRun {
  std::unique_ptr<TargetDatabase> database;  // holds the migration lock
  DatabaseState state;                       // read under it
};

// Connects, polls for the lock for options.lock_wait and reads the state. The report of the failure
// otherwise.
tl::expected<LockedRun, RunReport> StartLockedRun(
    const DatabaseOptions& options,
    const std::function<void(const std::optional<LockHolder>&)>& waiting,
    const std::stop_token& stop);

// kCancelled for that code, kFailed for any other.
RunReport::Outcome EndOf(const Error& error);

// The report of a run that never began: because of `error`, or because `holder` has the migration
// lock of the database `label`.
RunReport FailedReport(Error error);
RunReport BusyReport(const std::string& label, const std::optional<LockHolder>& holder);

}  // namespace schemaop
