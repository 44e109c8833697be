#include "engine/journal.h"

#include <algorithm>

namespace schemaop {

std::optional<LedgerRow> LastWord(const std::vector<LedgerRow>& journal, int number) {
  const LedgerRow* last = nullptr;
  for (const LedgerRow& row : journal) {
    const bool settles =
        row.kind == LedgerKind::kStamped && last != nullptr && last->kind == LedgerKind::kIntent;
    if (settles) last = nullptr;
    if (row.statement == number) last = &row;
  }
  return last == nullptr ? std::nullopt : std::optional(*last);
}

std::optional<LedgerRow> OpenIntent(const std::vector<LedgerRow>& journal) {
  int statements = 0;
  for (const LedgerRow& row : journal) statements = std::max(statements, row.statement);
  for (int number = 1; number <= statements; ++number) {
    auto last = LastWord(journal, number);
    if (last && last->kind == LedgerKind::kIntent) return last;
  }
  return std::nullopt;
}

}  // namespace schemaop
