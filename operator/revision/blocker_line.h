// Who is in the way, for people.
#pragma once

#include <string>
#include <vector>

#include "revision/run_report.h"

namespace schemaop {

// "pid 8432 (reports, user app, idle in transaction since 2026-11-22T10:00:00Z, last query: SELECT
// * FROM orders)" for each that is waited for directly, joined by ", "; "; behind it: ..." with
// those they wait for in turn. Empty for none.
std::string DescribeBlockers(const std::vector<Blocker>& blockers);

}  // namespace schemaop
