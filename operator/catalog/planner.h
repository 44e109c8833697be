// Work to statements in an order in which they can run.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/diff.h"
#include "catalog/work.h"

namespace schemaop {

// The statements that do `work`. Objects that no order was found for are added to `refusals`.
std::vector<DdlStatement> PlanStatements(const Catalog& from, const Catalog& to,
                                         const DiffOptions& options, const WorkList& work,
                                         std::vector<Refusal>& refusals);

}  // namespace schemaop
