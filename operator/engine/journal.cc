#include "engine/journal.h"

#include <algorithm>
#include <utility>

#include "sql/interruptible.h"

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

// As far as the journal knows.
int CountStatements(const std::vector<LedgerRow>& journal) {
  int statements = 0;
  for (const LedgerRow& row : journal) statements = std::max(statements, row.statement);
  return statements;
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

std::optional<LedgerRow> FirstEffectBehind(const std::vector<LedgerRow>& journal, int statement) {
  const int statements = CountStatements(journal);
  for (int number = statement + 1; number <= statements; ++number) {
    auto last = LastWord(journal, number);
    if (last && (last->kind == LedgerKind::kIntent || SaysDone(*last))) return last;
  }
  return std::nullopt;
}

std::vector<LedgerRow> OpenIntents(const std::vector<LedgerRow>& journal) {
  const int statements = CountStatements(journal);
  std::vector<LedgerRow> intents;
  std::vector<LedgerRow> reopened;
  for (int number = 1; number <= statements; ++number) {
    const auto word = WordOn(journal, number);
    if (!word) continue;
    if (word->reopened) reopened.push_back(Reopened(word->row));
    if (word->row.kind == LedgerKind::kIntent) intents.push_back(word->row);
  }
  intents.insert(intents.end(), reopened.begin(), reopened.end());
  return intents;
}

std::optional<LedgerRow> OpenDoubt(const std::vector<LedgerRow>& journal) {
  for (LedgerRow& intent : OpenIntents(journal)) {
    if (!EffectOf(intent.up_sql)) return std::move(intent);
  }
  return std::nullopt;
}

}  // namespace schemaop
