#include "revision/history.h"

#include <algorithm>

#include "base/text.h"
#include "revision/resolver.h"
#include "revision/sort.h"
#include "revision/target.h"
#include "revision/upgrade_target.h"
#include "revision/walk.h"

namespace schemaop {
namespace {

using Index = RevisionGraph::Index;
using Indices = RevisionGraph::Indices;

constexpr std::string_view kCurrent = "current";

// One side of a range: text, or the rows of the database.
struct Side {
  std::string text;
  std::optional<Heads> rows;
};

class RangeReader {
 public:
  RangeReader(const RevisionGraph& graph, const HistoryRange& range, Side start, Side end)
      : graph_(graph),
        start_(std::move(start)),
        end_(std::move(end)),
        shown_((range.start.empty() ? "base" : range.start) + ":" +
               (range.end.empty() ? "heads" : range.end)),
        resolver_(graph, end_.text) {}

  Result<Indices> Read() {
    auto targets = Targets();
    if (!targets) return targets;
    if (Result<void> limited = LimitToBranch(*targets); !limited)
      return Fail(std::move(limited.error()));
    if (auto apart = resolver_.CheckApart(*targets); !apart) return Fail(std::move(apart.error()));
    const RevisionSet required = graph_.Ancestors(*targets);
    auto start = StartWithin(required);
    if (!start) return start;
    if (auto apart = resolver_.CheckApart(*start); !apart) return Fail(std::move(apart.error()));
    return Between(required, *start, *targets);
  }

 private:
  Result<Indices> Targets() const {
    if (end_.rows) return resolver_.Rows(*end_.rows);
    if (end_.text.find('@') == std::string::npos && end_.text == "base") return Indices{};
    auto parsed = ParseTarget(graph_, end_.text);
    if (!parsed) return Fail(std::move(parsed.error()));
    const auto* relative = std::get_if<RelativeTarget>(&*parsed);
    const bool on_branch = relative != nullptr && relative->branch.has_value();
    return ResolveUpgradeTarget(resolver_, StartOfWalk(on_branch), *parsed, Overrun::kStay);
  }

  // What an end "+N" counts from; on a branch a start may be several revisions.
  UpgradeStart StartOfWalk(bool on_branch) const {
    if (start_.rows) return {*start_.rows, resolver_.Rows(*start_.rows)};
    if (on_branch) return {{start_.text}, RevisionsNamed(start_.text)};
    auto one = resolver_.One(start_.text);
    if (!one) return {{start_.text}, Fail(std::move(one.error()))};
    return {{start_.text}, *one ? Indices{**one} : Indices{}};
  }

  Result<Indices> RevisionsNamed(std::string_view text) const {
    auto points = PointsNamed(resolver_, text);
    if (!points) return Fail(std::move(points.error()));
    Indices revisions;
    for (const std::optional<WalkPoint>& point : *points) {
      const Index* index = point ? std::get_if<Index>(&*point) : nullptr;
      if (index == nullptr) {
        return Fail(ErrorCode::kNotFound,
                    "can't locate revision identified by 'base': '" + std::string(text) +
                        "' reaches below the first revision; name a revision");
      }
      revisions.push_back(*index);
    }
    return revisions;
  }

  // A start "branch@..." keeps of the ends those that carry the branch's label.
  Result<void> LimitToBranch(Indices& targets) const {
    if (start_.rows) return {};
    const std::optional<std::string> branch = SplitAtFirst(start_.text).branch;
    if (!branch) return {};
    auto revision = resolver_.One(*branch);
    if (!revision) return Fail(std::move(revision.error()));
    std::string label = *branch;
    if (*revision && graph_.IdAt(**revision) == *branch) {
      const std::vector<std::string>& labels = graph_.Labels(**revision);
      if (labels.size() != 1) {
        return Fail(ErrorCode::kInvalid, "revision " + *branch + " is on " +
                                             std::to_string(labels.size()) +
                                             " labelled branches, so '" + start_.text +
                                             "' does not say which; name the branch by its label");
      }
      label = labels.front();
    }
    std::erase_if(targets, [&](Index index) {
      const std::vector<std::string>& labels = graph_.Labels(index);
      return std::find(labels.begin(), labels.end(), label) == labels.end();
    });
    return {};
  }

  // The start as revisions, all of them at or below the end.
  Result<Indices> StartWithin(const RevisionSet& required) const {
    auto points = start_.rows ? RowPoints() : PointsNamed(resolver_, start_.text);
    if (!points) return Fail(std::move(points.error()));
    for (const std::optional<WalkPoint>& point : *points) {
      if (!point) continue;
      const Index* index = std::get_if<Index>(&*point);
      if (index == nullptr || !required.Contains(*index)) return Fail(NotOneLine());
    }
    if (!points->empty() && !points->front()) return StartBelowEnd();
    Indices start;
    for (const std::optional<WalkPoint>& point : *points) {
      if (!point) return Fail(NotOneLine());
      start.push_back(std::get<Index>(*point));
    }
    return start;
  }

