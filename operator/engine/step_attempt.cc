#include "engine/step_attempt.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/fault_point.h"
#include "engine/own_transaction.h"
#include "engine/session_guard.h"
#include "engine/step_transaction.h"
#include "engine/submitted_statement.h"
#include "revision/inverse_step.h"
#include "sql/classify.h"

namespace schemaop {
namespace {

using Clock = std::chrono::steady_clock;

// A batch whose first statement fails has cost no more than sending these.
constexpr std::size_t kMostAtOnce = 100;

Result<void> ReachSending() {
  SCHEMAOP_FAULT_POINT("engine.statement.sending");
  return {};
}

SqlError AsSqlError(const Error& error) { return {.code = error.code, .message = error.message}; }

// The statements of one section, in the open transaction. Those that may be trusted are sent
// together with the next one, and with what the guard asks about all of them.
class StatementRun {
 public:
  // `ending`: the steps of the transaction, when this is the last of them.
  StatementRun(TargetDatabase& database, const SessionGuard& guard, const StepContext& context,
               std::span<const StepContext> ending)
      : database_(database),
        guard_(guard),
        context_(context),
        ending_(ending),
        statements_(context.section.statements) {}

  // Leaves the transaction to our own SQL.
  StepDone Run() {
    bool ours = false;
    for (std::size_t next = 0; next < statements_.size();) {
      if (context_.stop.stop_requested()) {
        return Failed({ErrorCode::kCancelled, "stopped on request"});
      }
      auto harmless = SessionGuard::Before(statements_[next]);
      if (!harmless) return Failed(next, AsSqlError(harmless.error()));
      const StatementRange range = From(next);
      next += range.count;
      ours = next == statements_.size();
      auto ran = IsCopy(range.first) ? RunAlone(range.first) : RunTogether(range);
      if (!ran) return ran;
    }
    SCHEMAOP_FAULT_POINT_OR("engine.lock.verified", Failed(fault));
    if (ours) return {};
    // What earlier steps put off happens before COMMIT all the same.
    if (ending_.size() > 1) return Ask(Next::kCommit, std::nullopt);
    if (auto own = database_.EnterOwn(context_.stop); !own) return Failed(own.error());
    return {};
  }

 private:
  using Culprit = SessionGuard::Culprit;
  using Next = SessionGuard::Next;

  // libpq copies no data within a pipeline.
  bool IsCopy(std::size_t index) const {
    return statements_[index].copy_data || Classify(statements_[index]).tag == "COPY";
  }

  // What is sent together: up to the first statement that is not trusted, and never past one that
  // may not be sent at all or not with others.
  StatementRange From(std::size_t first) const {
    std::size_t end = first + 1;
    if (database_.options().sending == StatementSending::kOneByOne) return {first, 1};
    while (end < statements_.size() && end - first < kMostAtOnce &&
           guard_.Trusts(statements_[end - 1]) && SessionGuard::Before(statements_[end]) &&
           !IsCopy(end)) {
      ++end;
    }
    return {first, end - first};
  }

  Next After(std::size_t last) const {
    if (last + 1 < statements_.size()) return Next::kSubmitted;
    return ending_.empty() ? Next::kOwn : Next::kCommit;
  }

  StepDone RunTogether(StatementRange range) {
    const std::size_t last = range.first + range.count - 1;
    Result<void> sending;
    const auto starting = [&sending] {
      if (auto reached = ReachSending(); !reached) sending = reached;
    };
    const PipelineAnswer answer =
        RunSubmittedTogether(database_, context_, range, guard_.Questions(After(last)), starting);
    if (!sending) return Failed(sending.error());
    if (answer.error && answer.done.size() < range.count) {
      return Failed(range.first + answer.done.size(), *answer.error);
    }
    SCHEMAOP_FAULT_POINT_OR("engine.statement.answered", Failed(fault));
    // A trusted statement that is the last was not asked about before.
    const bool trusted = guard_.Trusts(statements_[last]);
    return Kept(answer, range.count, After(last), trusted ? std::nullopt : std::optional(last));
  }

  StepDone RunAlone(std::size_t index) {
    SCHEMAOP_FAULT_POINT_OR("engine.statement.sending", Failed(fault));
    auto done = RunSubmitted(database_, context_, index);
    if (!done) return Failed(index, done.error());
    SCHEMAOP_FAULT_POINT_OR("engine.statement.answered", Failed(fault));
    return Ask(After(index), index);
  }

  // The guard's questions, in a round trip of their own.
  StepDone Ask(Next next, std::optional<std::size_t> culprit) const {
    const PipelineInput input{.statements = guard_.Questions(next)};
    return Kept(database_.session().Pipeline(input, context_.stop), 0, next, culprit);
  }

