// What history, heads, branches, current and show print: Alembic 1.19.1's lines, from the graph and
// the rows of a database. Lists that Alembic prints in an undefined order are sorted. Verbose
// entries end with an empty line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "revision/graph.h"
#include "revision/revision.h"

namespace schemaop {

using Lines = std::vector<std::string>;

enum class Detail { kBrief, kVerbose };

// " (head)" for a real head, " (effective head)" for a head that something depends on, "" for
// others; " (no file, kept in the ledger)" for a revision that no file declares.
std::string HeadMark(const RevisionGraph& graph, RevisionGraph::Index index);

// The log entry of one revision: "Rev: a (head)", "Parent: ...", the path (Revision::file), the
// message. `rows` marks it "(current)"; pass none to mark nothing.
Lines LogEntry(const RevisionGraph& graph, RevisionGraph::Index index, const Heads& rows);

// `history`: `revisions` as RevisionsInRange gives them. `rows` marks "(current)": what -i passes.
Lines HistoryView(const RevisionGraph& graph, const RevisionGraph::Indices& revisions,
                  const Heads& rows, Detail detail);

// `heads`: graph.Heads(), or graph.RealHeads() for --resolve-dependencies.
Lines HeadsView(const RevisionGraph& graph, const RevisionGraph::Indices& heads, Detail detail);

// `branches`: each branch point, what it branches into, an empty line.
Lines BranchesView(const RevisionGraph& graph, Detail detail);

// `current`: what is applied and has no applied child, implied revisions included; sorted by id.
// Without the heading "Current revision(s) for <url>:" of -v. kNotFound for a row the graph does
// not know.
Result<Lines> CurrentView(const RevisionGraph& graph, const Heads& rows, Detail detail);

// The revisions `current` lists, in the same order.
Result<RevisionGraph::Indices> CurrentRevisions(const RevisionGraph& graph, const Heads& rows);

// `show NAME`: a log entry each. NAME is "current" or any absolute target. kNotFound, kInvalid as
// for targets.
Result<Lines> ShowView(const RevisionGraph& graph, const Heads& rows, std::string_view name);

// The revisions `show NAME` prints.
Result<RevisionGraph::Indices> RevisionsShown(const RevisionGraph& graph, const Heads& rows,
                                              std::string_view name);

}  // namespace schemaop
