#include <algorithm>

#include "revision/plan.h"
#include "revision/plan_steps.h"
#include "revision/resolver.h"
#include "revision/target.h"
#include "revision/upgrade_target.h"

namespace schemaop {
namespace {

using Index = RevisionGraph::Index;
using Indices = RevisionGraph::Indices;

// Without those another one requires: as a state they say nothing more.
Indices Tips(const RevisionGraph& graph, const Indices& revisions) {
  Indices tips;
  for (Index index : revisions) {
    Indices others = revisions;
    std::erase(others, index);
    if (!graph.Ancestors(others).Contains(index)) tips.push_back(index);
  }
  return tips;
}

Result<Indices> IndicesOf(const RevisionGraph& graph, const Goal& goal) {
  Indices indices;
  for (const RevisionId& id : goal.revisions) {
    std::optional<Index> index = graph.IndexOf(id);
    if (!index) {
      return Fail(ErrorCode::kNotFound,
                  "can't locate revision identified by '" + id +
                      "': no revision file has this id; add the file or correct the target");
    }
    indices.push_back(*index);
  }
  return indices;
}

// What stands above the goal: its children and everything on them, but nothing the goal itself
// requires.
RevisionSet AppliedBeyond(const RevisionGraph& graph, const RevisionSet& applied,
                          const Indices& goal) {
  if (goal.empty()) return applied;
  Indices roots;
  const RevisionSet kept = graph.Ancestors(goal);
  for (Index index : goal) {
    for (Index child : graph.Children(index)) {
      if (!kept.Contains(child)) roots.push_back(child);
    }
  }
  RevisionSet beyond = AppliedAbove(graph, applied, roots);
  for (Index index : kept.Members()) beyond.Erase(index);
  return beyond;
}

// Adds the applied revisions that no file declares; nothing that a file declares stands above one.
void InsertLost(const RevisionGraph& graph, const RevisionSet& applied, RevisionSet& drop) {
  for (Index index : applied.Members()) {
    if (graph.At(index).from_ledger) drop.Insert(index);
  }
}

}  // namespace

Result<Goal> ResolveGoal(const RevisionGraph& graph, std::string_view target) {
  auto parsed = ParseTarget(graph, target);
  if (!parsed) return Fail(std::move(parsed.error()));
  const auto* absolute = std::get_if<AbsoluteTarget>(&*parsed);
  if (absolute == nullptr) {
    return Fail(ErrorCode::kInvalid,
                "target '" + std::string(target) +
                    "' is relative: a desired state that moves each time it is read has no "
                    "end; name a revision, head, heads or base");
  }
  if (SplitAtFirst(absolute->text).branch && SplitAtFirst(absolute->text).symbol == "base") {
    return Fail(ErrorCode::kInvalid,
                "target '" + std::string(target) +
                    "' takes one branch away and says nothing about the others; name the "
                    "revision to stay at, or base to remove every revision");
  }
  auto revisions = Resolver(graph, target).All(absolute->text);
  if (!revisions) return Fail(std::move(revisions.error()));
  return Goal{graph.Ids(Tips(graph, *revisions))};
}

Result<Plan> PlanTowards(const RevisionGraph& graph, const Heads& current, const Goal& goal) {
  const Resolver resolver(graph, "");
  auto rows = resolver.Rows(current);
  if (!rows) return Fail(std::move(rows.error()));
  auto wanted = IndicesOf(graph, goal);
  if (!wanted) return Fail(std::move(wanted.error()));
  const RevisionSet applied = graph.Ancestors(*rows);
  const bool reached = std::all_of(wanted->begin(), wanted->end(),
                                   [&](Index index) { return applied.Contains(index); });
  RevisionSet drop = reached ? AppliedBeyond(graph, applied, *wanted) : RevisionSet(graph.size());
  InsertLost(graph, applied, drop);
  if (!reached && drop.Empty()) {
    return PlanUpgradeTo(resolver, current, Tips(graph, *wanted));
  }
  return PlanDowngradeOf(graph, *rows, drop);
}

}  // namespace schemaop
