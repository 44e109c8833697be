// What a set of revisions must fulfil before it is a graph.
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

// What no id holds: control characters, and what a shell does not take for a letter. Ids are
// pasted, completed and put into scripts, and come from files that somebody else may have written.
inline constexpr std::string_view kActiveCharacters =
    "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
    "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f"
    "\"'`$\\;&|<>()";

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
