#include "model_steps.h"

#include <utility>

#include "engine/journal.h"
#include "engine/revision_row.h"
#include "engine/statement_failure.h"
#include "revision/inverse_step.h"
#include "sql/interruptible.h"

namespace schemaop::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Submitted SQL that holds this is refused by the server, for good.
constexpr std::string_view kRefusedMark = "no_such_table";

// Whoever has just applied it holds the lock, so the newest row is its own.
std::int64_t NewestRowOf(const ModelDatabase& database, const RevisionId& revision) {
  std::int64_t sequence = 0;
  for (const LedgerRow& row : database.ledger()) {
    if (row.kind == LedgerKind::kApplied && row.revision == revision) sequence = row.sequence;
  }
  return sequence;
}

}  // namespace

StepFailure ModelSteps::Failed(Error error) const {
  const bool stopped = stop_.stop_requested() && (error.code == ErrorCode::kCancelled ||
                                                  error.code == ErrorCode::kUnavailable);
  if (stopped) error.code = ErrorCode::kCancelled;
  return {stopped ? RunReport::Outcome::kCancelled : RunReport::Outcome::kFailed,
          std::move(error),
          std::nullopt,
          {}};
}

StepFailure ModelSteps::Refused(const PlannedStep& step, int number, const SqlError& error) const {
  const Statement& statement = step.section().statements[static_cast<std::size_t>(number) - 1];
  StatementFailure failure = DescribeStatementFailure(
      *step.revision, step.step->direction, static_cast<std::size_t>(number) - 1, statement, error);
  StepFailure refused = Failed(ToError(failure, error.code));
  refused.failure = std::move(failure);
  return refused;
}

// A statement on its way to the server and back, for what can be lost on it.
Result<void> ModelSteps::Round() {
  return link_->Ask<void>(stop_, [session = link_->shared_session()]() -> Result<void> {
    if (session->open) return {};
    return Fail(ErrorCode::kUnavailable, "the connection to the server was lost");
  });
}

tl::expected<std::vector<AppliedStep>, StepFailure> ModelSteps::Take(
    std::span<const PlannedStep> steps, const StatementProgress& progress) {
  std::vector<AppliedStep> applied;
  StepDone done;
  if (!steps.front().section().transactional) {
    done = TakeJournalled(steps.front(), progress);
  } else {
    std::vector<Work> works;
    for (std::size_t i = 0; i < steps.size() && done; ++i) {
      done = RunStatements(steps[i], i, progress);
      works.push_back(WorkOf(steps[i]));
    }
    if (done) done = Commit(works, *steps.front().step, steps.back().step->heads_after);
  }
  if (!done) return tl::unexpected(std::move(done.error()));
  for (const PlannedStep& step : steps) {
    applied.push_back({NewestRowOf(link_->database(), step.revision->id), step.revision->id,
                       step.step->direction, options_.wall(), milliseconds(1)});
  }
  return applied;
}

StepDone ModelSteps::RunStatements(const PlannedStep& step, std::size_t index,
                                   const StatementProgress& progress) {
  const auto& statements = step.section().statements;
  int number = 0;
  for (const Statement& statement : statements) {
    if (stop_.stop_requested()) {
      return tl::unexpected(Failed({ErrorCode::kCancelled, "stopped on request"}));
    }
    ++number;
    progress(index,
             {number, static_cast<int>(statements.size()), 1, false, options_.wall(), {}, {}});
    if (auto sent = Round(); !sent) return tl::unexpected(Failed(sent.error()));
    if (statement.text.find(kRefusedMark) != std::string::npos) {
      SqlError error{.code = ErrorCode::kRejected, .message = "relation does not exist"};
      error.sqlstate = "42P01";
      return tl::unexpected(Refused(step, number, error));
    }
    if (options_.scheduler->random().Chance(options_.faults->lock_trouble)) {
      SqlError error{.code = ErrorCode::kBusy,
                     .message = "canceling statement due to lock timeout"};
      error.sqlstate = "55P03";
      return tl::unexpected(Refused(step, number, error));
    }
  }
  return {};
}

Work ModelSteps::WorkOf(const PlannedStep& step) const {
  Work work;
  if (step.section().transactional) work.deed = Deed{step.revision->id, step.step->direction};
  work.changes = step.step->changes;
  work.heads_after = step.step->heads_after;
  const auto index = graph_.IndexOf(step.revision->id);
  LedgerRow row =
      RevisionRow(LedgerKind::kApplied, *step.revision,
                  index ? graph_.Ids(graph_.Dependencies(*index)) : std::vector<RevisionId>());
  row.direction = step.step->direction;
  row.started = row.finished = options_.wall();
  row.actor = identity_.actor;
  work.row = std::move(row);
  return work;
}

Work ModelSteps::JournalRow(LedgerKind kind, const PlannedStep& step, const Statement& statement,
                            int number) const {
  LedgerRow row;
  row.kind = kind;
  row.revision = step.revision->id;
  row.direction = step.step->direction;
  row.checksum = row.up_sql = statement.text;
  row.statement = number;
  row.finished = options_.wall();
  row.actor = identity_.actor;
  Work work;
  work.row = std::move(row);
  return work;
}

StepDone ModelSteps::TakeJournalled(const PlannedStep& step, const StatementProgress& progress) {
  const auto journal = link_->Ask<std::vector<LedgerRow>>(
      stop_,
      [&database = link_->database(), session = link_->shared_session(), id = step.revision->id,
       direction = step.step->direction] { return database.Journal(*session, id, direction); });
  if (!journal) return tl::unexpected(Failed(journal.error()));
  const auto& statements = step.section().statements;
  int number = 0;
  for (const Statement& statement : statements) {
    ++number;
    progress(0, {number, static_cast<int>(statements.size()), 1, false, options_.wall(), {}, {}});
    if (auto done = TakeStatement(step, statement, number, *journal); !done) return done;
  }
  return Commit({WorkOf(step)}, *step.step, step.step->heads_after);
}

