// A source of revisions: a bundle of named texts, wherever they came from, made into a graph.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "revision/graph.h"

namespace schemaop {

// One file of a bundle. `name` is a path relative to the bundle's root with '/' separators.
struct SourceFile {
  std::string name;
  std::string text;
};

// What a bundle means. Immutable; share freely.
struct Source {
  std::string digest;  // "sha256:<hex>" over names and texts in name order; the same files give the
                       // same digest
  std::shared_ptr<const RevisionGraph> graph;
};

// Reads every `*.sql` of `files` (any order; sorted by name here, which is Alembic's load order) as
// a revision file, or all of them as migrations of another tool when that is what they are
// (foreign_layout.h); other names are ignored. The first problem, in name order, is the error:
// kInvalid with file and position.
Result<Source> LoadSource(std::vector<SourceFile> files);

}  // namespace schemaop
