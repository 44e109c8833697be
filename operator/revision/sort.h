// The order in which a set of revisions is downgraded; its reverse is the order of an upgrade.
#pragma once

#include "revision/graph.h"
#include "revision/revision_set.h"

namespace schemaop {

// The members of `todo`, each after everything in `todo` that requires it, found depth first from
// `heads`; load order breaks ties between branches. The order is Alembic's, which people have seen
// their branches run in.
RevisionGraph::Indices SortDownwards(const RevisionGraph& graph, const RevisionSet& todo,
                                     const RevisionGraph::Indices& heads);

}  // namespace schemaop
