#include "engine/observe_database.h"

#include <utility>

#include "engine/target_database.h"

namespace schemaop {

Result<DatabaseState> ObserveDatabase(const DatabaseOptions& options, std::stop_token stop) {
  auto database = TargetDatabase::Open(options, stop);
  if (!database) return Fail(database.error());
  return (*database)->ReadState(stop);
}

Result<DatabaseState> ObserveDatabase(const DatabaseOptions& options, const RevisionGraph& files,
                                      std::stop_token stop) {
  auto sight = ObserveDatabase(options, files, std::nullopt, stop);
  if (!sight) return Fail(sight.error());
  return std::move(sight->state);
}

Result<DatabaseSight> ObserveDatabase(const DatabaseOptions& options, const RevisionGraph& files,
                                      const std::optional<DriftQuestion>& question,
                                      const std::stop_token& stop) {
  auto database = TargetDatabase::Open(options, stop);
  if (!database) return Fail(database.error());
  auto state = (*database)->ReadState(stop);
  if (!state) return Fail(state.error());
  auto stored = (*database)->ReadStored(files, *state, stop);
  if (!stored) return Fail(stored.error());
  DatabaseSight sight{*std::move(state), std::nullopt};
  if (!question) return sight;
  auto drift = FindDrift(**database, sight.state.heads, *question, stop);
  if (!drift) {
    sight.drift = Fail(drift.error());
  } else if (*drift) {
    sight.drift = **std::move(drift);
  }
  return sight;
}

}  // namespace schemaop
