// Whether a whole plan can be one transaction.
#pragma once

#include "base/error.h"
#include "revision/graph.h"
#include "revision/plan.h"

namespace schemaop {

// kInvalid, naming the first revision of `plan` whose section runs outside a transaction, and its
// file. Revisions `graph` does not know and sections that are not there are not this rule's matter.
Result<void> CheckOneTransaction(const RevisionGraph& graph, const Plan& plan);

}  // namespace schemaop
