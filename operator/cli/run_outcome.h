// What a finished run means to the person who started it.
#pragma once

#include <optional>
#include <string>

#include "cli/command.h"
#include "cli/workspace.h"
#include "revision/run_report.h"

namespace schemaop {

// The exit code and the words for `report`: where the database is now, what is committed, and for a
// refused statement its place in the file with the source line. `program` is what commands to type
// begin with (ProgramOnProject), `again` the whole command to type next ("schemactl upgrade head").
// Success for a completed run.
Outcome<void> ConcludeRun(const RunReport& report, const Workspace& workspace,
                          const std::string& program, const std::string& again);

// Warns when the schema that the run left could not be kept.
void WarnOfSnapshot(Output& output, const RunReport& report);

// "004 (head)", "base", or several joined by ", ".
std::string DescribeHeads(const Heads& heads, const RevisionGraph& graph);

}  // namespace schemaop
