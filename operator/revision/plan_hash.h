// What a plan is, as one word: for approvals and for the ledger.
#pragma once

#include <string>
#include <string_view>

#include "revision/graph.h"
#include "revision/plan.h"

namespace schemaop {

// SHA-256, hexadecimal, over the database's identity (its label, "projects@host:5432"), the rows at
// both ends in sorted order, and each step's direction, revision, transaction mode and SQL text:
// whatever changes what would run makes another hash. REQUIRES: every step's revision is in
// `graph`, with a section for its direction.
std::string PlanHash(std::string_view database, const RevisionGraph& graph, const Plan& plan);

}  // namespace schemaop
