// Which revisions `history -r start:end` lists, and in what order.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "revision/graph.h"

namespace schemaop {

// "start:end" as typed; either side may be empty (base, heads) or "current" (the database's rows).
struct HistoryRange {
  std::string start;
  std::string end;

  bool operator==(const HistoryRange&) const = default;
};

// kInvalid "history range requires [start]:[end], [start]:, or :[end]" without exactly one ':'.
Result<HistoryRange> ParseHistoryRange(std::string_view text);

// True when the rows of the database are needed to read `range`.
bool NeedsCurrent(const HistoryRange& range);

// The revisions from `end` down to `start`, both included, newest first. Unlike an upgrade, a range
// with a start does not pull in dependencies from elsewhere. `rows` is the version table, looked at
// only for "current". kInvalid when start is not below end; kNotFound as for targets.
Result<RevisionGraph::Indices> RevisionsInRange(const RevisionGraph& graph, const Heads& rows,
                                                const HistoryRange& range);

}  // namespace schemaop
