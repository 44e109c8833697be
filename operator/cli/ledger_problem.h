// What the ledger holds against a run, in words for a person.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/workspace.h"
#include "revision/changed_revision.h"
#include "revision/graph.h"

namespace schemaop {

// `program` is what commands to type begin with (ProgramOnProject).

// As revision/changed_revision.h says it, with files named from the working folder. REQUIRES:
// `changed` is not empty.
std::string DescribeChanged(const Project& project, std::vector<ChangedRevision> changed,
                            const std::string& program);

// The failure of an upgrade of a database that is at revisions no file declares but the ledger
// keeps: how to take them back. `history` is completed (CompleteFromLedger).
CommandFailure DescribeLostRevisions(const RevisionGraph& history, const Heads& current,
                                     const std::string& program);

}  // namespace schemaop
