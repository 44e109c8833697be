// The version table as it changes while steps run: which rows each step writes.
#pragma once

#include <vector>

#include "base/error.h"
#include "revision/graph.h"
#include "revision/plan.h"
#include "revision/revision_set.h"

namespace schemaop {

// Simulates the rows from a start. Each revision it upgrades or downgrades gives the row changes of
// that step, by Alembic 1.19.1's rules, every one of which matches exactly one row.
class VersionRows {
 public:
  // REQUIRES: every row is a revision of `graph`, which must outlive this.
  VersionRows(const RevisionGraph& graph, const RevisionGraph::Indices& rows);

  // Everything the rows imply, as of now.
  const RevisionSet& applied() const { return applied_; }
  // The rows now; an updated row moves to the end, as PostgreSQL returns it.
  Heads heads() const { return graph_.Ids(rows_); }

  // kInvalid when the revision merges a parent that has no row because another parent builds on it:
  // no single set of row changes is right then, and Alembic crashes after having run the revision.
  Result<std::vector<VersionChange>> Upgrade(RevisionGraph::Index index);

  // kInvalid when the revision has no row: the version table is not consistent.
  Result<std::vector<VersionChange>> Downgrade(RevisionGraph::Index index);

 private:
  using Index = RevisionGraph::Index;
  using Indices = RevisionGraph::Indices;

  bool HasRow(Index index) const;
  bool IsUnderAny(Index index, const Indices& rows) const;
  Indices RowsUncovered(Index index) const;
  Indices WithoutThoseUnderOthers(const Indices& candidates) const;
  VersionChange Insert(Index to);
  VersionChange Update(Index from, Index to);
  VersionChange Delete(Index from);

  const RevisionGraph& graph_;
  Indices rows_;
  RevisionSet applied_;
};

}  // namespace schemaop
