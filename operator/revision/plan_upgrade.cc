#include <cstdlib>
#include <optional>

#include "base/text.h"
#include "revision/plan.h"
#include "revision/plan_steps.h"
#include "revision/resolver.h"
#include "revision/target.h"
#include "revision/upgrade_target.h"
#include "revision/walk.h"

namespace schemaop {
namespace {

using Index = RevisionGraph::Index;
using Indices = RevisionGraph::Indices;

Error UpgradeDidNotProduce(const RelativeTarget& target, std::string_view why) {
  const std::string digits = std::to_string(std::abs(target.steps));
  const std::string text = target.steps > 0 ? target.steps_text : std::to_string(target.steps);
  return {ErrorCode::kInvalid, "relative revision " + text + " didn't produce " + digits +
                                   " migrations: " + std::string(why)};
}

// Where "branch@+N" starts when no row is on the branch: at the tips of what is applied of it, else
// at the base.
Result<Indices> AppliedTipsOf(const Resolver& resolver, const Indices& rows,
                              std::string_view branch) {
  const RevisionGraph& graph = resolver.graph();
  auto active = resolver.OnLineage(graph.Ancestors(rows).Members(), branch);
  if (!active) return active;
  RevisionSet tips(graph.size());
  for (Index index : *active) tips.Insert(index);
  for (Index index : *active) {
    for (Index below : graph.Requires(index)) tips.Erase(below);
  }
  return tips.Members();
}

Error AmbiguousStart(const std::vector<std::string>& names) {
  return {ErrorCode::kInvalid, "ambiguous upgrade from multiple current revisions (" +
                                   Join(names, ", ") +
                                   "); name the branch, as in '<label>@+1', or a revision"};
}

Result<WalkPoint> StartOfWalk(const Resolver& resolver, const UpgradeStart& from,
                              const std::optional<std::string>& branch) {
  if (!branch && from.names.size() > 1) return Fail(AmbiguousStart(from.names));
  if (!from.revisions) return Fail(from.revisions.error());
  Indices start = *from.revisions;
  if (branch && !start.empty()) {
    auto on_branch = resolver.OnLineage(start, *branch);
    if (!on_branch) return Fail(std::move(on_branch.error()));
    auto tips = on_branch->empty() ? AppliedTipsOf(resolver, start, *branch) : on_branch;
    if (!tips) return Fail(std::move(tips.error()));
    start = std::move(*tips);
  }
  if (start.size() > 1) return Fail(AmbiguousStart(resolver.graph().Ids(start)));
  return start.empty() ? WalkPoint(WalkEnd::kNowhere) : WalkPoint(start.front());
}

Result<Indices> FromStart(const Resolver& resolver, const UpgradeStart& from,
                          const RelativeTarget& target, Overrun overrun) {
  if (target.steps <= 0) {
    return Fail(UpgradeDidNotProduce(target, "an upgrade goes up; type +N, or use downgrade"));
  }
  auto start = StartOfWalk(resolver, from, target.branch);
  if (!start) return Fail(std::move(start.error()));
  auto end = Walk(resolver, *start, target.steps, target.branch.value_or(""), overrun);
  if (!end) return Fail(std::move(end.error()));
  const Index* index = *end ? std::get_if<Index>(&**end) : nullptr;
  if (index == nullptr) {
    return Fail(UpgradeDidNotProduce(
        target, "fewer revisions are left above; type 'head' to go all the way"));
  }
  return Indices{*index};
}

Result<Indices> FromSymbol(const Resolver& resolver, const RelativeTarget& target,
                           Overrun overrun) {
  const bool qualified = target.steps <= 0 && target.branch;
  auto start = resolver.One(qualified ? *target.branch + "@" + *target.symbol : *target.symbol);
  if (!start) return Fail(std::move(start.error()));
  const WalkPoint from = *start ? WalkPoint(**start) : WalkPoint(WalkEnd::kNowhere);
  auto end = Walk(resolver, from, target.steps, target.steps > 0 ? target.branch.value_or("") : "",
                  overrun);
  if (!end) return Fail(std::move(end.error()));
  if (*end) {
    if (const Index* index = std::get_if<Index>(&**end)) return Indices{*index};
  }
  return Fail(ErrorCode::kInvalid, "walked too far: there are not " +
                                       std::to_string(std::abs(target.steps)) + " revisions " +
                                       (target.steps < 0 ? "below '" : "above '") + *target.symbol +
                                       "'; name a revision");
}

}  // namespace

Result<Indices> ResolveUpgradeTarget(const Resolver& resolver, const UpgradeStart& start,
                                     const Target& target, Overrun overrun) {
  if (const auto* absolute = std::get_if<AbsoluteTarget>(&target))
    return resolver.All(absolute->text);
  const auto& relative = std::get<RelativeTarget>(target);
  return relative.symbol ? FromSymbol(resolver, relative, overrun)
                         : FromStart(resolver, start, relative, overrun);
}

Result<Plan> PlanUpgrade(const RevisionGraph& graph, const Heads& current,
                         std::string_view target) {
  auto parsed = ParseTarget(graph, target);
  if (!parsed) return Fail(std::move(parsed.error()));
  const Resolver resolver(graph, target);
  auto targets =
      ResolveUpgradeTarget(resolver, {current, resolver.Rows(current)}, *parsed, Overrun::kFail);
  if (!targets) return Fail(std::move(targets.error()));
  return PlanUpgradeTo(resolver, current, *targets);
}

Result<Plan> PlanUpgradeTo(const Resolver& resolver, const Heads& current, const Indices& targets) {
  if (auto apart = resolver.CheckApart(targets); !apart) return Fail(std::move(apart.error()));
  auto rows = resolver.Rows(current);
  if (!rows) return Fail(std::move(rows.error()));
  if (auto apart = resolver.CheckApart(*rows); !apart) return Fail(std::move(apart.error()));
  const RevisionGraph& graph = resolver.graph();
  RevisionSet todo = graph.Ancestors(targets);
  for (Index applied : graph.Ancestors(*rows).Members()) todo.Erase(applied);
  return PlanUpgradeOf(graph, *rows, todo, targets);
}

}  // namespace schemaop
