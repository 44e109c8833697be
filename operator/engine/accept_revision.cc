#include "engine/accept_revision.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/locked_run.h"
#include "engine/own_transaction.h"
#include "engine/revision_row.h"
#include "revision/changed_revision.h"

namespace schemaop {
namespace {

Result<void> CheckChanged(const RevisionGraph& graph, const DatabaseState& state,
                          const RevisionId& id) {
  const auto changed = FindChangedRevisions(graph, state);
  const bool found = std::any_of(changed.begin(), changed.end(),
                                 [&](const ChangedRevision& one) { return one.revision == id; });
  if (found) return {};
  return Fail(ErrorCode::kInvalid, "there is nothing to accept: revision " + id +
                                       " is not applied, or its text is the one that ran, or the "
                                       "ledger does not know which one ran");
}

LedgerRow AcceptedRow(const RevisionGraph& graph, RevisionGraph::Index index, const Actor& actor) {
  LedgerRow row =
      RevisionRow(LedgerKind::kAccepted, graph.At(index), graph.Ids(graph.Dependencies(index)));
  row.started = std::chrono::system_clock::now();
  row.finished = row.started;
  row.actor = actor.name;
  return row;
}

Result<void> Accept(LockedRun& run, const RevisionGraph& graph, const RevisionId& id,
                    const Actor& actor, const std::stop_token& stop) {
  if (auto changed = CheckChanged(graph, run.state, id); !changed) return changed;
  return AppendAlone(*run.database, AcceptedRow(graph, *graph.IndexOf(id), actor), stop);
}

}  // namespace

RunReport AcceptRevision(const DatabaseOptions& options, const RevisionGraph& graph,
                         const RevisionId& id, const Actor& actor, const std::stop_token& stop) {
  auto start = StartLockedRun(options, nullptr, stop);
  if (!start) return std::move(start.error());
  RunReport report;
  report.heads = start->state.heads;
  if (auto accepted = Accept(*start, graph, id, actor, stop); !accepted) {
    report.outcome = EndOf(accepted.error());
    report.error = accepted.error();
  }
  return report;
}

}  // namespace schemaop
