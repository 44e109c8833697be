#include "engine/journalled_transaction.h"

#include <chrono>
#include <optional>
#include <span>
#include <vector>

#include "base/fault_point.h"
#include "engine/own_transaction.h"
#include "engine/patient_transaction.h"
#include "engine/session_guard.h"
#include "engine/step_transaction.h"
#include "engine/submitted_statement.h"

namespace schemaop {
namespace {

// One attempt.
class JournalledTransaction {
 public:
  JournalledTransaction(std::unique_ptr<TargetDatabase>& database, const StepContext& context,
                        const SectionSettings& settings, JournalWriter& writer, std::size_t index)
      : database_(database),
        context_(context),
        settings_(settings),
        writer_(writer),
        index_(index) {}

  StepDone Run(std::chrono::milliseconds lock_timeout) {
    const std::stop_token& stop = context_.stop;
    auto transaction =
        OwnTransaction::Begin(*database_, lock_timeout, OwnTransaction::For::kOwn, stop);
    if (!transaction) return Failed(transaction.error());
    if (auto created = database_->CreateMissing(stop); !created) return Failed(created.error());
    if (auto ran = Send(*transaction); !ran) return ran;
    if (auto row = writer_.Append(index_, LedgerKind::kDone, "", stop); !row) {
      return Failed(row.error());
    }
    return CommitStep(database_, *transaction, std::nullopt, context_, stop);
  }

 private:
  StepDone Send(OwnTransaction& transaction) {
    const std::stop_token& stop = context_.stop;
    const SessionGuard guard(*database_, transaction, RowsBefore(context_.step), 0);
    auto harmless = SessionGuard::Before(context_.section.statements[index_]);
    if (!harmless) return FailedHere(harmless.error());
    if (auto entered = database_->EnterSubmitted(stop); !entered) return Failed(entered.error());
    if (auto set = Set(transaction); !set) return FailedHere(set.error());
    SCHEMAOP_FAULT_POINT_OR("engine.lone.sending", Failed(fault));
    auto done = RunSubmitted(*database_, context_, index_, {});
    SCHEMAOP_FAULT_POINT_OR("engine.lone.answered", Failed(fault));
    if (!done) return FailedHere(done.error());
    const PipelineAnswer answer = database_->session().Pipeline(
        {.statements = guard.Questions(SessionGuard::Next::kCommit)}, stop);
    if (answer.done.empty()) return tl::unexpected(RefusedCommit({&context_, 1}, *answer.error));
    auto kept = guard.Judge(answer, SessionGuard::Culprit::kStatement, stop);
    if (!kept) return FailedHere(kept.error());
    return {};
  }

  // How long others may have to wait is not the revision's to say.
  Result<void> Set(OwnTransaction& transaction) {
    if (settings_.empty()) return {};
    auto set = settings_.Set(database_->session(), context_.stop);
    if (!set) return Fail(ToError(set.error()));
    return transaction.SetLockTimeout(context_.stop);
  }

  tl::unexpected<StepFailure> Failed(Error error) const {
    return tl::unexpected(FailStep(context_, std::move(error)));
  }
  tl::unexpected<StepFailure> FailedHere(const SqlError& error) const {
    return tl::unexpected(FailStatement(context_, index_, error));
  }
  tl::unexpected<StepFailure> FailedHere(const Error& error) const {
    return FailedHere(SqlError{.code = error.code, .message = error.message});
  }

  std::unique_ptr<TargetDatabase>& database_;
  const StepContext& context_;
  const SectionSettings& settings_;
  JournalWriter& writer_;
  const std::size_t index_;
};

}  // namespace

StepDone RunWithItsRow(std::unique_ptr<TargetDatabase>& database, const StepContext& context,
                       const SectionSettings& settings, JournalWriter& writer, std::size_t index) {
  auto taken = TryPatiently(
      database, {&context, 1},
      [&](std::span<const StepContext> steps, std::chrono::milliseconds lock_timeout)
          -> tl::expected<std::vector<AppliedStep>, StepFailure> {
        JournalledTransaction attempt(database, steps.front(), settings, writer, index);
        if (auto done = attempt.Run(lock_timeout); !done) {
          return tl::unexpected(std::move(done.error()));
        }
        return {};
      });
  if (!taken) return tl::unexpected(std::move(taken.error()));
  if (auto reset = database->Reset({}); !reset) {
    return tl::unexpected(FailStep(context, reset.error()));
  }
  return {};
}

}  // namespace schemaop
