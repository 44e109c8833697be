#include <algorithm>
#include <optional>
#include <utility>

#include "base/fault_point.h"
#include "base/text.h"
#include "engine/commit_witness.h"
#include "engine/locked_run.h"
#include "engine/migrate.h"
#include "engine/own_transaction.h"
#include "engine/schema_snapshot.h"

namespace schemaop {
namespace {

LedgerRow StampRow(const StampStep& step, const Actor& actor) {
  LedgerRow row;
  row.kind = LedgerKind::kStamped;
  row.revision = step.to;
  row.parents = step.from;
  row.started = std::chrono::system_clock::now();
  row.finished = row.started;
  row.actor = actor.name;
  return row;
}

Result<void> WriteStamps(TargetDatabase& database, const StampPlan& plan, const Actor& actor,
                         const std::stop_token& stop) {
  if (auto created = database.CreateMissing(stop); !created) return created;
  Session& session = database.session();
  if (plan.purge) {
    if (auto purged = PurgeVersions(session, database.version_table(), stop); !purged)
      return purged;
  }
  // Stamping what is there already changes nothing but is a person's word, which settles statements
  // in doubt.
  if (plan.steps.empty()) {
    return database.ledger().Append(StampRow({{}, Join(plan.to, ","), {}, {}}, actor), stop);
  }
  for (const StampStep& step : plan.steps) {
    for (const VersionChange& change : step.changes) {
      auto applied = ApplyVersionChange(session, database.version_table(), change, stop);
      if (!applied) return applied;
    }
    SCHEMAOP_FAULT_POINT("engine.stamp.changed");
    if (auto noted = database.ledger().Append(StampRow(step, actor), stop); !noted) return noted;
  }
  return {};
}

// Rows that stay as they were tell nothing of a lost COMMIT.
LostCommit WhenLost(const OwnTransaction& transaction, Heads before, Heads after) {
  std::sort(before.begin(), before.end());
  std::sort(after.begin(), after.end());
  LostCommit lost{transaction.id(), std::nullopt, before};
  if (after != before) lost.heads_after = std::move(after);
  return lost;
}

Result<void> CommitStamps(const DatabaseOptions& options, OwnTransaction& transaction,
                          const LostCommit& lost, const std::stop_token& stop) {
  const CommitOutcome outcome = transaction.Commit(stop);
  if (outcome.kind == CommitOutcome::Kind::kCommitted) return {};
  if (outcome.kind == CommitOutcome::Kind::kRolledBack) return Fail(ToError(outcome.error));
  const auto verdict = AskWitnesses(options, lost, stop);
  if (!verdict) return Fail(verdict.error());
  if (verdict->committed) return {};
  return Fail(ErrorCode::kUnavailable,
              "the connection was lost while committing the stamp; nothing of it was committed");
}

}  // namespace

RunReport Stamp(const DatabaseOptions& options, const StampPlanner& planner, const Actor& actor,
                std::stop_token stop) {
  auto start = StartLockedRun(options, nullptr, stop);
  if (!start) return std::move(start.error());
  RunReport report;
  report.heads = start->state.heads;
  const auto failed = [&report](Error error) {
    report.outcome = EndOf(error);
    report.error = std::move(error);
    return std::move(report);
  };
  auto plan = planner(start->state);
  if (!plan) return failed(plan.error());
  const bool keeps = options.snapshot == SnapshotUse::kKeep;
  const auto keeper =
      keeps ? SnapshotKeeper::Before(*start->database, report.heads, stop) : SnapshotKeeper();
  auto transaction = OwnTransaction::Begin(*start->database, stop);
  if (!transaction) return failed(transaction.error());
  SCHEMAOP_FAULT_POINT_OR("engine.stamp.begun", failed(fault));
  auto written = WriteStamps(*start->database, *plan, actor, stop);
  if (!written) return failed(written.error());
  SCHEMAOP_FAULT_POINT_OR("engine.stamp.written", failed(fault));
  auto committed =
      CommitStamps(options, *transaction, WhenLost(*transaction, report.heads, plan->to), stop);
  if (!committed) return failed(committed.error());
  SCHEMAOP_CRASH_POINT("engine.stamp.committed");
  report.heads = plan->to;
  if (!keeps) return report;
  auto kept = keeper.After(*start->database, report.heads, actor, stop);
  if (!kept) report.snapshot_problem = kept.error();
  return report;
}

}  // namespace schemaop
