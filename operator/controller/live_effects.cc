#include "controller/live_effects.h"

#include <nlohmann/json.hpp>

#include "base/fault_point.h"
#include "controller/progress_reporter.h"
#include "engine/observe_database.h"
#include "engine/target_database.h"
#include "engine/verify.h"

namespace schemaop {

ApiResult<nlohmann::json> LiveEffects::Get(const std::string& path, const std::stop_token& stop) {
  return client_.Get(path, stop);
}

ApiResult<nlohmann::json> LiveEffects::Create(const std::string& path, const nlohmann::json& object,
                                              const std::stop_token& /*stop*/) {
  events_.Record(path, object);
  return object;
}

ApiResult<nlohmann::json> LiveEffects::Patch(const std::string& path, const nlohmann::json& patch,
                                             const std::stop_token& stop) {
  return client_.Patch(path, PatchType::kMerge, patch, stop);
}

Result<DatabaseState> LiveEffects::ObserveDatabase(const DatabaseOptions& options,
                                                   const RevisionGraph& files,
                                                   const std::stop_token& stop) {
  return schemaop::ObserveDatabase(options, files, stop);
}

Result<DatabaseSight> LiveEffects::ObserveWithDrift(const DatabaseOptions& options,
                                                    const RevisionGraph& files,
                                                    const std::optional<DriftQuestion>& question,
                                                    const std::stop_token& stop) {
  return schemaop::ObserveDatabase(options, files, question, stop);
}

Result<std::optional<DriftFinding>> LiveEffects::FindDrift(const DatabaseOptions& options,
                                                           const DriftQuestion& question,
                                                           const std::stop_token& stop) {
  return schemaop::FindDrift(options, question, stop);
}

RunReport LiveEffects::Migrate(const DatabaseOptions& options, const RevisionGraph& graph,
                               const Planner& plan, const Actor& actor, const Tell& tell,
                               const std::stop_token& stop) {
  ProgressReporter progress(tell);
  RunReport ended = schemaop::Migrate(
      options, graph, plan, actor, [&](const RunProgress& where) { progress.Say(where); }, stop);
  SCHEMAOP_CRASH_POINT("controller.run.ended");
  progress.Finish();
  return ended;
}

RunReport LiveEffects::Stamp(const DatabaseOptions& options, const StampPlanner& plan,
                             const Actor& actor, const std::stop_token& stop) {
  return schemaop::Stamp(options, plan, actor, stop);
}

Result<CheckReport> LiveEffects::RunChecks(const DatabaseOptions& options, const CheckList& list,
                                           const std::stop_token& stop) {
  const auto database = TargetDatabase::Open(options, stop);
  // It was open a moment ago, and the next visit says what is wrong with it: of the checks, a login
  // that is refused says nothing.
  if (!database) return Fail(ErrorCode::kUnavailable, database.error().message);
  return schemaop::RunChecks(**database, list, stop);
}

Result<RehearsalReport> LiveEffects::Rehearse(const RehearsalRequest& request,
                                              const std::stop_token& stop) {
  return schemaop::Rehearse(request, nullptr, stop);
}

Time LiveEffects::Now() { return std::chrono::system_clock::now(); }

Effects::Steady::time_point LiveEffects::SteadyNow() { return Steady::now(); }

}  // namespace schemaop
