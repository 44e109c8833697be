#include "revision/walk.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "base/text.h"
#include "revision/target.h"

namespace schemaop {
namespace {

using Index = RevisionGraph::Index;
using Indices = RevisionGraph::Indices;

Result<Indices> Above(const Resolver& resolver, WalkPoint at, std::string_view branch) {
  const RevisionGraph& graph = resolver.graph();
  const Index* index = std::get_if<Index>(&at);
  const Indices& above = index != nullptr ? graph.Children(*index) : graph.Bases();
  return branch.empty() ? Result<Indices>(above) : resolver.OnLineage(above, branch);
}

// The points under `at`; the base under a revision without parents.
std::vector<WalkPoint> Below(const RevisionGraph& graph, WalkPoint at) {
  if (at == WalkPoint(WalkEnd::kBase)) return {};
  const Index* index = std::get_if<Index>(&at);
  const Indices& below = index != nullptr ? graph.Parents(*index) : graph.Heads();
  if (below.empty()) return {WalkEnd::kBase};
  return {below.begin(), below.end()};
}

Error AmbiguousWalk(const RevisionGraph& graph, WalkPoint at, const std::vector<WalkPoint>& ways) {
  std::vector<std::string> ids;
  for (const WalkPoint& way : ways) ids.push_back(graph.IdAt(std::get<Index>(way)));
  const Index* index = std::get_if<Index>(&at);
  const std::string from =
      index != nullptr ? "revision " + graph.IdAt(*index) : "the end of the history";
  return {ErrorCode::kInvalid, "ambiguous walk: from " + from + " it leads to " +
                                   Join(ids, " and ") + "; name one of them"};
}

// N of the symbol "-N".
std::optional<int> StepsBelowHeads(std::string_view symbol) {
  int steps = 0;
  const char* end = symbol.data() + symbol.size();
  const auto parsed = std::from_chars(symbol.data(), end, steps);
  if (parsed.ec != std::errc() || parsed.ptr != end || steps >= 0) return std::nullopt;
  return steps;
}

Result<WalkPoints> BelowHeads(const Resolver& resolver, const std::optional<std::string>& label,
                              int steps) {
  const RevisionGraph& graph = resolver.graph();
  WalkPoints points;
  for (Index head : graph.RealHeads()) {
    const std::vector<std::string>& labels = graph.Labels(head);
    if (label && std::find(labels.begin(), labels.end(), *label) == labels.end()) continue;
    auto end = Walk(resolver, head, steps, "", Overrun::kFail);
    if (!end) return Fail(std::move(end.error()));
    points.push_back(*end);
  }
  return points;
}

}  // namespace

Result<WalkPoints> PointsNamed(const Resolver& resolver, std::string_view text) {
  const BranchAndSymbol parts = SplitAtFirst(text);
  if (auto steps = StepsBelowHeads(parts.symbol)) return BelowHeads(resolver, parts.branch, *steps);
  auto revisions = resolver.All(text);
  if (!revisions) return Fail(std::move(revisions.error()));
  return WalkPoints(revisions->begin(), revisions->end());
}

Result<std::optional<WalkPoint>> Walk(const Resolver& resolver, WalkPoint start, int steps,
                                      std::string_view branch, Overrun overrun) {
  WalkPoint at = start;
  for (int step = 0; step < std::abs(steps); ++step) {
    std::vector<WalkPoint> next;
    if (steps > 0) {
      auto above = Above(resolver, at, branch);
      if (!above) return Fail(std::move(above.error()));
      next.assign(above->begin(), above->end());
    } else {
      next = Below(resolver.graph(), at);
    }
    if (next.empty()) return overrun == Overrun::kStay ? std::optional(at) : std::nullopt;
    if (next.size() > 1) return Fail(AmbiguousWalk(resolver.graph(), at, next));
    at = next.front();
  }
  return at;
}

}  // namespace schemaop
