// What was applied, as status tells it. Pure.
#pragma once

#include <vector>

#include "api/schema_version.h"
#include "revision/database_state.h"
#include "revision/run_report.h"

namespace schemaop {

// Appends steps that a run committed; the newest becomes lastApplied, the newest 10 stay. Those
// that are there already, because progress told of them, are not told twice.
void AppendApplied(SchemaVersionStatus& status, const std::vector<AppliedStep>& applied);

// Appends what the ledger holds beyond status: steps of the command-line tool, of a run whose
// report was lost, or of the object's former life. Entries are matched by revision and direction,
// never by time, since clocks differ.
void AdoptLedger(SchemaVersionStatus& status, const std::vector<LedgerEntry>& ledger);

}  // namespace schemaop
