#include "engine/journal.h"

#include <algorithm>

namespace schemaop {
namespace {

bool IsDowngrade(const LedgerRow& row) {
  return row.kind == LedgerKind::kApplied && row.direction == Direction::kDowngrade;
}

bool SaysDone(const LedgerRow& row) {
  return row.kind == LedgerKind::kDone ||
         (row.kind == LedgerKind::kResolved && row.message == kResolvedDone);
}

LedgerRow Reopened(LedgerRow row) {
  if (row.kind == LedgerKind::kResolved) row.message.clear();
  row.kind = LedgerKind::kIntent;
  return row;
}

constexpr std::string_view kIn = "in ";

}  // namespace

std::string InSchema(const std::string& schema) { return std::string(kIn) + schema; }

std::optional<std::string> SchemaIn(const std::string& note) {
  return note.starts_with(kIn) ? std::optional(note.substr(kIn.size())) : std::nullopt;
}

std::optional<LedgerRow> LastWord(const std::vector<LedgerRow>& journal, int number) {
  std::optional<LedgerRow> last;
  for (const LedgerRow& row : journal) {
    if (row.kind == LedgerKind::kStamped && last && last->kind == LedgerKind::kIntent) last.reset();
    if (IsDowngrade(row) && last && SaysDone(*last)) last = Reopened(*std::move(last));
    if (row.statement == number) last = row;
  }
  return last;
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
