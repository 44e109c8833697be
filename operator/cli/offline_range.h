// "a:b" behind --sql: where the database is and where a script shall bring it.
#pragma once

#include <optional>
#include <string>

#include "cli/command.h"
#include "revision/graph.h"
#include "revision/revision.h"

namespace schemaop {

struct OfflineRange {
  std::optional<std::string> start;  // as typed in front of the ':'; nullopt without one
  std::string end;
};

// `command` is what was typed, for the errors: "schemactl upgrade".

// Splits at the ':'. kUsage for more than one ':' and for an empty side.
Outcome<OfflineRange> SplitOfflineRange(const std::string& command, const std::string& text);

// The version rows `start` means: any absolute target, or several joined by ',' for a database on
// several heads; nullopt is base, as in Alembic.
Outcome<Heads> ResolveStart(const RevisionGraph& graph, const std::optional<std::string>& start);

// kUsage "Range revision not allowed" for a range without --sql.
Outcome<void> RefuseRange(const std::string& command, const std::string& target);

}  // namespace schemaop
