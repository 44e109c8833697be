// Where a run is, for status. Pure.
#pragma once

#include "api/schema_version.h"
#include "revision/run_report.h"

namespace schemaop {

// status.progress of a run at `progress`; of the sessions waited for the first.
ProgressStatus ProgressOf(const RunProgress& progress);

// Whether `after` says something that whoever was told `before` should hear at once: another
// revision, phase, lock holder or session in the way. Counters that move are no news.
bool IsNews(const RunProgress& before, const RunProgress& after);

}  // namespace schemaop
