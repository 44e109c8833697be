// The target of an upgrade as revisions, and the plan to them; shared by upgrade, goals and history
// ranges.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "revision/graph.h"
#include "revision/plan.h"
#include "revision/resolver.h"
#include "revision/target.h"
#include "revision/walk.h"

namespace schemaop {

// Where a relative target counts from: revision names as they stand in the version table, and what
// they resolve to. Rows that cannot be resolved are an error only to a target that needs them.
struct UpgradeStart {
  std::vector<std::string> names;
  Result<RevisionGraph::Indices> revisions;
};

// What `target` stands for when counted from `start`; none for base. With Overrun::kStay a relative
// target that leaves the history ends where the history does.
Result<RevisionGraph::Indices> ResolveUpgradeTarget(const Resolver& resolver,
                                                    const UpgradeStart& start, const Target& target,
                                                    Overrun overrun);

// The plan that applies `targets` and what they require. kInvalid when targets, or rows, overlap.
Result<Plan> PlanUpgradeTo(const Resolver& resolver, const Heads& current,
                           const RevisionGraph::Indices& targets);

}  // namespace schemaop
