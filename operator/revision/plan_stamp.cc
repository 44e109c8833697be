#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "revision/plan.h"
#include "revision/resolver.h"
#include "revision/walk.h"

namespace schemaop {
namespace {

using Index = RevisionGraph::Index;
using Indices = RevisionGraph::Indices;
using Kind = VersionChange::Kind;

bool Holds(const Indices& list, Index index) {
  return std::find(list.begin(), list.end(), index) != list.end();
}

bool HoldsAny(const RevisionSet& set, const Indices& list) {
  return std::any_of(list.begin(), list.end(), [&](Index index) { return set.Contains(index); });
}

// The rows of a stamp as it proceeds; each statement must match exactly one of them.
class StampRows {
 public:
  StampRows(const RevisionGraph& graph, Indices rows) : graph_(graph), rows_(std::move(rows)) {}

  Result<StampStep> ToBase(Index from) {
    if (auto deleted = Delete(from); !deleted) return Fail(std::move(deleted.error()));
    return Finish({from}, std::nullopt);
  }

  Result<StampStep> Insert(Index to) {
    if (Holds(rows_, to)) {
      return Fail(ErrorCode::kInvalid,
                  "stamp target " + graph_.IdAt(to) + " is named twice; name it once");
    }
    AddRow(to);
    return Finish({}, to);
  }

  // `to` takes the place of `from`. On the way up it becomes a row of its own when an earlier
  // destination of the same stamp took their place already, as in Alembic; on the way down that is
  // an error (Alembic crashes).
  Result<StampStep> Replace(const Indices& from, Index to, Direction direction) {
    const bool all_there =
        std::all_of(from.begin(), from.end(), [&](Index i) { return Holds(rows_, i); });
    if (direction == Direction::kUpgrade && !all_there && !Holds(rows_, to)) {
      AddRow(to);
      return Finish(from, to);
    }
    if (Holds(rows_, to)) {
      return Fail(ErrorCode::kInvalid,
                  "stamp target " + graph_.IdAt(to) + " is named twice; name it once");
    }
    for (std::size_t i = 0; i + 1 < from.size(); ++i) {
      if (auto deleted = Delete(from[i]); !deleted) return Fail(std::move(deleted.error()));
    }
    if (auto taken = Take(from.back()); !taken) return Fail(std::move(taken.error()));
    rows_.push_back(to);
    changes_.push_back({Kind::kUpdate, graph_.IdAt(from.back()), graph_.IdAt(to)});
    return Finish(from, to);
  }

  Heads heads() const { return graph_.Ids(rows_); }

 private:
  Result<void> Take(Index row) {
    if (std::erase(rows_, row) == 1) return {};
    return Fail(ErrorCode::kInvalid,
                "the targets of this stamp contradict each other: row " + graph_.IdAt(row) +
                    " would be replaced twice; add --purge to replace all rows by the targets");
  }

  Result<void> Delete(Index row) {
    if (auto taken = Take(row); !taken) return taken;
    changes_.push_back({Kind::kDelete, graph_.IdAt(row), ""});
    return {};
  }

  void AddRow(Index to) {
    rows_.push_back(to);
    changes_.push_back({Kind::kInsert, "", graph_.IdAt(to)});
  }

  StampStep Finish(const Indices& from, std::optional<Index> to) {
    return {graph_.Ids(from), to ? graph_.IdAt(*to) : RevisionId(), std::exchange(changes_, {}),
            heads()};
  }

  const RevisionGraph& graph_;
  Indices rows_;
  std::vector<VersionChange> changes_;
};

// The destinations of one target; nullopt among them is base.
Result<std::vector<std::optional<Index>>> Destinations(const Resolver& resolver,
                                                       std::string_view target) {
  auto points = PointsNamed(resolver, target);
  if (!points) return Fail(std::move(points.error()));
  std::vector<std::optional<Index>> destinations;
  for (const std::optional<WalkPoint>& point : *points) {
    if (point && std::holds_alternative<WalkEnd>(*point)) {
      return Fail(ErrorCode::kInvalid, "stamp target '" + std::string(target) +
                                           "' is below the first revision; type 'base'");
    }
    destinations.push_back(point ? std::optional(std::get<Index>(*point)) : std::nullopt);
  }
  return destinations;
}

// The rows the targets are about: those that share lineage, dependencies included, with any of
// them.
Result<Indices> AffectedRows(const RevisionGraph& graph, const Indices& rows,
                             const std::vector<std::string>& targets) {
  Indices affected;
  for (const std::string& target : targets) {
    const Resolver resolver(graph, target, Resolver::Wording::kStamp);
    auto related = resolver.OnLineage(rows, target, Resolver::Edges::kAll);
    if (!related) return related;
    for (Index row : *related) {
      if (!Holds(affected, row)) affected.push_back(row);
    }
  }
  return affected;
}

class StampPlanner {
 public:
  StampPlanner(const RevisionGraph& graph, const Indices& rows, Indices affected)
      : graph_(graph), rows_(graph, rows), affected_(std::move(affected)) {}

  Result<void> Add(std::optional<Index> destination) {
    if (!destination) return AddBase();
    if (Holds(affected_, *destination)) return {};
    const bool above = HoldsAny(graph_.Descendants({*destination}), affected_);
    const bool below = HoldsAny(graph_.Ancestors({*destination}), affected_);
    if (above && below) {
      return Fail(ErrorCode::kInvalid,
                  "stamp target " + graph_.IdAt(*destination) +
                      " lies between rows of the version table; add --purge to replace "
                      "them all");
    }
    if (above) return Keep(rows_.Replace(affected_, *destination, Direction::kDowngrade));
    if (below) return Keep(rows_.Replace(affected_, *destination, Direction::kUpgrade));
    return Keep(rows_.Insert(*destination));
  }

  StampPlan Finish(const Heads& from, bool purge) {
    return {from, rows_.heads(), purge, std::move(steps_)};
  }

 private:
  Result<void> AddBase() {
    for (Index row : affected_) {
      if (auto kept = Keep(rows_.ToBase(row)); !kept) return kept;
    }
    return {};
  }

  Result<void> Keep(Result<StampStep> step) {
    if (!step) return Fail(std::move(step.error()));
    steps_.push_back(std::move(*step));
    return {};
  }

  const RevisionGraph& graph_;
  StampRows rows_;
  const Indices affected_;
  std::vector<StampStep> steps_;
};

}  // namespace

Result<StampPlan> PlanStamp(const RevisionGraph& graph, const Heads& current,
                            const std::vector<std::string>& targets, bool purge) {
  auto rows = Resolver(graph, Join(targets, " ")).Rows(purge ? Heads{} : current);
  if (!rows) return Fail(std::move(rows.error()));
  auto affected = AffectedRows(graph, *rows, targets);
  if (!affected) return Fail(std::move(affected.error()));
  std::vector<std::optional<Index>> destinations;
  for (const std::string& target : targets) {
    auto found = Destinations(Resolver(graph, target, Resolver::Wording::kStamp), target);
    if (!found) return Fail(std::move(found.error()));
    destinations.insert(destinations.end(), found->begin(), found->end());
  }
  if (destinations.empty()) destinations.push_back(std::nullopt);
  StampPlanner planner(graph, *rows, std::move(*affected));
  for (const auto& destination : destinations) {
    if (auto added = planner.Add(destination); !added) return Fail(std::move(added.error()));
  }
  return planner.Finish(current, purge);
}

}  // namespace schemaop
