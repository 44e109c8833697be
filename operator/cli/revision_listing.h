// Revisions in the forms of `-o`.
#pragma once

#include <optional>
#include <string>

#include "cli/document.h"
#include "cli/workspace.h"
#include "revision/graph.h"

namespace schemaop {

// `revisions` of the workspace's graph, in that order:
//   json, yaml   a list of objects; keys: revision, down_revisions, depends_on, branch_labels,
//                children, message, created, file, head, effective_head, branchpoint, mergepoint,
//                and, when `current` is known, current
//   table, wide  a line each under a header; wide adds labels, dependencies and the file
//   name         the identifiers, a line each
// REQUIRES: format is not kText, which is Alembic's own and made by revision/views.h.
std::string ListRevisions(OutputFormat format, const Workspace& workspace,
                          const RevisionGraph::Indices& revisions,
                          const std::optional<Heads>& current);

}  // namespace schemaop
