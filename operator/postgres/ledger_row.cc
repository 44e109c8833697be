#include <string>

#include "base/sha256.h"
#include "base/text.h"
#include "postgres/ledger.h"
#include "postgres/ledger_text.h"

namespace schemaop {
namespace {

void AddField(std::string& bytes, const std::string& text) {
  bytes += std::to_string(text.size());
  bytes += ':';
  bytes += text;
}

}  // namespace

std::string LedgerRowHash(const std::string& version_table, const LedgerRow& row) {
  std::string bytes;
  AddField(bytes, version_table);
  AddField(bytes, std::to_string(row.sequence));
  AddField(bytes, std::string(LedgerKindName(row.kind)));
  AddField(bytes, row.revision);
  AddField(bytes, std::string(DirectionName(row.direction)));
  AddField(bytes, Join(row.parents, ","));
  AddField(bytes, row.message);
  AddField(bytes, row.checksum);
  AddField(bytes, row.up_sql);
  AddField(bytes, row.down_sql ? "1" : "0");
  AddField(bytes, row.down_sql.value_or(""));
  AddField(bytes, std::to_string(row.statement));
  AddField(bytes, row.transaction_id);
  AddField(bytes, FormatRfc3339Micro(row.started));
  AddField(bytes, FormatRfc3339Micro(row.finished));
  AddField(bytes, row.actor);
  AddField(bytes, row.plan_hash);
  AddField(bytes, row.previous_hash);
  if (!row.depends_on.empty()) {
    AddField(bytes, "depends_on");
    AddField(bytes, Join(row.depends_on, ","));
  }
  if (row.down_transactional) {
    AddField(bytes, "down_transactional");
    AddField(bytes, *row.down_transactional ? "1" : "0");
  }
  return Sha256Hex(bytes);
}

Result<void> VerifyLedgerChain(const std::string& version_table,
                               const std::vector<LedgerRow>& rows) {
  std::int64_t expected = 1;
  std::string previous;
  for (const LedgerRow& row : rows) {
    if (row.sequence != expected || row.previous_hash != previous) {
      return Fail(ErrorCode::kConflict, "the ledger of " + version_table + " has no row " +
                                            std::to_string(expected) + " that row " +
                                            std::to_string(row.sequence) +
                                            " follows: rows were removed or replaced");
    }
    if (row.hash != LedgerRowHash(version_table, row)) {
      return Fail(ErrorCode::kConflict, "row " + std::to_string(row.sequence) +
                                            " of the ledger of " + version_table + " (revision " +
                                            row.revision + ") was changed after it was written");
    }
    previous = row.hash;
    ++expected;
  }
  return {};
}

}  // namespace schemaop
