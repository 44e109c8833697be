#include <utility>

#include "base/text.h"
#include "engine/locked_run.h"
#include "engine/migrate.h"
#include "engine/own_transaction.h"

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
    if (auto noted = database.ledger().Append(StampRow(step, actor), stop); !noted) return noted;
  }
  return {};
}

// A stamp whose COMMIT was not answered needs no witness: stamping again does no harm.
Result<void> CommitStamps(OwnTransaction& transaction, const std::stop_token& stop) {
  CommitOutcome outcome = transaction.Commit(stop);
  if (outcome.kind == CommitOutcome::Kind::kCommitted) return {};
  return Fail(ToError(outcome.error));
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
  auto transaction = OwnTransaction::Begin(*start->database, stop);
  if (!transaction) return failed(transaction.error());
  auto written = WriteStamps(*start->database, *plan, actor, stop);
  if (!written) return failed(written.error());
  auto committed = CommitStamps(*transaction, stop);
  if (!committed) return failed(committed.error());
  report.heads = plan->to;
  return report;
}

}  // namespace schemaop
