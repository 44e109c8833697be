// Revisions whose text changed after they had been applied.
#pragma once

#include <string>
#include <vector>

#include "revision/database_state.h"
#include "revision/graph.h"

namespace schemaop {

// An applied revision whose text is not the one that ran.
struct ChangedRevision {
  RevisionId revision;
  std::string file;        // Revision::file
  std::string found;       // the file's checksum now
  std::string recorded;    // the ledger's: of the text that ran, or that a person accepted since
  std::string applied_at;  // RFC 3339

  bool operator==(const ChangedRevision&) const = default;
};

// Every applied revision of `graph` whose last run was an upgrade with another text than it has
// now, in load order. Applied is what the rows of `state` imply; rows that `graph` does not know
// imply nothing. Revisions without a ledger row (stamped, or applied by Alembic) cannot be checked.
std::vector<ChangedRevision> FindChangedRevisions(const RevisionGraph& graph,
                                                  const DatabaseState& state);

// What is so and what to do: names the first revision, its file and the beginnings of both
// checksums, and how many there are besides. `program` is what the command to type begins with.
// REQUIRES: `changed` is not empty.
std::string DescribeChanged(const std::vector<ChangedRevision>& changed,
                            const std::string& program = "schemactl");

}  // namespace schemaop
