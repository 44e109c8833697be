#include "engine/live_steps.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "engine/journalled_section.h"
#include "engine/step_journal.h"
#include "engine/transactional_section.h"

namespace schemaop {

tl::expected<std::vector<AppliedStep>, StepFailure> LiveSteps::Take(
    std::span<const PlannedStep> steps, const StatementProgress& progress) {
  std::vector<StepContext> contexts;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const PlannedStep& planned = steps[i];
    contexts.push_back(
        {.step = *planned.step,
         .revision = *planned.revision,
         .section = planned.section(),
         .progress = [&progress, i](const StepMoment& moment) { progress(i, moment); },
         .monitor = monitor_,
         .receipt = receipt_,
         .identity = identity_,
         .depends_on = DependenciesOf(planned.revision->id),
         .started = std::chrono::system_clock::now(),
         .stop = stop_,
         .attempt = 1});
  }
  const Sequel sequel = std::exchange(sequel_, Sequel::kUnknown);
  if (!contexts.front().section.transactional) return TakeJournalled(contexts.front());
  if (auto whole = CheckBegun(contexts); !whole) return tl::unexpected(std::move(whole.error()));
  return RunTransactionalSections(database_, contexts, sequel);
}

StepDone LiveSteps::CheckBegun(const std::vector<StepContext>& contexts) const {
  for (const StepContext& context : contexts) {
    const bool begun = std::find(begun_.begin(), begun_.end(), context.revision.id) != begun_.end();
    if (!begun) continue;
    if (auto checked = CheckNothingRan(*database_, context); !checked) return checked;
  }
  return {};
}

void LiveSteps::Expect(const PlannedStep& next) {
  if (next.section().transactional) sequel_ = Sequel::kTransactional;
}

std::vector<RevisionId> LiveSteps::DependenciesOf(const RevisionId& id) const {
  const auto index = graph_.IndexOf(id);
  return index ? graph_.Ids(graph_.Dependencies(*index)) : std::vector<RevisionId>();
}

Receipt LiveSteps::receipt() const {
  Receipt receipt = receipt_;
  receipt.others_waited = monitor_.longest_wait();
  return receipt;
}

tl::expected<std::vector<AppliedStep>, StepFailure> LiveSteps::TakeJournalled(
    const StepContext& context) {
  const auto began = std::chrono::steady_clock::now();
  auto done = RunJournalledSection(database_, context);
  if (!done) return tl::unexpected(std::move(done.error()));
  const auto took = std::chrono::steady_clock::now() - began;
  return std::vector{
      AppliedStep{.sequence = *done,
                  .revision = context.revision.id,
                  .direction = context.step.direction,
                  .at = std::chrono::system_clock::now(),
                  .duration = std::chrono::duration_cast<std::chrono::milliseconds>(took)}};
}

}  // namespace schemaop
