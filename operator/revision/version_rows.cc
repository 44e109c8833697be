#include "revision/version_rows.h"

#include <algorithm>

#include "revision/graph_check.h"

namespace schemaop {
namespace {

using Index = RevisionGraph::Index;
using Indices = RevisionGraph::Indices;

bool Holds(const Indices& list, Index index) {
  return std::find(list.begin(), list.end(), index) != list.end();
}

Indices Without(const Indices& list, const Indices& removed) {
  Indices rest;
  std::copy_if(list.begin(), list.end(), std::back_inserter(rest),
               [&](Index index) { return !Holds(removed, index); });
  return rest;
}

}  // namespace

VersionRows::VersionRows(const RevisionGraph& graph, const Indices& rows)
    : graph_(graph), rows_(rows), applied_(graph.Ancestors(rows)) {}

Result<std::vector<VersionChange>> VersionRows::Upgrade(Index index) {
  const Indices& required = graph_.Requires(index);
  const auto present =
      std::count_if(required.begin(), required.end(), [&](Index i) { return HasRow(i); });
  std::vector<VersionChange> changes;
  if (present == 0) {
    changes.push_back(Insert(index));
  } else if (present == 1) {
    changes.push_back(
        Update(*std::find_if(required.begin(), required.end(), [&](Index i) { return HasRow(i); }),
               index));
  } else {
    const Indices others = Without(rows_, required);
    Indices merged;
    std::copy_if(required.begin(), required.end(), std::back_inserter(merged),
                 [&](Index i) { return !IsUnderAny(i, others); });
    for (Index parent : merged) {
      if (HasRow(parent)) continue;
      return Fail(ErrorCode::kInvalid,
                  "revision " + NameWithFile(graph_.At(index)) + " names " + graph_.IdAt(parent) +
                      ", which another revision it names already builds on; remove " +
                      graph_.IdAt(parent) + " from its down_revision or depends_on");
    }
    for (std::size_t i = 0; i + 1 < merged.size(); ++i) changes.push_back(Delete(merged[i]));
    changes.push_back(Update(merged.back(), index));
  }
  applied_.Insert(index);
  return changes;
}

Result<std::vector<VersionChange>> VersionRows::Downgrade(Index index) {
  if (!HasRow(index)) {
    return Fail(ErrorCode::kInvalid,
                "revision " + graph_.IdAt(index) +
                    " cannot be downgraded: the version table has no row for it; its "
                    "rows contradict each other, correct them with stamp --purge");
  }
  applied_.Erase(index);
  const Indices uncovered = RowsUncovered(index);
  if (uncovered.empty()) return std::vector<VersionChange>{Delete(index)};
  std::vector<VersionChange> changes;
  for (std::size_t i = 0; i + 1 < uncovered.size(); ++i) changes.push_back(Insert(uncovered[i]));
  changes.push_back(Update(index, uncovered.back()));
  return changes;
}

// What `index` requires that no other row stands for.
Indices VersionRows::RowsUncovered(Index index) const {
  const Indices& required = graph_.Requires(index);
  const Indices others = Without(rows_, {index});
  if (others.empty()) return WithoutThoseUnderOthers(required);
  Indices uncovered;
  std::copy_if(required.begin(), required.end(), std::back_inserter(uncovered),
               [&](Index i) { return !IsUnderAny(i, others); });
  return uncovered;
}

Indices VersionRows::WithoutThoseUnderOthers(const Indices& candidates) const {
  if (candidates.size() < 2) return candidates;
  Indices tips;
  std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(tips),
               [&](Index i) { return !IsUnderAny(i, Without(candidates, {i})); });
  return tips;
}

bool VersionRows::HasRow(Index index) const { return Holds(rows_, index); }

// Whether `index` is one of `rows` or an ancestor of one. Looks upwards, and only through what is
// applied: this is short for the ends of a history, however much lies below.
bool VersionRows::IsUnderAny(Index index, const Indices& rows) const {
  if (rows.empty()) return false;
  RevisionSet seen(graph_.size());
  Indices todo = {index};
  while (!todo.empty()) {
    const Index at = todo.back();
    todo.pop_back();
    if (!seen.Insert(at)) continue;
    if (Holds(rows, at)) return true;
    for (Index above : graph_.RequiredBy(at)) {
      if (applied_.Contains(above)) todo.push_back(above);
    }
  }
  return false;
}

VersionChange VersionRows::Insert(Index to) {
  rows_.push_back(to);
  return {VersionChange::Kind::kInsert, "", graph_.IdAt(to)};
}

VersionChange VersionRows::Update(Index from, Index to) {
  std::erase(rows_, from);
  rows_.push_back(to);
  return {VersionChange::Kind::kUpdate, graph_.IdAt(from), graph_.IdAt(to)};
}

VersionChange VersionRows::Delete(Index from) {
  std::erase(rows_, from);
  return {VersionChange::Kind::kDelete, graph_.IdAt(from), ""};
}

}  // namespace schemaop