// As JournalledSection::RunStatement and Resume.
StepDone ModelSteps::TakeStatement(const PlannedStep& step, const Statement& statement, int number,
                                   const std::vector<LedgerRow>& journal) {
  const auto last = LastWord(journal, number);
  const bool again = !last || last->kind == LedgerKind::kFailed ||
                     (last->kind == LedgerKind::kResolved && last->message == kResolvedRetry);
  if (again) return RunAnew(step, statement, number);
  if (last->checksum != statement.text) {
    const SqlError changed{.code = ErrorCode::kConflict, .message = "the statement was changed"};
    return tl::unexpected(Refused(step, number, changed));
  }
  if (last->kind != LedgerKind::kIntent) return {};
  if (auto looked = Round(); !looked) return tl::unexpected(Failed(looked.error()));
  if (!EffectOf(statement.text)) {
    StepFailure doubt = Refused(
        step, number,
        {.code = ErrorCode::kInDoubt, .message = "an earlier run was cut off in this statement"});
    doubt.outcome = RunReport::Outcome::kInDoubt;
    return tl::unexpected(std::move(doubt));
  }
  const bool is_there = link_->database().InEffect(step.revision->id) > 0;
  if (is_there != (step.step->direction == Direction::kUpgrade)) {
    return RunAnew(step, statement, number);
  }
  return Commit({JournalRow(LedgerKind::kDone, step, statement, number)}, *step.step, std::nullopt);
}

StepDone ModelSteps::RunAnew(const PlannedStep& step, const Statement& statement, int number) {
  if (stop_.stop_requested()) {
    return tl::unexpected(Failed({ErrorCode::kCancelled, "stopped on request"}));
  }
  auto noted =
      Commit({JournalRow(LedgerKind::kIntent, step, statement, number)}, *step.step, std::nullopt);
  if (!noted) return noted;
  const Deed deed{step.revision->id, step.step->direction};
  // The one statement of a revision is its deed.
  auto sent = link_->Ask<void>(
      {}, [&database = link_->database(), session = link_->shared_session(), deed, number] {
        return number == 1 ? database.TakeEffect(*session, deed) : Result<void>();
      });
  if (!sent) return tl::unexpected(Failed(sent.error()));
  return Commit({JournalRow(LedgerKind::kDone, step, statement, number)}, *step.step, std::nullopt);
}

// As engine/step_transaction.
StepDone ModelSteps::Commit(const std::vector<Work>& works, const Step& first,
                            std::optional<Heads> heads_after) {
  if (stop_.stop_requested()) {
    return tl::unexpected(Failed({ErrorCode::kCancelled, "stopped on request"}));
  }
  const LostCommit lost{link_->database().NewTransaction(), std::move(heads_after),
                        RowsBefore(first)};
  auto done = link_->Ask<void>(
      {}, [&database = link_->database(), session = link_->shared_session(),
           id = lost.transaction_id, works] { return database.Commit(*session, id, works); });
  if (done) return {};
  if (done.error().code != ErrorCode::kUnavailable) return tl::unexpected(Failed(done.error()));
  if (auto found = FindOut(lost); !found) return tl::unexpected(Failed(found.error()));
  return {};
}

Result<bool> ModelSteps::AskWitness(DatabaseLink& link, const LostCommit& lost) {
  ModelDatabase& database = link.database();
  const auto session = link.shared_session();
  const auto locked =
      link.Ask<bool>(stop_, [&database, session] { return database.TryLock(*session); });
  if (!locked) return locked;
  if (!*locked) return Fail(ErrorCode::kBusy, "another session holds the migration lock");
  const auto status = link.Ask<bool>(stop_, [&database, session, id = lost.transaction_id] {
    return database.WasCommitted(*session, id);
  });
  if (!status) return status;
  const auto state = ReadState(link, stop_);
  if (!state) return Fail(state.error());
  const auto committed = WasCommitted(lost, *status, state->heads, "alembic_version");
  if (!committed || !*committed) return committed;
  const auto newest = link.Ask<std::optional<std::string>>(
      stop_, [&database, session] { return database.NewestTransaction(*session); });
  if (!newest) return Fail(newest.error());
  if (auto alone = CheckNobodySince(lost, *newest); !alone) return Fail(alone.error());
  return true;
}

// As engine/commit_witness. Success: it was committed, and `link_` is a new one with the lock.
Result<void> ModelSteps::FindOut(const LostCommit& lost) {
  const Moment until = options_.scheduler->now() + seconds(60);
  while (true) {
    auto link = Connect(options_, stop_);
    const auto committed = link ? AskWitness(**link, lost) : Result<bool>(Fail(link.error()));
    if (committed) {
      link_ = *std::move(link);
      if (*committed) return {};
      return Fail(ErrorCode::kUnavailable,
                  "the connection was lost while committing; nothing of "
                  "it was committed");
    }
    if (committed.error().code == ErrorCode::kConflict) return Fail(committed.error());
    const bool over =
        options_.life->dead || stop_.stop_requested() || options_.scheduler->now() >= until;
    if (over) {
      return Fail(ErrorCode::kInDoubt,
                  "the connection was lost while committing and the outcome "
                  "could not be asked for; the version table will tell at the "
                  "next run");
    }
    link = Fail(committed.error());
    options_.scheduler->Sleep(milliseconds(250), stop_);
  }
}

}  // namespace schemaop::simulation
