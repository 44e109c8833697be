// A run on a model database: engine/migrate's own order of things, with the model where a live
// server would be.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "database_link.h"
#include "engine/run_place.h"

namespace schemaop::simulation {

// Who connects to what, and how.
struct PlaceOptions {
  Scheduler* scheduler = nullptr;
  const Faults* faults = nullptr;
  ModelDatabase* database = nullptr;
  std::shared_ptr<Life> life;
  std::string password;
  std::string application;
  std::function<Time()> wall;  // the process's clock
  // A planted bug: what to plan from instead of what is read under the lock.
  std::optional<DatabaseState> stale_state;
};

class ModelPlace : public RunPlace {
 public:
  explicit ModelPlace(PlaceOptions options) : options_(std::move(options)) {}

  tl::expected<DatabaseState, RunReport> Enter(const Waiting& waiting,
                                               const std::stop_token& stop) override;
  Result<void> ReadStored(const RevisionGraph& files, DatabaseState& state,
                          const std::stop_token& stop) override;
  std::unique_ptr<StepSink> Sink(const RevisionGraph& graph, RunIdentity identity,
                                 const std::stop_token& stop) override;

 private:
  PlaceOptions options_;
  std::unique_ptr<DatabaseLink> link_;
};

// A connection, opened.
Result<std::unique_ptr<DatabaseLink>> Connect(const PlaceOptions& options,
                                              const std::stop_token& stop);

// engine/observe_database's two steps.
Result<DatabaseState> ReadState(DatabaseLink& link, const std::stop_token& stop);
Result<void> ReadStoredOf(DatabaseLink& link, const RevisionGraph& files, DatabaseState& state,
                          const std::stop_token& stop);

}  // namespace schemaop::simulation
