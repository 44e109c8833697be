#include "engine/locked_run.h"

#include <utility>

#include "base/fault_point.h"

namespace schemaop {
RunReport::Outcome EndOf(const Error& error) {
  return error.code == ErrorCode::kCancelled ? RunReport::Outcome::kCancelled
                                             : RunReport::Outcome::kFailed;
}

RunReport FailedReport(Error error) {
  RunReport report;
  report.outcome = EndOf(error);
  report.error = std::move(error);
  return report;
}

RunReport BusyReport(const std::string& label, const std::optional<LockHolder>& holder) {
  std::string message = label + ": the migration lock is held";
  if (holder) {
    message += " by process " + std::to_string(holder->pid);
    if (!holder->application.empty()) message += " (" + holder->application + ")";
    if (!holder->since.empty()) message += " since " + holder->since;
  }
  RunReport report;
  report.outcome = RunReport::Outcome::kBusy;
  report.holder = holder;
  report.error = Error{ErrorCode::kBusy, std::move(message)};
  return report;
}

tl::expected<LockedRun, RunReport> StartLockedRun(
    const DatabaseOptions& options,
    const std::function<void(const std::optional<LockHolder>&)>& waiting,
    const std::stop_token& stop) {
  auto database = TargetDatabase::Open(options, stop);
  if (!database) return tl::unexpected(FailedReport(database.error()));
  auto lock = (*database)->TakeLock(options.lock_wait, waiting, stop);
  if (!lock) return tl::unexpected(FailedReport(lock.error()));
  if (!lock->acquired)
    return tl::unexpected(BusyReport((*database)->session().label(), lock->holder));
  SCHEMAOP_FAULT_POINT_OR("engine.lock.taken", tl::unexpected(FailedReport(fault)));
  const std::int64_t locked = (*database)->lock_key();
  auto state = (*database)->ReadState(stop);
  if (!state) return tl::unexpected(FailedReport(state.error()));
  if ((*database)->lock_key() != locked) {
    return tl::unexpected(
        FailedReport({ErrorCode::kConflict, "the version table appeared in another schema (" +
                                                (*database)->version_table().Label() +
                                                ") meanwhile; try again"}));
  }
  SCHEMAOP_FAULT_POINT_OR("engine.state.read", tl::unexpected(FailedReport(fault)));
  return LockedRun{std::move(*database), std::move(*state)};
}

}  // namespace schemaop