  Result<WalkPoints> RowPoints() const {
    auto rows = resolver_.Rows(*start_.rows);
    if (!rows) return Fail(std::move(rows.error()));
    return WalkPoints(rows->begin(), rows->end());
  }

  // A start "-N" that reaches below the first revision when counted from the heads is counted from
  // the end.
  Result<Indices> StartBelowEnd() const {
    auto target = ParseTarget(graph_, start_.text);
    if (!target) return Fail(std::move(target.error()));
    const auto& relative = std::get<RelativeTarget>(*target);
    auto end = RelativeOrigin(relative);
    if (!end) return Fail(std::move(end.error()));
    auto point = Walk(resolver_, *end, relative.steps, "", Overrun::kStay);
    if (!point) return Fail(std::move(point.error()));
    if (const Index* index = std::get_if<Index>(&**point)) return Indices{*index};
    return Indices{};
  }

  Result<WalkPoint> RelativeOrigin(const RelativeTarget& relative) const {
    if (end_.rows && end_.rows->empty()) return Fail(NotOneLine());
    std::string branch = end_.rows ? end_.rows->front() : end_.text;
    std::string symbol = branch;
    if (relative.branch) {
      auto standing = EndOnBranch(*relative.branch);
      if (!standing) return Fail(std::move(standing.error()));
      branch = *relative.branch;
      symbol = graph_.IdAt(*standing);
    }
    auto end = resolver_.One(branch + "@" + symbol);
    if (!end) return Fail(std::move(end.error()));
    return *end ? WalkPoint(**end) : WalkPoint(WalkEnd::kNowhere);
  }

  Result<Index> EndOnBranch(std::string_view branch) const {
    Indices ends;
    if (end_.rows) {
      auto rows = resolver_.Rows(*end_.rows);
      if (!rows) return Fail(std::move(rows.error()));
      ends = std::move(*rows);
    } else {
      auto end = resolver_.Identifier(end_.text);
      if (!end) return end;
      ends = {*end};
    }
    auto standing = resolver_.AppliedOnBranch(ends, branch);
    if (!standing) return Fail(std::move(standing.error()));
    if (standing->size() != 1) return Fail(NotOneLine());
    return standing->front();
  }

  Result<Indices> Between(const RevisionSet& required, const Indices& start,
                          const Indices& targets) const {
    RevisionSet listed = required;
    if (!start.empty()) {
      const RevisionSet above = graph_.DescendantsByDown(start);
      const RevisionSet below = graph_.Ancestors(start);
      for (Index index : required.Members()) {
        const bool is_start = std::find(start.begin(), start.end(), index) != start.end();
        if (!is_start && (!above.Contains(index) || below.Contains(index))) listed.Erase(index);
      }
    }
    Indices order = SortDownwards(graph_, listed, targets);
    if (order.size() != listed.Count()) return Fail(NotOneLine());
    return order;
  }

  Error NotOneLine() const {
    return {ErrorCode::kInvalid,
            "requested range " + shown_ +
                " does not refer to ancestor/descendant revisions along the same branch; "
                "start:end goes from the older to the newer one"};
  }

  const RevisionGraph& graph_;
  const Side start_;
  const Side end_;
  const std::string shown_;
  const Resolver resolver_;
};

}  // namespace

Result<HistoryRange> ParseHistoryRange(std::string_view text) {
  const std::vector<std::string> sides = Split(Trim(text), ':');
  if (sides.size() != 2) {
    return Fail(ErrorCode::kInvalid,
                "history range requires [start]:[end], [start]:, or :[end]; got '" +
                    std::string(text) + "'");
  }
  return HistoryRange{sides[0], sides[1]};
}

bool NeedsCurrent(const HistoryRange& range) {
  return range.start == kCurrent || range.end == kCurrent;
}

Result<Indices> RevisionsInRange(const RevisionGraph& graph, const Heads& rows,
                                 const HistoryRange& range) {
  Side start{range.start.empty() ? "base" : range.start, std::nullopt};
  Side end{range.end.empty() ? "heads" : range.end, std::nullopt};
  // As in Alembic an empty database counts as an empty side, and of "current:current" only the end
  // is replaced.
  if (range.end == kCurrent) {
    end = rows.empty() ? Side{"heads", std::nullopt} : Side{range.end, rows};
  } else if (range.start == kCurrent) {
    start = rows.empty() ? Side{"base", std::nullopt} : Side{range.start, rows};
  }
  return RangeReader(graph, range, std::move(start), std::move(end)).Read();
}

}  // namespace schemaop
