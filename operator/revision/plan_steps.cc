#include "revision/plan_steps.h"

#include <algorithm>

#include "revision/graph_check.h"
#include "revision/sort.h"
#include "revision/version_rows.h"

namespace schemaop {
namespace {

using Index = RevisionGraph::Index;
using Indices = RevisionGraph::Indices;

Result<Plan> PlanInOrder(const RevisionGraph& graph, const Indices& rows, const Indices& order,
                         Direction direction) {
  VersionRows version(graph, rows);
  Plan plan{.from = version.heads(), .to = {}, .steps = {}, .warnings = {}};
  plan.steps.reserve(order.size());
  for (Index index : order) {
    auto changes =
        direction == Direction::kUpgrade ? version.Upgrade(index) : version.Downgrade(index);
    if (!changes) return Fail(std::move(changes.error()));
    plan.steps.push_back({direction, graph.IdAt(index), std::move(*changes), version.heads()});
  }
  plan.to = version.heads();
  return plan;
}

}  // namespace

Result<Plan> PlanUpgradeOf(const RevisionGraph& graph, const Indices& rows, const RevisionSet& todo,
                           const Indices& targets) {
  Indices order = SortDownwards(graph, todo, targets);
  std::reverse(order.begin(), order.end());
  return PlanInOrder(graph, rows, order, Direction::kUpgrade);
}

Result<Plan> PlanDowngradeOf(const RevisionGraph& graph, const Indices& rows,
                             const RevisionSet& drop) {
  const Indices order = SortDownwards(graph, drop, rows);
  for (Index index : order) {
    if (graph.At(index).downgrade) continue;
    if (graph.At(index).from_ledger) {
      return Fail(
          ErrorCode::kInvalid,
          "revision " + graph.IdAt(index) +
              " is irreversible: no file declares it any more, and the ledger keeps no down "
              "SQL of it; put its file back");
    }
    return Fail(ErrorCode::kInvalid,
                "revision " + NameWithFile(graph.At(index)) +
                    " is irreversible: it has no '-- migrate:down' section, so the "
                    "database cannot go below it; add the section, or choose a target "
                    "that keeps it");
  }
  return PlanInOrder(graph, rows, order, Direction::kDowngrade);
}

RevisionSet AppliedAbove(const RevisionGraph& graph, const RevisionSet& applied,
                         const Indices& roots) {
  RevisionSet above(graph.size());
  for (Index index : graph.Descendants(roots).Members()) {
    if (applied.Contains(index)) above.Insert(index);
  }
  return above;
}

}  // namespace schemaop