  // What `answer` says to the guard's questions, behind `before` statements; `culprit`: whom to
  // name if not the whole revision.
  StepDone Kept(const PipelineAnswer& answer, std::size_t before, Next next,
                std::optional<std::size_t> culprit) const {
    if (next == Next::kCommit && answer.done.size() == before) {
      return tl::unexpected(RefusedCommit(ending_, *answer.error));
    }
    const auto verdict =
        guard_.Judge(answer, culprit ? Culprit::kStatement : Culprit::kRevision, context_.stop);
    if (verdict) return {};
    const SqlError error = AsSqlError(verdict.error());
    if (culprit) return Failed(*culprit, error);
    return tl::unexpected(FailRevision(context_, error, context_.revision.file));
  }
  tl::unexpected<StepFailure> Failed(Error error) const {
    return tl::unexpected(FailStep(context_, std::move(error)));
  }
  tl::unexpected<StepFailure> Failed(std::size_t index, const SqlError& error) const {
    return tl::unexpected(FailStatement(context_, index, error));
  }

  TargetDatabase& database_;
  const SessionGuard& guard_;
  const StepContext& context_;
  const std::span<const StepContext> ending_;
  const std::vector<Statement>& statements_;
};

Result<std::int64_t> WriteRows(TargetDatabase& database, const OwnTransaction& transaction,
                               const StepContext& context) {
  SCHEMAOP_FAULT_POINT("engine.statements.done");
  return RecordStep(database, transaction, context);
}

// One section with its rows, in the open transaction, in which submitted SQL may begin; `before`:
// how many others it has seen; `ending`: see StatementRun. Returns the sequence of its ledger row.
tl::expected<std::int64_t, StepFailure> RunSection(TargetDatabase& database,
                                                   const OwnTransaction& transaction,
                                                   const StepContext& context, std::size_t before,
                                                   std::span<const StepContext> ending) {
  const SessionGuard guard(database, transaction, RowsBefore(context.step), before);
  if (auto ran = StatementRun(database, guard, context, ending).Run(); !ran) {
    return tl::unexpected(std::move(ran.error()));
  }
  auto written = WriteRows(database, transaction, context);
  if (!written) return tl::unexpected(FailStep(context, written.error()));
  return *written;
}

// BEGIN, and what our own tables need, to the point where submitted SQL may begin.
Result<OwnTransaction> Begin(TargetDatabase& database, std::chrono::milliseconds lock_timeout,
                             const std::stop_token& stop) {
  if (auto extended = ExtendLedgerAlone(database, stop); !extended) return Fail(extended.error());
  const bool lacking = database.lacks_tables();
  auto transaction = OwnTransaction::Begin(
      database, lock_timeout, lacking ? OwnTransaction::For::kOwn : OwnTransaction::For::kSubmitted,
      stop);
  if (!transaction || !lacking) return transaction;
  if (auto created = database.CreateMissing(stop); !created) return Fail(created.error());
  if (auto entered = database.EnterSubmitted(stop); !entered) return Fail(entered.error());
  return transaction;
}

// What the section before left behind is undone, as a COMMIT and a reset between the two would.
Result<void> ForgetSection(TargetDatabase& database, OwnTransaction& transaction,
                           const std::stop_token& stop) {
  if (auto reset = database.Reset(stop); !reset) return reset;
  if (auto limits = transaction.SetLimits(stop); !limits) return limits;
  return database.EnterSubmitted(stop);
}

AppliedStep Describe(const StepContext& context, std::int64_t sequence, Clock::time_point began) {
  return {.sequence = sequence,
          .revision = context.revision.id,
          .direction = context.step.direction,
          .at = {},
          .duration = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began)};
}

}  // namespace

tl::expected<std::vector<AppliedStep>, StepFailure> AttemptSteps(
    std::unique_ptr<TargetDatabase>& database, std::span<const StepContext> steps,
    std::chrono::milliseconds lock_timeout, OwnTransaction::Follower follower) {
  const StepContext& first = steps.front();
  auto transaction = Begin(*database, lock_timeout, first.stop);
  if (!transaction) return tl::unexpected(FailStep(first, transaction.error()));
  std::vector<AppliedStep> applied;
  for (StepContext step : steps) {
    if (!applied.empty()) {
      auto forgotten = ForgetSection(*database, *transaction, step.stop);
      if (!forgotten) return tl::unexpected(FailStep(step, forgotten.error()));
    }
    const auto began = Clock::now();
    step.started = std::chrono::system_clock::now();
    const bool last = applied.size() + 1 == steps.size();
    auto ran = RunSection(*database, *transaction, step, applied.size(),
                          last ? steps : std::span<const StepContext>());
    if (!ran) return tl::unexpected(std::move(ran.error()));
    applied.push_back(Describe(step, *ran, began));
  }
  auto committed = CommitSteps(database, *transaction, steps.back().step.heads_after, steps,
                               first.stop, follower);
  if (!committed) return tl::unexpected(std::move(committed.error()));
  SCHEMAOP_CRASH_POINT("engine.section.committed");
  if (!follower) database->PutOffReset();
  for (AppliedStep& step : applied) step.at = std::chrono::system_clock::now();
  return applied;
}

}  // namespace schemaop
