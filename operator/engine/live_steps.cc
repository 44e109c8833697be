#include "engine/live_steps.h"

#include <chrono>
#include <utility>

#include "base/sha256.h"
#include "engine/commit_witness.h"
#include "engine/interrupted_statement.h"
#include "engine/statement_failure.h"
#include "postgres/advisory_lock.h"

namespace schemaop {

struct LiveSteps::Work {
  const Step& step;
  const Revision& revision;
  const Section& section;
  const StatementProgress& progress;
  Time started;
};

tl::expected<AppliedStep, StepFailure> LiveSteps::Take(const Step& step, const Revision& revision,
                                                       const StatementProgress& progress) {
  const bool up = step.direction == Direction::kUpgrade;
  const auto began = std::chrono::steady_clock::now();
  const Work work{step, revision, up ? revision.upgrade : *revision.downgrade, progress,
                  std::chrono::system_clock::now()};
  auto done = work.section.transactional ? TakeInTransaction(work) : TakeOneByOne(work);
  if (!done) return tl::unexpected(std::move(done.error()));
  const auto took = std::chrono::steady_clock::now() - began;
  AppliedStep applied{.revision = revision.id,
                      .direction = step.direction,
                      .at = std::chrono::system_clock::now(),
                      .duration = std::chrono::duration_cast<std::chrono::milliseconds>(took)};
  return applied;
}

LiveSteps::Done LiveSteps::TakeInTransaction(const Work& work) {
  auto transaction = OwnTransaction::Begin(*database_, stop_);
  if (!transaction) return tl::unexpected(Failure(transaction.error()));
  if (auto ran = RunStatements(work, *transaction); !ran) return ran;
  if (auto finished = FinishTransaction(work, *transaction); !finished) return finished;
  auto reset = database_->Reset(stop_);
  // The revision is committed and has to be reported; a broken session shows itself at the next
  // step.
  (void)reset;
  return {};
}

LiveSteps::Done LiveSteps::RunStatements(const Work& work, OwnTransaction& transaction) {
  if (auto created = database_->CreateMissing(stop_); !created) {
    return tl::unexpected(Failure(created.error()));
  }
  if (auto entered = database_->EnterSubmitted(stop_); !entered) {
    return tl::unexpected(Failure(entered.error()));
  }
  const auto& statements = work.section.statements;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    if (stop_.stop_requested())
      return tl::unexpected(Failure({ErrorCode::kCancelled, "stopped on request"}));
    work.progress(static_cast<int>(i) + 1, static_cast<int>(statements.size()));
    auto done = database_->session().Execute(
        {.sql = statements[i].text, .copy_data = statements[i].copy_data, .deadline = {}}, stop_);
    if (!done) return tl::unexpected(Failure(work, i, done.error()));
    auto open = transaction.CheckStillOpen(stop_);
    if (open) continue;
    const SqlError leak{.code = open.error().code, .message = open.error().message};
    return tl::unexpected(Failure(work, i, leak));
  }
  return {};
}

LiveSteps::Done LiveSteps::FinishTransaction(const Work& work, OwnTransaction& transaction) {
  if (auto own = database_->EnterOwn(stop_); !own) return tl::unexpected(Failure(own.error()));
  auto locked = HoldsLock(database_->session(), database_->lock_key(), stop_);
  if (!locked) return tl::unexpected(Failure(locked.error()));
  if (!*locked) {
    return tl::unexpected(
        Failure({ErrorCode::kRejected,
                 "revision " + work.revision.id +
                     " gave the migration lock away; take pg_advisory_unlock out of it"}));
  }
  if (auto recorded = RecordStep(work); !recorded) return tl::unexpected(Failure(recorded.error()));
  return Commit(transaction, work.step.heads_after, work);
}

Result<void> LiveSteps::RecordStep(const Work& work) {
  for (const VersionChange& change : work.step.changes) {
    auto applied =
        ApplyVersionChange(database_->session(), database_->version_table(), change, stop_);
    if (!applied) return applied;
  }
  LedgerRow row;
  row.kind = LedgerKind::kApplied;
  row.revision = work.revision.id;
  row.direction = work.step.direction;
  row.parents = work.revision.down_revisions;
  row.message = work.revision.message;
  row.checksum = work.revision.checksum;
  row.up_sql = work.revision.upgrade.text;
  if (work.revision.downgrade) row.down_sql = work.revision.downgrade->text;
  row.started = work.started;
  row.finished = std::chrono::system_clock::now();
  row.actor = actor_;
  return database_->ledger().Append(std::move(row), stop_);
}

