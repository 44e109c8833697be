#include "engine/read_ledger.h"

#include <utility>

#include "engine/target_database.h"

namespace schemaop {

Result<LedgerReading> ReadLedger(const DatabaseOptions& options, const LedgerFilter& filter,
                                 const std::stop_token& stop) {
  auto database = TargetDatabase::Open(options, stop);
  if (!database) return Fail(database.error());
  LedgerReading reading{(*database)->version_table().Label(), {}};
  auto exists = (*database)->ledger().Exists(stop);
  if (!exists) return Fail(exists.error());
  if (!*exists) return reading;
  auto rows = (*database)->ledger().Rows(filter, stop);
  if (!rows) return Fail(rows.error());
  reading.rows = *std::move(rows);
  return reading;
}

}  // namespace schemaop
