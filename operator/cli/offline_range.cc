#include "cli/offline_range.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/planning_error.h"
#include "cli/shell_word.h"
#include "revision/plan.h"
#include "revision/resolver.h"

namespace schemaop {

Outcome<OfflineRange> SplitOfflineRange(const std::string& command, const std::string& text) {
  const std::vector<std::string> sides = Split(text, ':');
  if (sides.size() == 1) return OfflineRange{std::nullopt, text};
  if (sides.size() == 2 && !sides[0].empty() && !sides[1].empty()) {
    return OfflineRange{sides[0], sides[1]};
  }
  return Refuse(ExitCode::kUsage,
                fmt::format("'{}' is no range; type the revision the database is at, ':' and the "
                            "one to bring it to: {} FROM:TO --sql",
                            text, command));
}

Outcome<Heads> ResolveStart(const RevisionGraph& graph, const std::optional<std::string>& start) {
  if (!start) return Heads{};
  Heads rows;
  for (const std::string& name : Split(*start, ',')) {
    const auto goal = ResolveGoal(graph, name);
    if (!goal) return tl::unexpected(DescribePlanningError(goal.error(), graph, {}, name));
    rows.insert(rows.end(), goal->revisions.begin(), goal->revisions.end());
  }
  const Resolver resolver(graph, *start);
  const auto indices = resolver.Rows(rows);
  if (!indices) return Refuse(indices.error());
  if (const auto apart = resolver.CheckApart(*indices); !apart) {
    return Refuse(ExitCode::kUsage, apart.error().message);
  }
  return rows;
}

Outcome<void> RefuseRange(const std::string& command, const std::string& target) {
  if (target.find(':') == std::string::npos) return {};
  return Refuse(ExitCode::kUsage,
                fmt::format("Range revision not allowed: '{0}'; name one target, or write the "
                            "range as SQL: {1} {2} --sql",
                            target, command, ShellWord(target)));
}

}  // namespace schemaop
