// What was applied, as status tells it. Pure.
#pragma once

#include <vector>

#include "api/schema_version.h"
#include "revision/database_state.h"
#include "revision/run_report.h"

namespace schemaop {

// Appends steps that a run committed; the newest becomes lastApplied, the newest 10 stay. Those
// that are there already, because progress told of them, are not told twice. Steps are told apart
// by their ledger rows' numbers, never by time: clocks differ, and one second holds many steps.
void AppendApplied(SchemaVersionStatus& status, const std::vector<AppliedStep>& applied);

// Appends what the ledger holds beyond status: steps of the command-line tool, of a run whose
// report was lost, or of the object's former life; takes out what the ledger does not hold any
// more, since the database was restored. REQUIRES: `ledger` in the order of its numbers.
void AdoptLedger(SchemaVersionStatus& status, const std::vector<LedgerEntry>& ledger);

}  // namespace schemaop
