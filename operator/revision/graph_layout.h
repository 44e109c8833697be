// Where each revision and each line between two goes in a drawing: one revision a row, lines in
// lanes beside it.
#pragma once

#include <cstddef>
#include <vector>

#include "revision/graph.h"

namespace schemaop {

// One row of a drawing, from above: lanes join into the revision's lane, the revision, lanes fork
// off it.
struct LayoutRow {
  RevisionGraph::Index revision;
  std::size_t lane = 0;
  std::vector<std::size_t> joining;  // lanes of other children that end here, all right of `lane`
  std::vector<std::size_t> forking;  // new lanes to further parents, all right of `lane`
  std::vector<bool> above;           // by lane: a line runs there before the joining ...
  std::vector<bool> beside;          // ... beside the revision (its own lane is false) ...
  std::vector<bool> below;           // ... and after the forking

  bool operator==(const LayoutRow&) const = default;
};

// A line from a child down to its parent, which leaves the child into `lane` and stays there.
struct LayoutEdge {
  std::size_t child_row = 0;
  std::size_t parent_row = 0;
  std::size_t lane = 0;

  bool operator==(const LayoutEdge&) const = default;
};

struct GraphLayout {
  std::vector<LayoutRow> rows;
  std::vector<LayoutEdge> edges;
  std::size_t lanes = 0;
};

// Lays out `revisions`, which come children first (see RevisionsInRange). Lines are down edges
// between them; those that lead out of `revisions` are left out.
GraphLayout LayOut(const RevisionGraph& graph, const RevisionGraph::Indices& revisions);

}  // namespace schemaop
