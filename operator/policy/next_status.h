// The one place that writes status: the whole of it, from what was seen, decided and done. Pure.
#pragma once

#include "api/schema_version.h"
#include "policy/decide.h"
#include "policy/observation.h"
#include "revision/run_report.h"

namespace schemaop {

// The status to report for a decision; for an Advance, the one to write before the run.
SchemaVersionStatus NextStatus(const SchemaVersion& object, const Observation& observation,
                               const Decision& decision);

// The status while `advance` runs. `object.status` is the one from before the run.
SchemaVersionStatus ProgressStatusOf(const SchemaVersion& object, const Observation& observation,
                                     const Advance& advance, const RunProgress& progress);

// The status after `advance` ran and ended as `report` says. `object.status` is the one from before
// the run, or with the progress that was written meanwhile.
SchemaVersionStatus NextStatus(const SchemaVersion& object, const Observation& observation,
                               const Advance& advance, const RunReport& report);

}  // namespace schemaop
