#include "policy/progress.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "base/time.h"
#include "policy/message.h"

namespace schemaop {
namespace {

std::string PhaseOf(const RunProgress& progress) {
  if (progress.phase == RunProgress::Phase::kHeldBack) {
    return "held back after attempt " + std::to_string(progress.attempt);
  }
  if (!progress.blockers.empty()) return "waiting for a lock";
  return progress.build ? progress.build->phase : "";
}

BlockerStatus BlockerOf(const Blocker& blocker) {
  const auto since = ParseRfc3339(blocker.since);
  return {blocker.pid, blocker.application, blocker.state,
          since ? std::optional<Time>(*since) : std::nullopt};
}

bool SameSessions(const std::vector<Blocker>& before, const std::vector<Blocker>& after) {
  return std::equal(before.begin(), before.end(), after.begin(), after.end(),
                    [](const Blocker& a, const Blocker& b) { return a.pid == b.pid; });
}

}  // namespace

ProgressStatus ProgressOf(const RunProgress& progress) {
  ProgressStatus status{progress.revision,  ShowDirection(progress.direction),
                        progress.step,      progress.steps,
                        progress.statement, progress.statements};
  status.phase = PhaseOf(progress);
  if (progress.build) {
    status.blocks_done = progress.build->blocks_done;
    status.blocks_total = progress.build->blocks_total;
  }
  if (!progress.blockers.empty()) status.blocked_by = BlockerOf(progress.blockers.front());
  if (progress.began) status.started_at = std::chrono::floor<std::chrono::seconds>(*progress.began);
  return status;
}

bool IsNews(const RunProgress& before, const RunProgress& after) {
  return before.revision != after.revision || before.phase != after.phase ||
         before.direction != after.direction || before.holder != after.holder ||
         PhaseOf(before) != PhaseOf(after) || !SameSessions(before.blockers, after.blockers);
}

}  // namespace schemaop
