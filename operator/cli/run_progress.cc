#include "cli/run_progress.h"

#include <fmt/format.h>

#include "revision/step_line.h"

namespace schemaop {

void ProgressPrinter::operator()(const RunProgress& progress) {
  if (progress.phase == RunProgress::Phase::kWaitingForLock) {
    if (!progress.holder || progress.holder == announced_holder_) return;
    announced_holder_ = progress.holder;
    output_.Progress("Waiting for the migration lock, held by " + DescribeHolder(progress.holder));
    return;
  }
  if (progress.step == announced_step_) return;
  announced_step_ = progress.step;
  if (const Revision* revision = graph_.Find(progress.revision)) {
    output_.Progress(StepLine(*revision, progress.direction));
  }
}

std::string DescribeHolder(const std::optional<LockHolder>& holder) {
  if (!holder) return "another session";
  std::string text = fmt::format("pid {}", holder->pid);
  if (!holder->application.empty()) text += fmt::format(" ({})", holder->application);
  if (!holder->since.empty()) text += " since " + holder->since;
  return text;
}

}  // namespace schemaop
