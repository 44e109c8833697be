// The target of an upgrade as revisions, and the plan to them; shared by upgrade, goals and history
// ranges.
#pragma once

#include <vector>

#include "base/error.h"
#include "revision/graph.h"
#include "revision/plan.h"
#include "revision/resolver.h"
#include "revision/target.h"
#include "revision/walk.h"

namespace schemaop {

// What `target` stands for when the version table holds `current`; none for base. With
// Overrun::kStay a relative target that leaves the history ends where the history does.
Result<RevisionGraph::Indices> ResolveUpgradeTarget(const Resolver& resolver,
                                                    const std::vector<RevisionId>& current,
                                                    const Target& target, Overrun overrun);

// The plan that applies `targets` and what they require. kInvalid when targets, or rows, overlap.
Result<Plan> PlanUpgradeTo(const Resolver& resolver, const Heads& current,
                           const RevisionGraph::Indices& targets);

}  // namespace schemaop
