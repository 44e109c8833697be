// The statements of one step and of what happens with it.
#pragma once

#include <map>
#include <vector>

#include "catalog/ddl.h"
#include "catalog/step_host.h"
#include "catalog/work.h"

namespace schemaop {

// `members`: the steps that `step` is the host of.
Statements StepStatements(const DdlContext& context, const std::map<ObjectId, Work>& work,
                          const StepKey& step, const std::vector<StepKey>& members);

}  // namespace schemaop
