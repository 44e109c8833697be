// From names to revisions: ids, unique beginnings, labels, head/heads/base and "branch@" forms, by
// Alembic's rules.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "revision/graph.h"

namespace schemaop {

// Resolves the names of one command. Holds a reference: the graph must outlive it.
class Resolver {
 public:
  using Index = RevisionGraph::Index;
  using Indices = RevisionGraph::Indices;

  // `argument` is what the person typed, for messages.
  Resolver(const RevisionGraph& graph, std::string_view argument)
      : graph_(graph), argument_(argument) {}

  // Whether Alembic's wording for several heads is that of stamp ("multiple heads are present").
  enum class Wording { kTarget, kStamp };
  Resolver(const RevisionGraph& graph, std::string_view argument, Wording wording)
      : graph_(graph), argument_(argument), wording_(wording) {}

  // The revisions `text` ("heads", "label@head", "abc") stands for; none for base. kNotFound as
  // "can't locate revision identified by 'x'" for what is unknown, ambiguous or not on its branch;
  // kInvalid for a `head` that is several.
  Result<Indices> All(std::string_view text) const;

  // The one revision `text` stands for; nullopt for base. kInvalid when it stands for several.
  Result<std::optional<Index>> One(std::string_view text) const;

  // An id, a label, or the beginning of exactly one of those that have four characters or more; on
  // the branch of `branch` when that is given and not empty.
  Result<Index> Identifier(std::string_view name, std::string_view branch = {}) const;

  // The revision a branch is named after: a label or any identifier.
  Result<Index> Branch(std::string_view name) const;

  // The names `text` puts side by side to say where a lineage is: its branch and what its symbol
  // resolves to, as revisions. Empty means everywhere (base).
  Result<Indices> Lineage(std::string_view text) const;

  // Those of `candidates` that share lineage with `text`: one of its revisions is an ancestor, a
  // descendant or the candidate itself. Over down edges, or over dependencies too.
  enum class Edges { kDown, kAll };
  Result<Indices> OnLineage(const Indices& candidates, std::string_view text,
                            Edges edges = Edges::kDown) const;

  // Where `branch` stands when the version table holds `rows`: the rows on its lineage or, when
  // dependencies leave none there, the applied revisions without an applied child.
  Result<Indices> AppliedOnBranch(const Indices& rows, std::string_view branch) const;

  // The rows of a version table as revisions. kNotFound, naming it, for a row the graph does not
  // know.
  Result<Indices> Rows(const std::vector<RevisionId>& rows) const;

  // kInvalid "requested revision x overlaps with other requested revisions y" when one of
  // `revisions` is an ancestor of another (over dependencies too).
  Result<void> CheckApart(const Indices& revisions) const;

  const RevisionGraph& graph() const { return graph_; }

 private:
  struct Symbols {
    std::vector<std::string> names;
    std::string branch;  // empty: none
  };
  Result<Symbols> Expand(std::string_view text) const;
  Result<Indices> LineageOf(const Symbols& symbols) const;
  Result<Indices> HeadsOf(std::string_view branch) const;
  bool SharesLineage(Index candidate, const Indices& against, Edges edges) const;
  Error SeveralHeads(const std::vector<RevisionId>& heads) const;
  Error NotFound(std::string_view name, const std::vector<std::string>& candidates,
                 std::string_view branch) const;

  const RevisionGraph& graph_;
  std::string argument_;
  Wording wording_ = Wording::kTarget;
};

}  // namespace schemaop
