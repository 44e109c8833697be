// A run on a live PostgreSQL.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/run_place.h"
#include "engine/schema_snapshot.h"
#include "engine/target_database.h"

namespace schemaop {

// Holds the session and with it the migration lock. `options` outlive it.
class LivePlace : public RunPlace {
 public:
  explicit LivePlace(const DatabaseOptions& options) : options_(options) {}

  tl::expected<DatabaseState, RunReport> Enter(const Waiting& waiting,
                                               const std::stop_token& stop) override;
  Result<void> ReadStored(const RevisionGraph& files, DatabaseState& state,
                          const std::stop_token& stop) override;
  std::unique_ptr<StepSink> Sink(const RevisionGraph& graph, RunIdentity identity,
                                 const std::stop_token& stop) override;
  void BeforeSteps(const Heads& heads, const std::stop_token& stop) override;
  Result<void> AfterSteps(const Heads& heads, const Actor& actor,
                          const std::stop_token& stop) override;

 private:
  const DatabaseOptions& options_;
  std::unique_ptr<TargetDatabase> database_;  // replaced when a COMMIT loses its connection
  std::vector<RevisionId> begun_;             // see DatabaseState
  std::optional<SnapshotKeeper> keeper_;      // when the options want the schema kept
};

}  // namespace schemaop
