// From a set of revisions to a plan. What every kind of plan has in common.
#pragma once

#include "base/error.h"
#include "revision/graph.h"
#include "revision/plan.h"
#include "revision/revision_set.h"

namespace schemaop {

// The plan that upgrades `todo` from `rows`, searched from `targets` (see SortDownwards).
Result<Plan> PlanUpgradeOf(const RevisionGraph& graph, const RevisionGraph::Indices& rows,
                           const RevisionSet& todo, const RevisionGraph::Indices& targets);

// The plan that downgrades `drop` from `rows`. kInvalid for an irreversible revision, naming it and
// its file.
Result<Plan> PlanDowngradeOf(const RevisionGraph& graph, const RevisionGraph::Indices& rows,
                             const RevisionSet& drop);

// Everything applied above `roots` (which are included), over down and dependency edges.
RevisionSet AppliedAbove(const RevisionGraph& graph, const RevisionSet& applied,
                         const RevisionGraph::Indices& roots);

}  // namespace schemaop
