// What a set of revisions must fulfil before it is a graph. Used by RevisionGraph::Build alone.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "revision/revision.h"

namespace schemaop {

// "a (versions/a.sql)", or "a" when the file is not known.
std::string NameWithFile(const Revision& revision);

// Whether `name` is one of the words targets give a meaning of their own: head, heads, base,
// current.
bool IsReservedName(std::string_view name);

// An id a version table can hold and a target can name; kInvalid otherwise, naming the file.
Result<void> CheckId(const Revision& revision);

// The labels of `revision`, each usable in some target; kInvalid otherwise, naming the file.
Result<void> CheckLabels(const Revision& revision);

// One revision and what it names, as indices into a vector of these.
struct RevisionEdges {
  const Revision* revision = nullptr;
  std::vector<std::size_t> parents;
  std::vector<std::size_t> dependencies;
};

// kInvalid with the path of a cycle ("a -> b -> a", each requiring the next) and its files, when
// there is one: a cycle of down edges if any, else one with dependencies. O(revisions + edges).
Result<void> CheckAcyclic(const std::vector<RevisionEdges>& graph);

}  // namespace schemaop
