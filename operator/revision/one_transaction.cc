#include "revision/one_transaction.h"

#include <string>

namespace schemaop {

Result<void> CheckOneTransaction(const RevisionGraph& graph, const Plan& plan) {
  for (const Step& step : plan.steps) {
    const Revision* revision = graph.Find(step.revision);
    if (revision == nullptr) continue;
    const bool up = step.direction == Direction::kUpgrade;
    if (!up && !revision->downgrade) continue;
    const Section& section = up ? revision->upgrade : *revision->downgrade;
    if (section.transactional) continue;
    const std::string& file = section.file.empty() ? revision->file : section.file;
    return Fail(ErrorCode::kInvalid,
                file + ": the " + (up ? "upgrade" : "downgrade") + " of revision " + revision->id +
                    " runs outside a transaction, so these steps cannot be one transaction: give "
                    "each revision its own (transactionMode: PerRevision, --transaction-mode "
                    "per-revision), or go to the revisions before and behind it in runs of their "
                    "own; nothing was changed");
  }
  return {};
}

}  // namespace schemaop
