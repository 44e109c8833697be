// The revision graph: revisions with their down edges and dependency edges, checked and indexed
// once. Alembic's rules (1.19.1), stricter where Alembic accepts what it cannot run.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "revision/revision.h"
#include "revision/revision_set.h"

namespace schemaop {

// Immutable; share freely between threads. Revisions are referred to by their index in load order,
// which also breaks ties between independent branches, as in Alembic.
class RevisionGraph {
 public:
  using Index = std::size_t;
  using Indices = std::vector<Index>;

  // The longest id the version table's column holds (varchar(32), as Alembic creates it).
  static constexpr std::size_t kMaxIdLength = 32;

  // Builds the graph from revisions in load order. kInvalid, naming every revision (and file)
  // involved, for: ids that are empty, duplicate, too long, reserved words or made of characters a
  // target cannot hold; missing or repeated parents, missing dependencies, self-references, cycles
  // of either kind (printed as a path); labels used twice, equal to an id, or of characters a
  // target cannot hold. A label with '-' is accepted, since existing Alembic projects have them;
  // targets that cannot use it are refused there.
  static Result<RevisionGraph> Build(std::vector<Revision> revisions);

  std::size_t size() const { return nodes_.size(); }
  const Revision& At(Index index) const { return nodes_[index].revision; }
  const RevisionId& IdAt(Index index) const { return nodes_[index].revision.id; }

  // The revision with exactly this id; nullptr when there is none.
  const Revision* Find(std::string_view id) const;
  std::optional<Index> IndexOf(std::string_view id) const;

  // The revision with exactly this id or this declared branch label.
  std::optional<Index> IndexOfName(std::string_view name) const;

  // Every id in load order, then every declared label: what prefixes are matched against.
  const std::vector<std::string>& Names() const { return names_; }

  // down_revisions as declared.
  const Indices& Parents(Index index) const { return nodes_[index].parents; }
  // depends_on as declared, labels resolved.
  const Indices& Dependencies(Index index) const { return nodes_[index].dependencies; }
  // Parents, then normalised dependencies: those no ancestor by down edge declares as well. What
  // must be applied before `index`, and what the version table goes by.
  const Indices& Requires(Index index) const { return nodes_[index].requires_; }
  // The inverse of Requires.
  const Indices& RequiredBy(Index index) const { return nodes_[index].required_by; }
  // Revisions that name `index` in down_revisions, in load order.
  const Indices& Children(Index index) const { return nodes_[index].children; }
  // Revisions that name `index` in down_revisions or depends_on, in load order.
  const Indices& Dependents(Index index) const { return nodes_[index].dependents; }

  // The labels people see at a revision: its own and those of its branch, sorted. Alembic
  // propagates a label to every descendant and down the single line under the last of them; only
  // views use the result.
  const std::vector<std::string>& Labels(Index index) const { return nodes_[index].labels; }

  // All in load order. A head has no child; a real head has no dependent either (the rows of a
  // fully migrated database); a base has no parent.
  const Indices& Heads() const { return heads_; }
  const Indices& RealHeads() const { return real_heads_; }
  const Indices& Bases() const { return bases_; }

  bool IsHead(Index index) const { return Children(index).empty(); }
  bool IsRealHead(Index index) const { return Dependents(index).empty(); }
  bool IsBase(Index index) const { return Parents(index).empty(); }
  bool IsBranchPoint(Index index) const { return Children(index).size() > 1; }
  bool IsMergePoint(Index index) const { return Parents(index).size() > 1; }

  // Ids without a child by down edge, in load order.
  std::vector<RevisionId> HeadIds() const { return Ids(heads_); }
  // Ids of `indices`, in their order.
  std::vector<RevisionId> Ids(const Indices& indices) const;

  // Everything reachable from `from` (which is included) ...
  RevisionSet Ancestors(const Indices& from) const;          // ... over Requires
  RevisionSet AncestorsByDown(const Indices& from) const;    // ... over Parents
  RevisionSet Descendants(const Indices& from) const;        // ... over Dependents
  RevisionSet DescendantsByDown(const Indices& from) const;  // ... over Children

  // Of `applied`, those that no other member requires, in load order: the rows a version table
  // holds for it.
  Indices EffectiveHeads(const RevisionSet& applied) const;
  // Of `applied`, those without a child in it, in load order: what `current` shows, also where a
  // dependency alone implies a revision and the version table has no row for it.
  Indices TipsByDown(const RevisionSet& applied) const;

 private:
  struct Node {
    Revision revision;
    Indices parents;
    Indices dependencies;
    Indices requires_;
    Indices required_by;
    Indices children;
    Indices dependents;
    std::vector<std::string> labels;
  };

  Result<void> IndexNames();
  Result<void> LinkEdges();
  void NormalizeDependencies();
  void CollectEnds();
  void PropagateLabels();
  void PropagateLabelsOf(Index index);
  RevisionSet Reach(const Indices& from, Indices Node::*edges) const;
  Indices EndsOf(const RevisionSet& applied, Indices Node::*above) const;

  std::vector<Node> nodes_;
  std::unordered_map<std::string, Index> by_name_;  // ids and labels
  std::vector<std::string> names_;
  Indices heads_;
  Indices real_heads_;
  Indices bases_;
};

}  // namespace schemaop
