// Where a run happens: what Migrate needs of a database, and nothing else.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

#include <tl/expected.hpp>

#include "base/error.h"
#include "engine/database_options.h"
#include "engine/migrate.h"
#include "engine/step_context.h"
#include "engine/step_sink.h"
#include "revision/database_state.h"
#include "revision/graph.h"
#include "revision/run_report.h"

namespace schemaop {

// A database on its way through one run. Two implementations: a live PostgreSQL (LivePlace), and
// the model of one in tests/simulation, whose runs are this same engine's. One thread.
class RunPlace {
 public:
  // Told while another session holds the lock.
  using Waiting = std::function<void(const std::optional<LockHolder>& holder)>;

  virtual ~RunPlace() = default;

  // Connects, takes the migration lock and reads the state under it; the report of the failure
  // otherwise. Called once, before anything else.
  virtual tl::expected<DatabaseState, RunReport> Enter(const Waiting& waiting,
                                                       const std::stop_token& stop) = 0;

  // As TargetDatabase::ReadStored.
  virtual Result<void> ReadStored(const RevisionGraph& files, DatabaseState& state,
                                  const std::stop_token& stop) = 0;

  // Where the steps go. `graph` outlives the sink, as the place does.
  virtual std::unique_ptr<StepSink> Sink(const RevisionGraph& graph, RunIdentity identity,
                                         const std::stop_token& stop) = 0;

  // Around the steps of a run that has any: before the first, at `heads`, and after the last one
  // that was taken, at `heads` then. For what is kept of the schema (SnapshotKeeper); a place
  // without one keeps nothing. What AfterSteps cannot do is no failure of the run.
  virtual void BeforeSteps(const Heads& /*heads*/, const std::stop_token& /*stop*/) {}
  virtual Result<void> AfterSteps(const Heads& /*heads*/, const Actor& /*actor*/,
                                  const std::stop_token& /*stop*/) {
    return {};
  }
};

// Migrate (engine/migrate.h) at `place`.
RunReport MigrateAt(RunPlace& place, const DatabaseOptions& options, const RevisionGraph& graph,
                    const Planner& plan, const Actor& actor, const ProgressSink& progress,
                    std::stop_token stop);

}  // namespace schemaop
