#include "engine/journalled_section.h"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "base/fault_point.h"
#include "base/sha256.h"
#include "engine/interrupted_statement.h"
#include "engine/journal.h"
#include "engine/journal_writer.h"
#include "engine/journalled_transaction.h"
#include "engine/own_tables.h"
#include "engine/own_transaction.h"
#include "engine/section_settings.h"
#include "engine/step_journal.h"
#include "engine/step_transaction.h"
#include "engine/submitted_statement.h"
#include "engine/transaction_number.h"
#include "postgres/advisory_lock.h"
#include "revision/inverse_step.h"
#include "sql/interruptible.h"
#include "sql/session_change.h"

namespace schemaop {
namespace {

using Verdict = Judgement::Verdict;

// Whether a part of it may be gone when it is broken off, or all of it be so unseen.
bool MayLeaveTraces(const Effect& effect) {
  const auto* change = std::get_if<ChangesExistence>(&effect);
  const auto* repeated = std::get_if<MayBeRepeated>(&effect);
  return std::holds_alternative<DropsIndex>(effect) || (change != nullptr && !change->creates) ||
         (repeated != nullptr && repeated->persists);
}

// Whether a statement with the effect `now` undoes or completes what one with `then` left.
bool MakesUpFor(const std::optional<Effect>& now, const Effect& then) {
  return now == then && !std::holds_alternative<MayBeRepeated>(then);
}

class JournalledSection {
 public:
  JournalledSection(std::unique_ptr<TargetDatabase>& database, const StepContext& context)
      : database_(database), context_(context), writer_(database, context) {}

  StepDone Run() {
    if (auto read = ReadJournal(); !read) return Failed(read.error());
    SCHEMAOP_FAULT_POINT_OR("engine.journal.read", Failed(fault));
    if (auto settled = AskAboutDoubts(); !settled) return settled;
    for (std::size_t i = 0; i < context_.section.statements.size(); ++i) {
      if (auto done = RunStatement(i); !done) return After(i, std::move(done.error()));
    }
    auto finished = Finish();
    if (!finished) return After(context_.section.statements.size(), std::move(finished.error()));
    return finished;
  }

  // Of the ledger row that Finish wrote.
  std::int64_t sequence() const { return sequence_; }

 private:
  Result<void> ReadJournal();
  StepDone AskAboutDoubts() const;
  StepDone RunStatement(std::size_t index);
  StepDone Set(std::size_t index);
  StepDone Resume(std::size_t index, const LedgerRow& intent);
  Result<void> CheckReplaced(std::size_t index, const LedgerRow& intent,
                             const Judgement& judgement) const;
  StepDone RunAfterFailure(std::size_t index, const LedgerRow& last);
  StepDone RunAnew(std::size_t index);
  StepDone RunBetweenRows(std::size_t index);
  StepDone NoteUnsent(std::size_t index, const Error& error, const std::string& note);
  StepDone NoteSuccess(std::size_t index, const std::string& note);
  StepDone NoteFailure(std::size_t index, const SqlError& error, const std::string& note);
  Result<std::string> LookBefore(std::size_t index);
  StepDone Finish();
  StepFailure Unsettled(std::size_t index, const LedgerRow& intent) const;
  StepFailure Doubt(std::size_t index, SqlError error) const;
  std::optional<std::int64_t> NumberBefore(std::size_t index) const;
  bool MayRemain(std::size_t index, std::optional<std::int64_t> before) const;

  const std::string& Text(std::size_t index) const {
    return context_.section.statements[index].text;
  }
  // Since `row` was written.
  bool IsUnchanged(std::size_t index, const LedgerRow& row) const {
    return row.checksum == Sha256Hex(Text(index));
  }
  // `note`: of the statement's intent.
  Result<Judgement> Judge(const std::string& sql, const std::string& note,
                          const std::stop_token& stop) {
    const auto place = SchemaIn(note);
    return JudgeStatement(database_->session(), sql,
                          place ? std::vector{*place} : database_->schemas(), stop);
  }
  // `failure`, behind `done` statements.
  static tl::unexpected<StepFailure> After(std::size_t done, StepFailure failure) {
    failure.statements_done = static_cast<int>(done);
    return tl::unexpected(std::move(failure));
  }
  tl::unexpected<StepFailure> Failed(Error error) const {
    return tl::unexpected(FailStep(context_, std::move(error)));
  }
  tl::unexpected<StepFailure> Failed(std::size_t index, const SqlError& error) const {
    return tl::unexpected(FailStatement(context_, index, error));
  }
  tl::unexpected<StepFailure> Failed(std::size_t index, const Error& error) const {
    return Failed(index, SqlError{.code = error.code, .message = error.message});
  }

