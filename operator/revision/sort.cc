#include "revision/sort.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace schemaop {
namespace {

using Index = RevisionGraph::Index;
using Indices = RevisionGraph::Indices;

class DownwardSort {
 public:
  DownwardSort(const RevisionGraph& graph, const RevisionSet& todo, const Indices& heads)
      : graph_(graph), todo_(todo) {
    for (Index head : std::set<Index>(heads.begin(), heads.end())) {
      if (todo_.Contains(head)) Add(head);
    }
  }

  Indices Run() {
    std::size_t cursor = 0;
    while (!tips_.empty()) {
      if (auto above = TipAbove(cursor)) {
        cursor = *above;
        continue;
      }
      cursor = EmitAndDescend(cursor);
    }
    return std::move(order_);
  }

 private:
  // Where one branch of the search is, and everything below that (itself included).
  struct Tip {
    Index at;
    RevisionSet below;
  };

  void Add(Index at) { tips_.push_back({at, graph_.Ancestors({at})}); }

  // The first other tip that requires the one at `cursor` and so has to come first.
  std::optional<std::size_t> TipAbove(std::size_t cursor) const {
    for (std::size_t i = 0; i < tips_.size(); ++i) {
      if (i != cursor && tips_[i].below.Contains(tips_[cursor].at)) return i;
    }
    return std::nullopt;
  }

  bool IsTip(Index at) const {
    return std::any_of(tips_.begin(), tips_.end(), [at](const Tip& tip) { return tip.at == at; });
  }

  std::size_t EmitAndDescend(std::size_t cursor) {
    const Index at = tips_[cursor].at;
    if (todo_.Erase(at)) order_.push_back(at);
    Indices next;
    for (Index required : graph_.Requires(at)) {
      if (todo_.Contains(required) && !IsTip(required)) next.push_back(required);
    }
    if (next.empty()) {
      tips_.erase(tips_.begin() + static_cast<std::ptrdiff_t>(cursor));
      return cursor > 0 ? cursor - 1 : 0;
    }
    if (graph_.Requires(at).size() == 1) {
      // On a single line the set below loses just this revision; computing it anew at each would be
      // quadratic.
      tips_[cursor].at = next.front();
      tips_[cursor].below.Erase(at);
    } else {
      tips_[cursor] = {next.front(), graph_.Ancestors({next.front()})};
      for (std::size_t i = 1; i < next.size(); ++i) Add(next[i]);
    }
    return cursor;
  }

  const RevisionGraph& graph_;
  RevisionSet todo_;
  std::vector<Tip> tips_;
  Indices order_;
};

}  // namespace

Indices SortDownwards(const RevisionGraph& graph, const RevisionSet& todo, const Indices& heads) {
  return DownwardSort(graph, todo, heads).Run();
}

}  // namespace schemaop
