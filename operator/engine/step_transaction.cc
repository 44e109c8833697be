#include "engine/step_transaction.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/fault_point.h"
#include "base/text.h"
#include "engine/commit_witness.h"
#include "engine/revision_row.h"
#include "engine/session_guard.h"
#include "revision/inverse_step.h"

namespace schemaop {
namespace {

// What a trigger or rule on the version table, or another tool without the lock, made of it.
Result<void> CheckRows(const VersionTable& table, const StepContext& context, Heads rows) {
  Heads expected = context.step.heads_after;
  std::sort(expected.begin(), expected.end());
  std::sort(rows.begin(), rows.end());
  if (rows == expected) return {};
  const auto show = [](const Heads& heads) { return heads.empty() ? "no row" : Join(heads, ", "); };
  return Fail(ErrorCode::kConflict,
              table.Label() + " holds " + show(rows) + " where revision " + context.revision.id +
                  " leaves " + show(expected) +
                  ": somebody else changed the version table, or a trigger or rule on it did");
}

// What the server said to the changes, to reading the rows and to the ledger row, in this order.
Result<void> CheckRecord(const VersionTable& table, const StepContext& context,
                         const PipelineAnswer& answer) {
  const auto& changes = context.step.changes;
  const std::size_t done = answer.done.size();
  for (std::size_t i = 0; i < std::min(done, changes.size()); ++i) {
    auto matched = CheckVersionChange(table, changes[i], answer.done[i].rows);
    if (!matched) return matched;
  }
  if (done < changes.size()) return Fail(VersionChangeError(table, changes[done], *answer.error));
  SCHEMAOP_FAULT_POINT("postgres.version.written");
  SCHEMAOP_FAULT_POINT("engine.versions.changed");
  if (done == changes.size()) {
    return Fail(WithContext(ToError(*answer.error), "cannot read " + table.Label()));
  }
  auto kept = CheckRows(table, context, HeadsIn(answer.done[changes.size()].rows));
  if (!kept || !answer.error) return kept;
  return Fail(WithContext(ToError(*answer.error), "cannot write the ledger"));
}

LedgerRow AppliedRow(const StepContext& context) {
  LedgerRow row = RevisionRow(LedgerKind::kApplied, context.revision, context.depends_on);
  row.direction = context.step.direction;
  row.started = context.started;
  row.finished = std::chrono::system_clock::now();
  row.actor = context.identity.actor;
  row.plan_hash = context.identity.plan_hash;
  return row;
}

std::string NameRevisions(std::span<const StepContext> steps) {
  std::vector<std::string> ids;
  for (const StepContext& step : steps) ids.push_back(step.revision.id);
  return (ids.size() == 1 ? "revision " : "revisions ") + Join(ids, ", ");
}

}  // namespace

StepFailure RefusedCommit(std::span<const StepContext> steps, const SqlError& error) {
  std::vector<std::string> files;
  for (const StepContext& step : steps) files.push_back(step.revision.file);
  return FailRevision(steps.back(), error, Join(files, ", ") + ": at COMMIT");
}

Result<std::int64_t> RecordStep(TargetDatabase& database, const OwnTransaction& transaction,
                                const StepContext& context) {
  const VersionTable& table = database.version_table();
  PipelineInput input;
  for (const VersionChange& change : context.step.changes) {
    input.statements.push_back(VersionChangeSql(table, change));
  }
  input.statements.push_back(HeadsSql(table));
  LedgerRow row = AppliedRow(context);
  auto entry = database.ledger().Chain(row, transaction.id(), context.stop);
  if (!entry) return Fail(entry.error());
  input.statements.push_back(*std::move(entry));
  SCHEMAOP_FAULT_POINT("postgres.version.writing");
  SCHEMAOP_FAULT_POINT("postgres.ledger.writing");
  const PipelineAnswer answer = database.session().Pipeline(input, context.stop);
  if (auto kept = CheckRecord(table, context, answer); !kept) return Fail(kept.error());
  SCHEMAOP_FAULT_POINT("postgres.ledger.written");
  database.ledger().Chained(row);
  return row.sequence;
}

StepDone CommitSteps(std::unique_ptr<TargetDatabase>& database, OwnTransaction& transaction,
                     std::optional<Heads> heads_after, std::span<const StepContext> steps,
                     const std::stop_token& stop, OwnTransaction::Follower follower) {
  const StepContext& last = steps.back();
  if (stop.stop_requested()) {
    return tl::unexpected(FailStep(last, {ErrorCode::kCancelled, "stopped on request"}));
  }
  const LostCommit lost{transaction.id(), std::move(heads_after), RowsBefore(steps.front().step)};
  const CommitOutcome outcome = transaction.Commit(stop, follower);
  if (outcome.kind == CommitOutcome::Kind::kCommitted) return {};
  if (outcome.kind == CommitOutcome::Kind::kRolledBack) {
    return tl::unexpected(RefusedCommit(steps, outcome.error));
  }
  SCHEMAOP_CRASH_POINT("engine.commit.lost");
  const DatabaseOptions& options = database->options();
  auto verdict = AskWitnesses(options, lost, stop);
  if (!verdict) return tl::unexpected(FailStep(last, verdict.error()));
  SCHEMAOP_CRASH_POINT("engine.commit.resolved");
  database = std::move(verdict->database);
  if (verdict->committed) return {};
  return tl::unexpected(FailStep(
      last, {ErrorCode::kUnavailable, "the connection was lost while committing " +
                                          NameRevisions(steps) + "; nothing of it was committed"}));
}

StepDone CommitStep(std::unique_ptr<TargetDatabase>& database, OwnTransaction& transaction,
                    std::optional<Heads> heads_after, const StepContext& context,
                    const std::stop_token& stop) {
  return CommitSteps(database, transaction, std::move(heads_after), {&context, 1}, stop);
}

}  // namespace schemaop
