#include "engine/transactional_section.h"

#include "engine/patient_transaction.h"
#include "engine/step_attempt.h"

namespace schemaop {

tl::expected<std::vector<AppliedStep>, StepFailure> RunTransactionalSections(
    std::unique_ptr<TargetDatabase>& database, std::span<const StepContext> steps, Sequel sequel) {
  OwnTransaction::Follower follower;  // its first attempt
  if (sequel == Sequel::kTransactional) follower = FirstLockTimeout(database->options());
  return TryPatiently(
      database, steps,
      [&](std::span<const StepContext> attempt, std::chrono::milliseconds lock_timeout) {
        return AttemptSteps(database, attempt, lock_timeout, follower);
      });
}

}  // namespace schemaop
