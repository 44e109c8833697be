// The step that takes a step back.
#pragma once

#include "revision/graph.h"
#include "revision/plan.h"

namespace schemaop {

// The version table's rows before `step`, which leaves heads_after.
Heads RowsBefore(const Step& step);

// The other section of the same revision with the opposite changes of the version table.
Step InverseOf(const Step& step);

// Whether `graph` has a section for `step`: a revision without a down section cannot be taken back.
bool CanRun(const RevisionGraph& graph, const Step& step);

}  // namespace schemaop
