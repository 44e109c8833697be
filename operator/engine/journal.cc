#include "engine/journal.h"

#include <algorithm>
#include <utility>

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

struct Word {
  LedgerRow row;          // as it is stored
  bool reopened = false;  // it says done, and a downgrade may have undone that
};

// A stamp says of intents alone that they did not happen: what was done, and may be undone, is
// nothing that a person was asked about.
std::optional<Word> WordOn(const std::vector<LedgerRow>& journal, int number) {
  std::optional<Word> last;
  for (const LedgerRow& row : journal) {
    const bool settles = row.kind == LedgerKind::kStamped;
    if (settles && last && last->row.kind == LedgerKind::kIntent) last.reset();
    if (IsDowngrade(row) && last && SaysDone(last->row)) last->reopened = true;
    if (row.statement == number) last = Word{row};
  }
  return last;
}

constexpr std::string_view kIn = "in ";

}  // namespace

std::string InSchema(const std::string& schema) { return std::string(kIn) + schema; }

std::optional<std::string> SchemaIn(const std::string& note) {
  return note.starts_with(kIn) ? std::optional(note.substr(kIn.size())) : std::nullopt;
}

std::optional<LedgerRow> LastWord(const std::vector<LedgerRow>& journal, int number) {
  const auto word = WordOn(journal, number);
  if (!word) return std::nullopt;
  return word->reopened ? Reopened(word->row) : word->row;
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