LiveSteps::Done LiveSteps::Commit(OwnTransaction& transaction, std::optional<Heads> heads_after,
                                  const Work& work) {
  if (stop_.stop_requested())
    return tl::unexpected(Failure({ErrorCode::kCancelled, "stopped on request"}));
  const LostCommit lost{transaction.id(), std::move(heads_after)};
  CommitOutcome outcome = transaction.Commit(stop_);
  switch (outcome.kind) {
    case CommitOutcome::Kind::kCommitted:
      return {};
    case CommitOutcome::Kind::kRolledBack: {
      // Deferred constraints speak up here, for no statement in particular.
      StepFailure failure = Failure(work, 0, outcome.error);
      if (!failure.failure) return tl::unexpected(std::move(failure));
      failure.failure->statement = 0;
      failure.failure->line = 0;
      failure.failure->column = 0;
      failure.error = WithContext(ToError(outcome.error), work.revision.file + ": at COMMIT");
      return tl::unexpected(std::move(failure));
    }
    case CommitOutcome::Kind::kUnknown:
      break;
  }
  const DatabaseOptions& options = database_->options();
  auto verdict = AskWitnesses(options, lost, stop_);
  if (!verdict) return tl::unexpected(Failure(verdict.error()));
  database_ = std::move(verdict->database);
  if (verdict->committed) return {};
  return tl::unexpected(
      Failure({ErrorCode::kUnavailable, "the connection was lost while committing revision " +
                                            work.revision.id + "; nothing of it was committed"}));
}

LiveSteps::Done LiveSteps::TakeOneByOne(const Work& work) {
  for (std::size_t i = 0; i < work.section.statements.size(); ++i) {
    if (auto done = RunJournalled(work, i); !done) return done;
  }
  return FinishOneByOne(work);
}

LiveSteps::Done LiveSteps::FinishOneByOne(const Work& work) {
  auto transaction = OwnTransaction::Begin(*database_, stop_);
  if (!transaction) return tl::unexpected(Failure(transaction.error()));
  // A section without statements has not created them yet.
  if (auto created = database_->CreateMissing(stop_); !created) {
    return tl::unexpected(Failure(created.error()));
  }
  if (auto recorded = RecordStep(work); !recorded) return tl::unexpected(Failure(recorded.error()));
  return Commit(*transaction, work.step.heads_after, work);
}

LiveSteps::Done LiveSteps::RunJournalled(const Work& work, std::size_t index) {
  const Statement& statement = work.section.statements[index];
  auto last = LastWord(work, index);
  if (!last) return tl::unexpected(Failure(last.error()));
  if (!*last) return RunAlone(work, index);
  if ((*last)->kind == LedgerKind::kFailed) {
    RemoveInvalidIndex(database_->session(), statement, database_->schemas(), stop_);
    return RunAlone(work, index);
  }
  if ((*last)->checksum != Sha256Hex(statement.text)) {
    const SqlError changed{.code = ErrorCode::kConflict,
                           .message = "the statement was changed after it had been run"};
    return tl::unexpected(Failure(work, index, changed));
  }
  if ((*last)->kind == LedgerKind::kDone) return {};
  auto verdict = JudgeInterrupted(database_->session(), statement, database_->schemas(), stop_);
  if (!verdict) return tl::unexpected(Failure(verdict.error()));
  switch (*verdict) {
    case Interrupted::kDone:
      return WriteJournal(work, index, LedgerKind::kDone);
    case Interrupted::kRunAgain:
      return RunAlone(work, index);
    case Interrupted::kUnknown:
      break;
  }
  const std::string& id = work.revision.id;
  const SqlError doubt{
      .code = ErrorCode::kInDoubt,
      .message =
          "an earlier run was cut off in this statement, which runs outside a transaction, and its "
          "effect cannot be proved; if it took effect, finish revision " +
          id + " by hand and stamp " + id +
          "; if it did not, stamp the revision the database is at to have it run again"};
  StepFailure failure = Failure(work, index, doubt);
  failure.outcome = RunReport::Outcome::kInDoubt;
  return tl::unexpected(std::move(failure));
}

