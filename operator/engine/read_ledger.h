// Reading the ledger, for a person to look at.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "engine/database_options.h"
#include "postgres/ledger.h"

namespace schemaop {

struct LedgerReading {
  std::string version_table;    // whose ledger it is: "public.alembic_version"
  std::vector<LedgerRow> rows;  // oldest first; none when there is no ledger
};

// The rows that `filter` asks for; changes nothing. Errors as ObserveDatabase's.
Result<LedgerReading> ReadLedger(const DatabaseOptions& options, const LedgerFilter& filter,
                                 const std::stop_token& stop);

}  // namespace schemaop
