#include "engine/replay.h"

namespace schemaop {

RunReport ReplayRevisions(const ScratchDatabase& scratch, const DatabaseOptions& options,
                          const RevisionGraph& graph, const Heads& heads,
                          const std::stop_token& stop) {
  DatabaseOptions there = options;
  there.dsn = scratch.dsn();
  there.snapshot = SnapshotUse::kNone;
  const Planner plan = [&](const DatabaseState& state) {
    return PlanTowards(graph, state.heads, Goal{heads});
  };
  return Migrate(there, graph, plan, Actor{"replay"}, nullptr, stop);
}

}  // namespace schemaop
