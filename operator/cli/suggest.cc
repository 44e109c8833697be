#include "cli/suggest.h"

#include <algorithm>

namespace schemaop {
namespace {

// Optimal string alignment distance: Levenshtein's edits and the swap of two neighbours.
std::size_t Edits(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, replace});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::optional<std::string> NearestTo(std::string_view typed,
                                     const std::vector<std::string>& candidates) {
  if (typed.empty()) return std::nullopt;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > typed.size() && candidate.starts_with(typed)) return candidate;
  }
  std::size_t fewest = std::max<std::size_t>(1, typed.size() / 3) + 1;
  std::optional<std::string> nearest;
  for (const std::string& candidate : candidates) {
    // An identifier is tens of characters; comparing with a page of text would only take time.
    if (candidate.size() > 200 || typed.size() > 200) continue;
    const std::size_t edits = Edits(typed, candidate);
    if (edits < fewest && edits < candidate.size()) {
      fewest = edits;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string DidYouMean(std::string_view typed, const std::vector<std::string>& candidates) {
  const std::optional<std::string> nearest = NearestTo(typed, candidates);
  return nearest ? " (did you mean '" + *nearest + "'?)" : "";
}

}  // namespace schemaop
