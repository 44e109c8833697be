#include "engine/resolve_statement.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "engine/journal.h"
#include "engine/locked_run.h"
#include "engine/own_transaction.h"

namespace schemaop {
namespace {

tl::unexpected<Error> NothingToResolve(const std::string& why) {
  return Fail(ErrorCode::kInvalid, "nothing to resolve: " + why);
}

Result<LedgerRow> FindDoubt(TargetDatabase& database, const RevisionId& revision,
                            const std::stop_token& stop) {
  const std::string nothing =
      "no statement of revision " + revision + " is in doubt; 'schemactl ledger' shows what ran";
  auto exists = database.ledger().Exists(stop);
  if (!exists) return Fail(exists.error());
  if (!*exists) return NothingToResolve(nothing);
  std::vector<LedgerRow> open;
  for (const Direction direction : {Direction::kUpgrade, Direction::kDowngrade}) {
    auto journal = database.ledger().Journal(revision, direction, stop);
    if (!journal) return Fail(journal.error());
    if (auto doubt = OpenDoubt(*journal)) return *std::move(doubt);
    for (LedgerRow& intent : OpenIntents(*journal)) open.push_back(std::move(intent));
  }
  if (open.empty()) return NothingToResolve(nothing);
  return NothingToResolve(
      "what became of statement " + std::to_string(open.front().statement) + " of revision " +
      revision + " can be seen in the database, and the next upgrade or downgrade finds it out");
}

}  // namespace

tl::expected<ResolvedStatement, RunReport> ResolveStatement(const DatabaseOptions& options,
                                                            const RevisionId& revision,
                                                            Resolution resolution,
                                                            const Actor& actor,
                                                            const std::stop_token& stop) {
  auto start = StartLockedRun(options, nullptr, stop);
  if (!start) return tl::unexpected(std::move(start.error()));
  const auto failed = [&start](const Error& error) {
    RunReport report;
    report.heads = start->state.heads;
    report.outcome = EndOf(error);
    report.error = error;
    return tl::unexpected(std::move(report));
  };
  auto row = FindDoubt(*start->database, revision, stop);
  if (!row) return failed(row.error());
  ResolvedStatement resolved{row->direction, row->statement, row->up_sql};
  row->kind = LedgerKind::kResolved;
  row->message = resolution == Resolution::kDone ? kResolvedDone : kResolvedRetry;
  row->started = std::chrono::system_clock::now();
  row->finished = row->started;
  row->actor = actor.name;
  auto written = AppendAlone(*start->database, *std::move(row), stop);
  if (!written) return failed(written.error());
  return resolved;
}

}  // namespace schemaop
