#include "policy/baseline.h"

#include <utility>

#include "policy/message.h"

namespace schemaop {

bool LacksBaseline(const DatabaseState& state) {
  const bool begun = state.has_version_table && state.has_ledger;
  return state.has_user_tables && state.heads.empty() && !begun;
}

std::optional<Decision> BaselineGate(const SchemaVersion& object, const Observation& observation,
                                     const Plan& plan) {
  if (!LacksBaseline(*observation.database)) return std::nullopt;
  if (!object.spec->baseline) {
    if (plan.steps.empty()) return std::nullopt;
    return Hold{Reason::kBaselineRequired, BaselineRequiredMessage(object, observation)};
  }
  auto baseline = ResolveGoal(*observation.source->graph, *object.spec->baseline);
  if (!baseline) {
    return Hold{Reason::kTargetNotFound, BaselineNotFoundMessage(object, baseline.error())};
  }
  // The base has no rows to stamp: everything is to be run.
  if (baseline->revisions.empty()) return std::nullopt;
  return Adopt{*std::move(baseline)};
}

Result<StampPlan> PlanBaseline(const RevisionGraph& files, const DatabaseState& state,
                               const Goal& baseline) {
  if (!LacksBaseline(state)) {
    return Fail(ErrorCode::kConflict,
                "somebody has said meanwhile that the database is at " + ShowHeads(state.heads));
  }
  return PlanStamp(files, state.heads, baseline.revisions, /*purge=*/false);
}

}  // namespace schemaop
