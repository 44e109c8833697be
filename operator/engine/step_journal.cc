#include "engine/step_journal.h"

#include <string>
#include <utility>

#include "engine/journal.h"
#include "engine/own_transaction.h"
#include "sql/interruptible.h"

namespace schemaop {

Result<std::vector<LedgerRow>> ReadStepJournal(TargetDatabase& database,
                                               const StepContext& context) {
  if (auto reset = database.ResetIfDue(context.stop); !reset) return Fail(reset.error());
  if (auto extended = ExtendLedgerAlone(database, context.stop); !extended) {
    return Fail(extended.error());
  }
  auto exists = database.ledger().Exists(context.stop);
  if (!exists) return Fail(exists.error());
  if (!*exists) return std::vector<LedgerRow>();
  return database.ledger().Journal(context.revision.id, context.step.direction, context.stop);
}

StepDone CheckNothingRan(TargetDatabase& database, const StepContext& context) {
  auto journal = ReadStepJournal(database, context);
  if (!journal) return tl::unexpected(FailStep(context, journal.error()));
  const auto ran = FirstEffectBehind(*journal, 0);
  if (!ran) return {};
  return tl::unexpected(LostStatement(context, *ran, "where the revision is run whole by now"));
}

StepFailure LostStatement(const StepContext& context, const LedgerRow& row,
                          const std::string& why) {
  const bool open = row.kind == LedgerKind::kIntent;
  std::string message = "statement " + std::to_string(row.statement) + " of an earlier text " +
                        (open ? "may have run" : "was run") + " outside a transaction, " + why +
                        "; put that text back";
  // What can be seen in the database is not for a person to say.
  if (open && !EffectOf(row.up_sql)) {
    message +=
        " or, when it had no effect, run: schemactl resolve " + context.revision.id + " --retry";
  }
  return FailRevision(context, {.code = ErrorCode::kConflict, .message = std::move(message)},
                      context.revision.file);
}

}  // namespace schemaop
