// What the viewing commands share: their inputs and how their lines are printed.
#pragma once

#include "cli/command.h"
#include "cli/workspace.h"
#include "revision/views.h"

namespace CLI {
class App;
}

namespace schemaop {

// Adds -v, --verbose to `command`.
void AddVerboseFlag(CLI::App& command, Detail& detail);

// The version table's rows. Applied revisions without a file join the workspace's graph, as far as
// the ledger keeps them. kNoConnection and the like as ExitCodeFor says.
Outcome<Heads> ReadHeads(CommandContext& context, Workspace& workspace);

// Prints the lines as the result; paths of revision files become paths from the working folder.
void PrintLines(CommandContext& context, const Project& project, const Lines& lines);

}  // namespace schemaop
