#include "postgres/ledger_text.h"

#include <array>
#include <utility>

namespace schemaop {
namespace {

constexpr std::array<std::pair<LedgerKind, std::string_view>, 7> kKinds = {{
    {LedgerKind::kApplied, "applied"},
    {LedgerKind::kStamped, "stamped"},
    {LedgerKind::kIntent, "intent"},
    {LedgerKind::kDone, "done"},
    {LedgerKind::kFailed, "failed"},
    {LedgerKind::kResolved, "resolved"},
    {LedgerKind::kAccepted, "accepted"},
}};

}  // namespace

std::string_view LedgerKindName(LedgerKind kind) {
  for (const auto& [known, name] : kKinds) {
    if (known == kind) return name;
  }
  return "";
}

LedgerKind LedgerKindNamed(std::string_view name) {
  for (const auto& [kind, known] : kKinds) {
    if (known == name) return kind;
  }
  return LedgerKind::kApplied;
}

std::string_view DirectionName(Direction direction) {
  return direction == Direction::kUpgrade ? "upgrade" : "downgrade";
}

}  // namespace schemaop
