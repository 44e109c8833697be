// A target that cannot be planned, in words that say what to type next.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "revision/graph.h"

namespace schemaop {

// The failure of a command whose `target` could not be planned from `current`. kUsage with a
// suggestion when the target is at fault; kFailed when the database is at a revision that no file
// declares.
CommandFailure DescribePlanningError(const Error& error, const RevisionGraph& graph,
                                     const Heads& current, std::string_view target);

// The first of `targets` that names nothing, for the suggestion; "" when each names something.
std::string FirstUnresolved(const RevisionGraph& graph, const std::vector<std::string>& targets);

// " (did you mean '004'?)" for the name inside a target expression ("label@x", "x+2"), or "".
std::string SuggestRevision(const RevisionGraph& graph, std::string_view target);

}  // namespace schemaop
