#include "policy/history.h"

#include <cstddef>
#include <cstdint>
#include <optional>
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

// Forgets what is told of ledger rows from `sequence` on.
void ForgetFrom(SchemaVersionStatus& status, std::int64_t sequence) {
  std::erase_if(status.history,
                [&](const AppliedStatus& told) { return told.sequence >= sequence; });
  status.last_applied =
      status.history.empty() ? std::nullopt : std::optional(status.history.back());
}

}  // namespace

void AppendApplied(SchemaVersionStatus& status, const std::vector<AppliedStep>& applied) {
  if (applied.empty()) return;
  ForgetFrom(status, applied.front().sequence);
  for (const AppliedStep& step : applied) {
    Append(status,
           {step.sequence, step.revision, ShowDirection(step.direction),
            std::chrono::floor<std::chrono::seconds>(step.at), FormatDuration(step.duration)});
  }
}

void AdoptLedger(SchemaVersionStatus& status, const std::vector<LedgerEntry>& ledger) {
  ForgetFrom(status, ledger.empty() ? 1 : ledger.back().sequence + 1);
  const std::int64_t told = status.last_applied ? status.last_applied->sequence : 0;
  for (const LedgerEntry& entry : ledger) {
    const auto at = ParseRfc3339(entry.finished_at);
    if (entry.sequence <= told || !at) continue;
    Append(status, {entry.sequence, entry.revision, ShowDirection(entry.direction),
                    std::chrono::floor<std::chrono::seconds>(*at), entry.duration});
  }
}

}  // namespace schemaop
