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
  StatementRun(TargetDatabase& database, const SessionGuard& guard, const StepContext& context)
      : database_(database),
        guard_(guard),
        context_(context),
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
    return last + 1 == statements_.size() ? Next::kOwn : Next::kSubmitted;
  }

  StepDone RunTogether(StatementRange range) {
    const std::size_t last = range.first + range.count - 1;
    Result<void> sending;
    const auto starting = [&sending] {
      if (auto reached = ReachSending(); !reached) sending = reached;
    };
    PipelineAnswer answer =
        RunSubmittedTogether(database_, context_, range, guard_.Question(After(last)), starting);
    if (!sending) return Failed(sending.error());
    if (answer.error && answer.done.size() < range.count) {
      return Failed(range.first + answer.done.size(), *answer.error);
    }
    SCHEMAOP_FAULT_POINT_OR("engine.statement.answered", Failed(fault));
    const SqlResult<Rows> said = answer.error
                                     ? SqlResult<Rows>(tl::unexpected(std::move(*answer.error)))
                                     : std::move(answer.done.back().rows);
    // A trusted statement that is the last was not asked about before.
    const bool trusted = guard_.Trusts(statements_[last]);
    return Kept(
        guard_.Judge(said, trusted ? Culprit::kRevision : Culprit::kStatement, context_.stop),
        trusted ? std::nullopt : std::optional(last));
  }

  StepDone RunAlone(std::size_t index) {
    SCHEMAOP_FAULT_POINT_OR("engine.statement.sending", Failed(fault));
    auto done = RunSubmitted(database_, context_, index);
    if (!done) return Failed(index, done.error());
    SCHEMAOP_FAULT_POINT_OR("engine.statement.answered", Failed(fault));
    return Kept(guard_.Ask(Culprit::kStatement, After(index), context_.stop), index);
  }

  StepDone Kept(const Result<void>& verdict, std::optional<std::size_t> culprit) const {
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
  const std::vector<Statement>& statements_;
};

Result<std::int64_t> WriteRows(TargetDatabase& database, const OwnTransaction& transaction,
                               const StepContext& context) {
  SCHEMAOP_FAULT_POINT("engine.statements.done");
  return RecordStep(database, transaction, context);
}

// One section with its rows, in the open transaction, in which submitted SQL may begin; `before`:
// how many others it has seen. Returns the sequence of its ledger row.
tl::expected<std::int64_t, StepFailure> RunSection(TargetDatabase& database,
                                                   const OwnTransaction& transaction,
                                                   const StepContext& context, std::size_t before) {
  const SessionGuard guard(database, transaction, RowsBefore(context.step), before);
  if (auto ran = StatementRun(database, guard, context).Run(); !ran) {
    return tl::unexpected(std::move(ran.error()));
  }
  auto written = WriteRows(database, transaction, context);
  if (!written) return tl::unexpected(FailStep(context, written.error()));
  return *written;
}

// BEGIN, and what our own tables need, to the point where submitted SQL may begin.
Result<OwnTransaction> Begin(TargetDatabase& database, std::chrono::milliseconds lock_timeout,
                             const std::stop_token& stop) {
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
    auto ran = RunSection(*database, *transaction, step, applied.size());
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
