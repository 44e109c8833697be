#include "revision/graph_layout.h"

#include <algorithm>
#include <optional>

#include "revision/revision_set.h"

namespace schemaop {
namespace {

using Index = RevisionGraph::Index;
using Indices = RevisionGraph::Indices;

// A lane in use: on its way from the row of a child to `parent`.
struct Lane {
  Index parent;
  std::size_t child_row;
};

class Layouter {
 public:
  Layouter(const RevisionGraph& graph, const Indices& revisions)
      : graph_(graph), revisions_(revisions), drawn_(graph.size()) {
    for (const Index index : revisions) drawn_.Insert(index);
  }

  GraphLayout LayOut() {
    for (const Index index : revisions_) AddRow(index);
    layout_.lanes = lanes_.size();
    return std::move(layout_);
  }

 private:
  void AddRow(Index index) {
    LayoutRow row{.revision = index};
    row.above = InUse();
    std::vector<std::size_t> arriving;
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
      if (lanes_[lane] && lanes_[lane]->parent == index) arriving.push_back(lane);
    }
    row.lane = arriving.empty() ? FreeLane(0) : arriving.front();
    if (!arriving.empty()) row.joining.assign(arriving.begin() + 1, arriving.end());
    for (const std::size_t lane : arriving) End(lane);
    row.beside = InUse();
    Leave(index, row);
    row.below = InUse();
    layout_.rows.push_back(std::move(row));
  }

  void End(std::size_t lane) {
    layout_.edges.push_back({lanes_[lane]->child_row, layout_.rows.size(), lane});
    lanes_[lane].reset();
  }

  void Leave(Index index, LayoutRow& row) {
    bool first = true;
    for (const Index parent : graph_.Parents(index)) {
      if (!drawn_.Contains(parent)) continue;
      const std::size_t lane = first ? row.lane : FreeLane(row.lane + 1);
      if (!first) row.forking.push_back(lane);
      if (lane >= lanes_.size()) lanes_.resize(lane + 1);
      lanes_[lane] = Lane{parent, layout_.rows.size()};
      first = false;
    }
  }

  std::size_t FreeLane(std::size_t from) {
    std::size_t lane = from;
    while (lane < lanes_.size() && lanes_[lane]) ++lane;
    if (lane >= lanes_.size()) lanes_.resize(lane + 1);
    return lane;
  }

  std::vector<bool> InUse() const {
    std::vector<bool> used;
    for (const auto& lane : lanes_) used.push_back(lane.has_value());
    return used;
  }

  const RevisionGraph& graph_;
  const Indices& revisions_;
  RevisionSet drawn_;
  std::vector<std::optional<Lane>> lanes_;
  GraphLayout layout_;
};

}  // namespace

GraphLayout LayOut(const RevisionGraph& graph, const Indices& revisions) {
  return Layouter(graph, revisions).LayOut();
}

}  // namespace schemaop