  std::unique_ptr<TargetDatabase>& database_;
  const StepContext& context_;
  JournalWriter writer_;
  std::vector<LedgerRow> journal_;  // as it was before this run
  SectionSettings settings_;
  std::int64_t sequence_ = 0;
};

Result<void> JournalledSection::ReadJournal() {
  auto journal = ReadStepJournal(*database_, context_);
  if (!journal) return Fail(journal.error());
  journal_ = *std::move(journal);
  return {};
}

// Before anything else, and of several about the one that schemactl resolve settles next: a person
// who looked at one statement must not settle another.
StepDone JournalledSection::AskAboutDoubts() const {
  const auto statements = static_cast<int>(context_.section.statements.size());
  const auto doubt = OpenDoubt(journal_);
  if (doubt && doubt->statement <= statements) {
    const auto index = static_cast<std::size_t>(doubt->statement) - 1;
    return After(index, Unsettled(index, *doubt));
  }
  const auto gone = doubt ? doubt : FirstEffectBehind(journal_, statements);
  if (!gone) return {};
  return tl::unexpected(LostStatement(context_, *gone, "and the revision no longer has it"));
}

StepDone JournalledSection::RunStatement(std::size_t index) {
  const SessionChange change = SessionChangeOf(context_.section.statements[index]);
  if (change.kind == SessionChange::Kind::kSetting) return Set(index);
  const auto last = LastWord(journal_, static_cast<int>(index) + 1);
  if (!last) return RunAnew(index);
  const bool retried = last->kind == LedgerKind::kResolved && last->message == kResolvedRetry;
  if (last->kind == LedgerKind::kFailed || retried) return RunAfterFailure(index, *last);
  if (last->kind == LedgerKind::kIntent) return Resume(index, *last);
  if (IsUnchanged(index, *last)) return {};
  return Failed(index, Error{ErrorCode::kConflict,
                             "the statement was changed after it had been run; put its text back"});
}

// Has no effect of its own, so it is not journalled: each run sets it anew, for the statements
// behind it. Run here so that what is wrong with it is said of it.
StepDone JournalledSection::Set(std::size_t index) {
  if (auto ready = database_->SwitchToSubmitted(context_.stop); !ready)
    return Failed(ready.error());
  auto done = settings_.Set(database_->session(), context_.stop);
  if (done) {
    if (auto ran = RunSubmitted(*database_, context_, index); !ran)
      done = tl::unexpected(ran.error());
  }
  context_.monitor.Rest();
  if (!done) return Failed(index, done.error());
  if (auto reset = database_->Reset({}); !reset) return Failed(reset.error());
  settings_.Add(Text(index));
  return {};
}

// A run was cut off between the intent and its outcome. Looked for is what was sent then, whatever
// the text is now.
StepDone JournalledSection::Resume(std::size_t index, const LedgerRow& intent) {
  // The server says, as it would have said then, what is in the way.
  if (intent.message == kThereBefore) return RunAnew(index);
  auto judgement = Judge(intent.up_sql, intent.message, context_.stop);
  if (!judgement) return Failed(judgement.error());
  SCHEMAOP_FAULT_POINT_OR("engine.journal.judged", Failed(fault));
  if (judgement->verdict == Verdict::kUnknown) return tl::unexpected(Unsettled(index, intent));
  if (auto goes = CheckReplaced(index, intent, *judgement); !goes)
    return Failed(index, goes.error());
  auto repaired = Repair(database_->session(), *judgement, context_.stop);
  if (!repaired) return Failed(repaired.error());
  if (judgement->verdict == Verdict::kDone) {
    return writer_.Write(index, LedgerKind::kDone, intent.message);
  }
  return RunAnew(index);
}

// Another text may only run where nothing remains of the one that was sent.
Result<void> JournalledSection::CheckReplaced(std::size_t index, const LedgerRow& intent,
                                              const Judgement& judgement) const {
  if (IsUnchanged(index, intent)) return {};
  if (judgement.verdict == Verdict::kDone) {
    return Fail(ErrorCode::kConflict,
                "the statement was changed after it had taken effect; put its text back, or undo "
                "what it did");
  }
  const auto effect = EffectOf(intent.up_sql);
  if (!effect || !MayLeaveTraces(*effect) || MakesUpFor(EffectOf(Text(index)), *effect)) return {};
  return Fail(ErrorCode::kConflict,
              "the statement was changed after it may have taken effect, or a part of it; put its "
              "text back");
}

// What is half done is in the way of another attempt; what is finished thereby needs none.
StepDone JournalledSection::RunAfterFailure(std::size_t index, const LedgerRow& last) {
  if (last.message == kThereBefore) return RunAnew(index);
  auto judgement = Judge(last.up_sql, last.message, context_.stop);
  if (!judgement) return Failed(judgement.error());
  const bool finishes = judgement->verdict == Verdict::kDone;
  if (judgement->repairs.empty()) return RunAnew(index);
  if (finishes && !IsUnchanged(index, last)) return RunAnew(index);
  auto repaired = Repair(database_->session(), *judgement, context_.stop);
  if (!repaired) return Failed(repaired.error());
  if (finishes) return writer_.Write(index, LedgerKind::kDone, last.message);
  return RunAnew(index);
}

// What only a person can say.
StepFailure JournalledSection::Unsettled(std::size_t index, const LedgerRow& intent) const {
  if (IsUnchanged(index, intent)) {
    return Doubt(index, {.message = "an earlier run was cut off in this statement, which runs "
                                    "outside a transaction"});
  }
  const SqlError changed{
      .code = ErrorCode::kConflict,
      .message =
          "the statement was changed after a run had been cut off in it; put its "
          "text back or, when it had no effect, run: schemactl resolve " +
          context_.revision.id + " --retry"};
  return FailStatement(context_, index, changed);
}

// `error`: why it is in doubt.
StepFailure JournalledSection::Doubt(std::size_t index, SqlError error) const {
  const std::string& id = context_.revision.id;
  error.code = ErrorCode::kInDoubt;
  StepFailure failure = FailStatement(context_, index, error);
  failure.failure->retryable = false;
  failure.error.message +=
      ", and its effect cannot be proved: look whether it took effect, then run: schemactl "
      "resolve " +
      id + " --done, or when it did not: schemactl resolve " + id + " --retry";
  failure.outcome = RunReport::Outcome::kInDoubt;
  return failure;
}

StepDone JournalledSection::RunAnew(std::size_t index) {
  if (context_.stop.stop_requested()) return Failed({ErrorCode::kCancelled, "stopped on request"});
  if (!CommitsWithItsRow(Text(index))) return RunBetweenRows(index);
  return RunWithItsRow(database_, context_, settings_, writer_, index);
}

// What the catalog says before the statement is sent, so that what it says afterwards counts. An
// index that IF NOT EXISTS would take for a good one although it is invalid goes first.
Result<std::string> JournalledSection::LookBefore(std::size_t index) {
  auto place = FindPlace(database_->session(), Text(index), database_->schemas(), context_.stop);
  if (!place) return Fail(place.error());
  const std::string note = *place ? InSchema(**place) : std::string();
  auto judgement = Judge(Text(index), note, context_.stop);
  if (!judgement) return Fail(judgement.error());
  const auto effect = EffectOf(Text(index));
  const auto* built = effect ? std::get_if<BuildsIndex>(&*effect) : nullptr;
  if (built != nullptr && built->if_not_exists && !judgement->repairs.empty()) {
    auto repaired = Repair(database_->session(), *judgement, context_.stop);
    if (!repaired) return Fail(repaired.error());
    return note;
  }
  const bool there = judgement->verdict == Verdict::kDone || !judgement->repairs.empty();
  return there ? std::string(kThereBefore) : note;
}

StepDone JournalledSection::RunBetweenRows(std::size_t index) {
  auto note = LookBefore(index);
  if (!note) return Failed(note.error());
  if (auto noted = writer_.Write(index, LedgerKind::kIntent, *note); !noted) return noted;
  SCHEMAOP_FAULT_POINT_OR("engine.intent.committed", Failed(fault));
  // A stop would break the session off here, and leave in doubt what was never sent.
  auto ready = database_->SwitchToSubmitted({});
  if (auto set = settings_.Set(database_->session(), {}); ready && !set)
    ready = Fail(ToError(set.error()));
  const auto number = NumberBefore(index);
  if (context_.stop.stop_requested()) ready = Fail(ErrorCode::kCancelled, "stopped on request");
  if (!ready) return NoteUnsent(index, ready.error(), *note);
  SCHEMAOP_FAULT_POINT_OR("engine.lone.sending", Failed(fault));
  std::optional<std::chrono::steady_clock::time_point> deadline;
  const auto limit = database_->options().non_transactional_timeout;
  if (limit.count() > 0) deadline = std::chrono::steady_clock::now() + limit;
  auto done = RunSubmitted(*database_, context_, index, deadline);
  context_.monitor.Rest();
  SCHEMAOP_FAULT_POINT_OR("engine.lone.answered", Failed(fault));
  if (!database_->session().connected()) {
    return Failed(index, done ? SqlError{} : done.error());
  }
  if (!done && MayRemain(index, number)) {
    done.error().message +=
        "; the statement runs outside a transaction and may have committed a part of its work "
        "before it failed";
    return tl::unexpected(Doubt(index, std::move(done.error())));
  }
  // The outcome is known now and must be noted even if we were told to stop.
  if (auto reset = database_->Reset({}); !reset) return Failed(reset.error());
  SCHEMAOP_FAULT_POINT_OR("engine.lone.known", Failed(fault));
  return done ? NoteSuccess(index, *note) : NoteFailure(index, done.error(), *note);
}

std::optional<std::int64_t> JournalledSection::NumberBefore(std::size_t index) const {
  if (!MayCommitInside(Text(index))) return std::nullopt;
  return TransactionNumber(database_->session(), {});
}

// Whether the failed statement may have committed something before. Asked although we may be told
// to stop: the answer is the outcome.
bool JournalledSection::MayRemain(std::size_t index, std::optional<std::int64_t> before) const {
  if (!MayCommitInside(Text(index))) return false;
  const auto after = TransactionNumber(database_->session(), {});
  return !before || !after || *after != *before + 2;
}

// Of an intent that nothing was done about.
StepDone JournalledSection::NoteUnsent(std::size_t index, const Error& error,
                                       const std::string& note) {
  if (auto reset = database_->Reset({}); !reset) return Failed(reset.error());
  (void)writer_.Write(index, LedgerKind::kFailed, note);
  return Failed(error);
}

// What the statement did is done; without the lock, or with other tables than ours, nothing may
// follow it.
StepDone JournalledSection::NoteSuccess(std::size_t index, const std::string& note) {
  auto locked = HoldsLock(database_->session(), database_->lock_key(), {});
  if (!locked) return Failed(locked.error());
  if (*locked) {
    // The journal would be written into what is there now.
    auto ours = CheckOwnTables(*database_, RowsBefore(context_.step), {});
    if (!ours) return Failed(index, ours.error());
  }
  // Where it took effect is of use when it is judged again.
  const std::string place = SchemaIn(note) ? note : std::string();
  auto noted = writer_.Write(index, LedgerKind::kDone, place);
  if (!noted || *locked) return noted;
  return Failed(index, Error{ErrorCode::kRejected,
                             "the statement gave the migration lock away; take pg_advisory_unlock "
                             "and pg_advisory_unlock_all out of it"});
}

// What the statement left half done goes at once where it is of no use: an invalid index costs
// every write and, when unique, is enforced already. The next run sees to what remains.
StepDone JournalledSection::NoteFailure(std::size_t index, const SqlError& error,
                                        const std::string& note) {
  const auto judgement =
      note == kThereBefore ? Result<Judgement>(Judgement{}) : Judge(Text(index), note, {});
  if (judgement && judgement->verdict == Verdict::kRunAgain) {
    (void)Repair(database_->session(), *judgement, {});
  }
  SCHEMAOP_FAULT_POINT_OR("engine.lone.removed", Failed(fault));
  (void)writer_.Write(index, LedgerKind::kFailed, note);
  SCHEMAOP_FAULT_POINT_OR("engine.failure.committed", Failed(fault));
  return Failed(index, error);
}

StepDone JournalledSection::Finish() {
  SCHEMAOP_FAULT_POINT_OR("engine.journal.finishing", Failed(fault));
  auto transaction = OwnTransaction::Begin(*database_, context_.stop);
  if (!transaction) return Failed(transaction.error());
  // A section without statements has not created them yet.
  if (auto created = database_->CreateMissing(context_.stop); !created) {
    return Failed(created.error());
  }
  auto recorded = RecordStep(*database_, *transaction, context_);
  if (!recorded) return Failed(recorded.error());
  sequence_ = *recorded;
  return CommitStep(database_, *transaction, context_.step.heads_after, context_, context_.stop);
}

}  // namespace

tl::expected<std::int64_t, StepFailure> RunJournalledSection(
    std::unique_ptr<TargetDatabase>& database, const StepContext& context) {
  JournalledSection section(database, context);
  if (auto done = section.Run(); !done) return tl::unexpected(std::move(done.error()));
  return section.sequence();
}

}  // namespace schemaop
