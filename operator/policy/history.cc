#include "policy/history.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "policy/message.h"

namespace schemaop {
namespace {

constexpr std::size_t kMostKept = 10;

void Append(SchemaVersionStatus& status, AppliedStatus applied) {
  status.last_applied = applied;
  status.history.push_back(std::move(applied));
  if (status.history.size() > kMostKept) {
    status.history.erase(status.history.begin(),
                         status.history.end() - static_cast<std::ptrdiff_t>(kMostKept));
  }
}

bool IsSame(const AppliedStatus& applied, const LedgerEntry& entry) {
  return applied.revision == entry.revision && applied.direction == ShowDirection(entry.direction);
}

// The first entry that status does not tell of.
std::vector<LedgerEntry>::const_iterator FirstUntold(const SchemaVersionStatus& status,
                                                     const std::vector<LedgerEntry>& ledger) {
  if (!status.last_applied) return ledger.begin();
  const auto told = std::find_if(ledger.begin(), ledger.end(), [&](const LedgerEntry& entry) {
    return IsSame(*status.last_applied, entry);
  });
  if (told != ledger.end()) return told + 1;
  // The last told step was undone since: its revision's entry is a newer one, and only the times
  // are left to compare.
  return std::find_if(ledger.begin(), ledger.end(), [&](const LedgerEntry& entry) {
    const auto at = ParseRfc3339(entry.finished_at);
    return at && *at > status.last_applied->at;
  });
}

}  // namespace

void AppendApplied(SchemaVersionStatus& status, const std::vector<AppliedStep>& applied) {
  std::vector<AppliedStatus> steps;
  for (const AppliedStep& step : applied) {
    steps.push_back({step.revision, ShowDirection(step.direction),
                     std::chrono::floor<std::chrono::seconds>(step.at),
                     FormatDuration(step.duration)});
  }
  // A run takes each revision once, so the newest one told says how much of the run was told. Older
  // ones say nothing: within one second a revision can go up, down and up again.
  const auto newest = std::find(steps.begin(), steps.end(), status.last_applied);
  for (auto step = newest == steps.end() ? steps.begin() : newest + 1; step != steps.end();
       ++step) {
    Append(status, std::move(*step));
  }
}

void AdoptLedger(SchemaVersionStatus& status, const std::vector<LedgerEntry>& ledger) {
  const std::vector<LedgerEntry> untold(FirstUntold(status, ledger), ledger.end());
  for (const LedgerEntry& entry : untold) {
    const auto at = ParseRfc3339(entry.finished_at);
    if (!at) continue;
    Append(status, {entry.revision, ShowDirection(entry.direction),
                    std::chrono::floor<std::chrono::seconds>(*at), entry.duration});
  }
}

}  // namespace schemaop