// What the journal last said of a statement. A stamp after an intent is a person's word that it did
// not happen.
Result<std::optional<LedgerRow>> LiveSteps::LastWord(const Work& work, std::size_t index) {
  auto exists = database_->ledger().Exists(stop_);
  if (!exists) return Fail(exists.error());
  if (!*exists) return std::nullopt;
  auto journal = database_->ledger().Journal(work.revision.id, work.step.direction, stop_);
  if (!journal) return Fail(journal.error());
  std::optional<LedgerRow> last;
  for (LedgerRow& row : *journal) {
    const bool settled =
        row.kind == LedgerKind::kStamped && last && last->kind == LedgerKind::kIntent;
    if (settled) last.reset();
    if (row.statement == static_cast<int>(index) + 1) last = std::move(row);
  }
  return last;
}

LiveSteps::Done LiveSteps::RunAlone(const Work& work, std::size_t index) {
  const Statement& statement = work.section.statements[index];
  if (stop_.stop_requested())
    return tl::unexpected(Failure({ErrorCode::kCancelled, "stopped on request"}));
  work.progress(static_cast<int>(index) + 1, static_cast<int>(work.section.statements.size()));
  if (auto noted = WriteJournal(work, index, LedgerKind::kIntent); !noted) return noted;
  if (auto entered = database_->SwitchToSubmitted(stop_); !entered) {
    return tl::unexpected(Failure(entered.error()));
  }
  StatementInput input{.sql = statement.text, .copy_data = statement.copy_data, .deadline = {}};
  const auto limit = database_->options().non_transactional_timeout;
  if (limit.count() > 0) input.deadline = std::chrono::steady_clock::now() + limit;
  auto done = database_->session().Execute(input, stop_);
  if (!database_->session().connected()) {
    return tl::unexpected(Failure(work, index, done ? SqlError{} : done.error()));
  }
  // The outcome is known now and must be noted even if we were told to stop.
  if (auto reset = database_->Reset({}); !reset) return tl::unexpected(Failure(reset.error()));
  if (!done) {
    RemoveInvalidIndex(database_->session(), statement, database_->schemas(), {});
    (void)WriteJournal(work, index, LedgerKind::kFailed);
    return tl::unexpected(Failure(work, index, done.error()));
  }
  return WriteJournal(work, index, LedgerKind::kDone);
}

LiveSteps::Done LiveSteps::WriteJournal(const Work& work, std::size_t index, LedgerKind kind) {
  const std::stop_token stop = kind == LedgerKind::kIntent ? stop_ : std::stop_token();
  auto transaction = OwnTransaction::Begin(*database_, stop);
  if (!transaction) return tl::unexpected(Failure(transaction.error()));
  if (auto created = database_->CreateMissing(stop); !created) {
    return tl::unexpected(Failure(created.error()));
  }
  LedgerRow row;
  row.kind = kind;
  row.revision = work.revision.id;
  row.direction = work.step.direction;
  row.checksum = Sha256Hex(work.section.statements[index].text);
  row.up_sql = work.section.statements[index].text;
  row.statement = static_cast<int>(index) + 1;
  row.started = work.started;
  row.finished = std::chrono::system_clock::now();
  row.actor = actor_;
  if (auto written = database_->ledger().Append(std::move(row), stop); !written) {
    return tl::unexpected(Failure(written.error()));
  }
  return Commit(*transaction, std::nullopt, work);
}

StepFailure LiveSteps::Failure(Error error) const {
  const bool stopped = stop_.stop_requested() && (error.code == ErrorCode::kCancelled ||
                                                  error.code == ErrorCode::kUnavailable);
  if (stopped) error.code = ErrorCode::kCancelled;
  return {.outcome = stopped ? RunReport::Outcome::kCancelled : RunReport::Outcome::kFailed,
          .error = std::move(error),
          .failure = std::nullopt};
}

StepFailure LiveSteps::Failure(const Work& work, std::size_t index, const SqlError& error) const {
  if (error.code == ErrorCode::kCancelled) return Failure({ErrorCode::kCancelled, error.message});
  StatementFailure failure = DescribeStatementFailure(
      work.revision, work.step.direction, index,
      work.section.statements.empty() ? Statement{} : work.section.statements[index], error);
  StepFailure result = Failure(ToError(failure, error.code));
  result.failure = std::move(failure);
  return result;
}

}  // namespace schemaop
