#include "engine/live_place.h"

#include <utility>

#include "engine/live_steps.h"
#include "engine/locked_run.h"

namespace schemaop {

tl::expected<DatabaseState, RunReport> LivePlace::Enter(const Waiting& waiting,
                                                        const std::stop_token& stop) {
  auto start = StartLockedRun(options_, waiting, stop);
  if (!start) return tl::unexpected(std::move(start.error()));
  database_ = std::move(start->database);
  begun_ = start->state.begun;
  return std::move(start->state);
}

Result<void> LivePlace::ReadStored(const RevisionGraph& files, DatabaseState& state,
                                   const std::stop_token& stop) {
  return database_->ReadStored(files, state, stop);
}

std::unique_ptr<StepSink> LivePlace::Sink(const RevisionGraph& graph, RunIdentity identity,
                                          const std::stop_token& stop) {
  return std::make_unique<LiveSteps>(database_, graph, begun_, std::move(identity), stop);
}

void LivePlace::BeforeSteps(const Heads& heads, const std::stop_token& stop) {
  if (options_.snapshot == SnapshotUse::kNone) return;
  keeper_ = SnapshotKeeper::Before(*database_, heads, stop);
}

Result<void> LivePlace::AfterSteps(const Heads& heads, const Actor& actor,
                                   const std::stop_token& stop) {
  if (!keeper_) return {};
  // What the last step left in the session would choose what the catalog's queries find.
  if (auto reset = database_->ResetIfDue(stop); !reset) return reset;
  return keeper_->After(*database_, heads, actor, stop);
}

}  // namespace schemaop
