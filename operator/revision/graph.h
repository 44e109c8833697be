// The revision graph: revisions with their down edges and dependency edges, checked and indexed
// once. Alembic's rules (1.19.1), stricter where Alembic accepts what it cannot run.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "revision/revision.h"

namespace schemaop {

// Immutable. Revisions are referred to by their index in load order, which also breaks ties between
// independent branches, as in Alembic.
class RevisionGraph {
 public:
  using Index = std::size_t;

  // Builds the graph from revisions in load order. kInvalid, naming every revision (and file)
  // involved, for: duplicate ids, missing parents or dependencies, self-references, cycles of
  // either kind (printed as a path), labels used twice or equal to an id or unusable in a target,
  // ids longer than 32 characters.
  static Result<RevisionGraph> Build(std::vector<Revision> revisions);

  std::size_t size() const { return nodes_.size(); }
  const Revision& At(Index index) const { return nodes_[index].revision; }

  // The revision with exactly this id; nullptr when there is none.
  const Revision* Find(std::string_view id) const;

  // Ids without a child by down edge, in load order.
  std::vector<RevisionId> HeadIds() const;

 private:
  struct Node {
    Revision revision;
  };
  std::vector<Node> nodes_;
  std::unordered_map<std::string, Index> by_id_;
};

}  // namespace schemaop
