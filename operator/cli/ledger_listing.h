// Ledger rows for people and for machines.
#pragma once

#include <string>
#include <vector>

#include "cli/document.h"
#include "postgres/ledger.h"

namespace schemaop {

// The rows, in their order:
//   text, table  a line each under a header; wide adds duration, checksum, plan hash and message
//   json, yaml   a list of objects with every field, the SQL and the hashes included
//   name         the sequence numbers, a line each
std::string ListLedgerRows(OutputFormat format, const std::vector<LedgerRow>& rows);

}  // namespace schemaop
