#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "base/text.h"
#include "revision/plan.h"
#include "revision/plan_steps.h"
#include "revision/resolver.h"
#include "revision/target.h"
#include "revision/walk.h"

namespace schemaop {
namespace {

using Index = RevisionGraph::Index;
using Indices = RevisionGraph::Indices;

// Where a downgrade goes: the revision to keep (nullopt: base) and the branch it is limited to.
struct Destination {
  std::optional<Index> keep;
  std::string branch;  // empty: every branch above `keep`
  std::vector<std::string> warnings;
};

Error DowngradeDidNotProduce(const RelativeTarget& target, std::string_view why) {
  return {ErrorCode::kInvalid, "relative revision " + target.steps_text + " didn't produce " +
                                   std::to_string(std::abs(target.steps)) +
                                   " migrations: " + std::string(why)};
}

std::optional<Index> RevisionAt(const WalkPoint& point) {
  const Index* index = std::get_if<Index>(&point);
  return index != nullptr ? std::optional(*index) : std::nullopt;
}

Result<Destination> UpFromSymbol(const Resolver& resolver, const RelativeTarget& target) {
  if (!target.symbol) {
    return Fail(DowngradeDidNotProduce(target, "a downgrade goes down; type -N, or use upgrade"));
  }
  const std::string branch = target.branch.value_or("");
  auto start = resolver.One(*target.symbol);
  if (!start) return Fail(std::move(start.error()));
  const WalkPoint from = *start ? WalkPoint(**start) : WalkPoint(WalkEnd::kNowhere);
  auto end = Walk(resolver, from, target.steps, branch, Overrun::kFail);
  if (!end) return Fail(std::move(end.error()));
  if (!*end || !RevisionAt(**end)) {
    return Fail(ErrorCode::kInvalid, "walked too far: there are not " +
                                         std::to_string(target.steps) + " revisions above '" +
                                         *target.symbol + "'; name a revision");
  }
  return Destination{RevisionAt(**end), branch, {}};
}

// The row (or, when dependencies hide it, the applied tip) that "branch@-N" starts from.
Result<Index> StartOnBranch(const Resolver& resolver, const Indices& rows,
                            const RelativeTarget& target) {
  const RevisionGraph& graph = resolver.graph();
  auto start = resolver.AppliedOnBranch(rows, *target.branch);
  if (!start) return Fail(std::move(start.error()));
  if (start->empty()) {
    return Fail(
        DowngradeDidNotProduce(target, "nothing of branch '" + *target.branch + "' is applied"));
  }
  if (start->size() > 1) {
    return Fail(ErrorCode::kInvalid,
                "ambiguous downgrade: branch '" + *target.branch + "' is at several revisions (" +
                    Join(graph.Ids(*start), ", ") + "); name the revision to go down to");
  }
  return start->front();
}

struct Start {
  Index at;
  std::string branch;
  std::vector<std::string> warnings;
};

Result<Start> StartOfCurrent(const Resolver& resolver, const Heads& current,
                             const RelativeTarget& target) {
  if (target.branch) {
    auto rows = resolver.Rows(current);
    if (!rows) return Fail(std::move(rows.error()));
    auto at = StartOnBranch(resolver, *rows, target);
    if (!at) return Fail(std::move(at.error()));
    return Start{*at, *target.branch, {}};
  }
  if (current.empty()) return Fail(DowngradeDidNotProduce(target, "the database is at base"));
  auto first = resolver.Rows({current.front()});
  if (!first) return Fail(std::move(first.error()));
  Start start{first->front(), current.front(), {}};
  if (current.size() > 1) {
    start.warnings.push_back(
        "downgrade -1 from multiple heads is ambiguous; this usage will be disallowed in a future "
        "release.");
  }
  return start;
}

Result<Destination> DownFrom(const Resolver& resolver, WalkPoint from, const RelativeTarget& target,
                             Destination destination) {
  auto end = Walk(resolver, from, target.steps, "", Overrun::kFail);
  if (!end) return Fail(std::move(end.error()));
  if (!*end) {
    if (!target.symbol)
      return Fail(
          DowngradeDidNotProduce(target, "fewer revisions are below; type 'base' to remove all"));
    return Fail(ErrorCode::kInvalid, "walked too far: there are not " +
                                         std::to_string(-target.steps) + " revisions below '" +
                                         *target.symbol +
                                         "'; name a revision, or type 'base' to remove all");
  }
  destination.keep = RevisionAt(**end);
  return destination;
}

Result<Destination> ResolveRelative(const Resolver& resolver, const Heads& current,
                                    const RelativeTarget& target) {
  if (target.steps >= 0) return UpFromSymbol(resolver, target);
  if (!target.symbol) {
    auto start = StartOfCurrent(resolver, current, target);
    if (!start) return Fail(std::move(start.error()));
    return DownFrom(resolver, start->at, target,
                    {std::nullopt, start->branch, std::move(start->warnings)});
  }
  auto start = resolver.One(target.branch ? *target.branch + "@" + *target.symbol : *target.symbol);
  if (!start) return Fail(std::move(start.error()));
  const WalkPoint from = *start ? WalkPoint(**start) : WalkPoint(WalkEnd::kNowhere);
  return DownFrom(resolver, from, target, {std::nullopt, target.branch.value_or(""), {}});
}

Result<Destination> Resolve(const Resolver& resolver, const Heads& current, const Target& target) {
  if (const auto* relative = std::get_if<RelativeTarget>(&target)) {
    return ResolveRelative(resolver, current, *relative);
  }
  const BranchAndSymbol parts = SplitAtLast(std::get<AbsoluteTarget>(target).text);
  auto keep = resolver.One(parts.symbol);
  if (!keep) return Fail(std::move(keep.error()));
  return Destination{*keep, parts.branch.value_or(""), {}};
}

// Alembic counts a base once for its id and once for each of its labels when it decides whether a
// branch name has anything to choose between.
std::size_t CountNames(const RevisionGraph& graph, const Indices& bases) {
  std::size_t count = 0;
  for (Index base : bases) count += 1 + graph.At(base).branch_labels.size();
  return count;
}

// The revisions that go, with everything above them.
Result<Indices> RootsAbove(const Resolver& resolver, const Destination& destination) {
  const RevisionGraph& graph = resolver.graph();
  const Indices& roots = destination.keep ? graph.Children(*destination.keep) : graph.Bases();
  const std::size_t choices = destination.keep ? roots.size() : CountNames(graph, roots);
  if (destination.branch.empty() || choices < 2) return roots;
  auto branch = resolver.Branch(destination.branch);
  if (!branch) return Fail(std::move(branch.error()));
  const RevisionSet line = graph.AncestorsByDown({*branch});
  Indices kept;
  std::copy_if(roots.begin(), roots.end(), std::back_inserter(kept),
               [&](Index root) { return line.Contains(root); });
  if (kept.empty()) {
    return Fail(ErrorCode::kInvalid,
                "not a valid downgrade target from current heads: nothing above it is on branch '" +
                    destination.branch + "'; name a branch above it, or leave the branch out");
  }
  return kept;
}

}  // namespace

Result<Plan> PlanDowngrade(const RevisionGraph& graph, const Heads& current,
                           std::string_view target) {
  auto parsed = ParseTarget(graph, target);
  if (!parsed) return Fail(std::move(parsed.error()));
  const Resolver resolver(graph, target);
  auto destination = Resolve(resolver, current, *parsed);
  if (!destination) return Fail(std::move(destination.error()));
  auto roots = RootsAbove(resolver, *destination);
  if (!roots) return Fail(std::move(roots.error()));
  auto rows = resolver.Rows(current);
  if (!rows) return Fail(std::move(rows.error()));

  const RevisionSet drop = AppliedAbove(graph, graph.Ancestors(*rows), *roots);
  const auto& keep = destination->keep;
  if (drop.Empty() && keep && std::find(rows->begin(), rows->end(), *keep) == rows->end()) {
    return Fail(ErrorCode::kInvalid,
                "destination " + std::string(target) +
                    " is not a valid downgrade target from current head(s): it is not applied, "
                    "or nothing that is applied stands above it; 'current' shows where the "
                    "database is");
  }
  auto plan = PlanDowngradeOf(graph, *rows, drop);
  if (plan) plan->warnings = std::move(destination->warnings);
  return plan;
}

}  // namespace schemaop
