// What a reconcile does outside of its own memory, in one place: the API server, the database, the
// clocks.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "base/time.h"
#include "engine/database_options.h"
#include "engine/drift.h"
#include "engine/migrate.h"
#include "engine/observe_database.h"
#include "engine/rehearse.h"
#include "kube/api_error.h"
#include "revision/check.h"
#include "revision/database_state.h"
#include "revision/graph.h"
#include "revision/rehearsal.h"
#include "revision/run_report.h"

namespace schemaop {

// Two implementations: LiveEffects for the world, and the model world of tests/simulation, which
// drives every line above this interface with faults between any two of its calls. Thread-safe.
// Every call ends soon after `stop`.
class Effects {
 public:
  using Steady = std::chrono::steady_clock;

  // Writes where a run is; one call at a time, and none after the run.
  using Tell = std::function<void(const RunProgress& progress, const std::stop_token& stop)>;

  virtual ~Effects() = default;

  // The API server, with KubeClient's paths, retries and deadlines. Patches are merge patches.
  virtual ApiResult<nlohmann::json> Get(const std::string& path, const std::stop_token& stop) = 0;
  virtual ApiResult<nlohmann::json> Create(const std::string& path, const nlohmann::json& object,
                                           const std::stop_token& stop) = 0;
  virtual ApiResult<nlohmann::json> Patch(const std::string& path, const nlohmann::json& patch,
                                          const std::stop_token& stop) = 0;

  // As engine/observe_database.h.
  virtual Result<DatabaseState> ObserveDatabase(const DatabaseOptions& options,
                                                const RevisionGraph& files,
                                                const std::stop_token& stop) = 0;

  // The same with an answer to `question` about drift, and that answer alone. Where there is no
  // schema to compare, as in the model world, nothing has drifted.
  virtual Result<DatabaseSight> ObserveWithDrift(const DatabaseOptions& options,
                                                 const RevisionGraph& files,
                                                 const std::optional<DriftQuestion>& question,
                                                 const std::stop_token& stop) {
    auto state = ObserveDatabase(options, files, stop);
    if (!state) return tl::unexpected(state.error());
    DatabaseSight sight{*std::move(state), std::nullopt};
    if (question) sight.drift = DriftFinding();
    return sight;
  }
  virtual Result<std::optional<DriftFinding>> FindDrift(const DatabaseOptions& /*options*/,
                                                        const DriftQuestion& /*question*/,
                                                        const std::stop_token& /*stop*/) {
    return DriftFinding();
  }

  // As engine/migrate.h; the newest progress goes to `tell` without holding the run up.
  virtual RunReport Migrate(const DatabaseOptions& options, const RevisionGraph& graph,
                            const Planner& plan, const Actor& actor, const Tell& tell,
                            const std::stop_token& stop) = 0;

  // As engine/migrate.h.
  virtual RunReport Stamp(const DatabaseOptions& options, const StampPlanner& plan,
                          const Actor& actor, const std::stop_token& stop) = 0;

  // As engine/verify.h, but kUnavailable whenever there is no connection: the database was read
  // before.
  virtual Result<CheckReport> RunChecks(const DatabaseOptions& options, const CheckList& list,
                                        const std::stop_token& stop) = 0;

  // As engine/rehearse.h.
  virtual Result<RehearsalReport> Rehearse(const RehearsalRequest& request,
                                           const std::stop_token& stop) = 0;

  // The time people read, and the one that only goes on.
  virtual Time Now() = 0;
  virtual Steady::time_point SteadyNow() = 0;
};

}  // namespace schemaop
