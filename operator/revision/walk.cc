#include "revision/walk.h"

#include <cstdlib>
#include <optional>

#include "base/text.h"

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

}  // namespace

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
