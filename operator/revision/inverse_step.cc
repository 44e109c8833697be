#include "revision/inverse_step.h"

#include <utility>

namespace schemaop {
namespace {

VersionChange InverseOf(const VersionChange& change) {
  using Kind = VersionChange::Kind;
  const Kind kind = change.kind == Kind::kInsert   ? Kind::kDelete
                    : change.kind == Kind::kDelete ? Kind::kInsert
                                                   : Kind::kUpdate;
  return {.kind = kind, .from = change.to, .to = change.from};
}

}  // namespace

Heads RowsBefore(const Step& step) {
  Heads rows = step.heads_after;
  for (auto change = step.changes.rbegin(); change != step.changes.rend(); ++change) {
    if (!change->to.empty()) std::erase(rows, change->to);
    if (!change->from.empty()) rows.push_back(change->from);
  }
  return rows;
}

Step InverseOf(const Step& step) {
  const bool up = step.direction == Direction::kUpgrade;
  Step inverse{.direction = up ? Direction::kDowngrade : Direction::kUpgrade,
               .revision = step.revision,
               .changes = {},
               .heads_after = RowsBefore(step)};
  for (auto change = step.changes.rbegin(); change != step.changes.rend(); ++change) {
    inverse.changes.push_back(InverseOf(*change));
  }
  return inverse;
}

bool CanRun(const RevisionGraph& graph, const Step& step) {
  const Revision* revision = graph.Find(step.revision);
  return revision != nullptr && (step.direction == Direction::kUpgrade || revision->downgrade);
}

}  // namespace schemaop
