#include "cli/run_progress.h"

#include <utility>

#include <fmt/format.h>

#include "base/time.h"
#include "revision/blocker_line.h"
#include "revision/step_line.h"

namespace schemaop {

void ProgressPrinter::operator()(const RunProgress& progress) {
  if (progress.phase == RunProgress::Phase::kWaitingForLock) {
    if (!progress.holder || progress.holder == announced_holder_) return;
    announced_holder_ = progress.holder;
    output_.Progress("Waiting for the migration lock, held by " + DescribeHolder(progress.holder));
    return;
  }
  // A step that is tried again is the same step.
  if (progress.step > announced_step_) {
    announced_step_ = progress.step;
    if (const Revision* revision = graph_->Find(progress.revision)) {
      output_.Progress(StepLine(*revision, progress.direction));
    }
  }
  SayBlockers(progress);
  SayBuild(progress);
}

void ProgressPrinter::SayBlockers(const RunProgress& progress) {
  std::vector<int> pids;
  for (const Blocker& blocker : progress.blockers) pids.push_back(blocker.pid);
  // Between two looks nobody may seem to be in the way; only others are news.
  if (pids.empty() || pids == announced_blockers_) return;
  announced_blockers_ = std::move(pids);
  output_.Progress("Waiting on " + DescribeBlockers(progress.blockers));
}

void ProgressPrinter::SayBuild(const RunProgress& progress) {
  if (!progress.build || progress.build->phase == announced_phase_) return;
  announced_phase_ = progress.build->phase;
  output_.Progress(fmt::format("Statement {} of {}: {}", progress.statement, progress.statements,
                               announced_phase_));
}

std::string DescribeReceipt(const Receipt& receipt) {
  std::string text;
  if (receipt.retries > 0) {
    text = fmt::format(
        "{} rolled back and tried again to let others pass",
        receipt.retries == 1 ? "1 attempt was" : fmt::format("{} attempts were", receipt.retries));
  }
  if (receipt.others_waited.count() > 0) {
    text += fmt::format("{}another session was seen waiting {} for this run, none longer",
                        text.empty() ? "" : "; ", FormatDuration(receipt.others_waited));
  } else if (!text.empty()) {
    text += "; no other session was seen waiting for this run";
  }
  return text;
}

std::string DescribeHolder(const std::optional<LockHolder>& holder) {
  if (!holder) return "another session";
  std::string text = fmt::format("pid {}", holder->pid);
  if (!holder->application.empty()) text += fmt::format(" ({})", holder->application);
  if (!holder->since.empty()) text += " since " + holder->since;
  return text;
}

}  // namespace schemaop
