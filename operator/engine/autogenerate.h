// The revisions that lead from one schema to another, written and tried out.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "catalog/diff.h"
#include "catalog/scope.h"
#include "engine/scratch_database.h"

namespace schemaop {

// The sections of one revision, ready to be written to a file: SQL with comments where a person
// must look.
struct GeneratedRevision {
  std::string up;
  bool up_transactional = true;
  std::optional<std::string> down;  // nullopt: PostgreSQL cannot take it back; `up` says why
  bool down_transactional = true;

  bool operator==(const GeneratedRevision&) const = default;
};

struct GeneratedRevisions {
  std::vector<ObjectChange> changes;         // beside the renames
  std::vector<GeneratedRevision> revisions;  // in order; none when something is refused
  std::vector<Refusal> refusals;             // what PostgreSQL cannot do in place
  std::vector<Rename> rename_candidates;     // what looks like a rename, and is not treated as one
  std::vector<std::string> warnings;
};

struct GenerateRequest {
  const Catalog& wanted;  // narrowed by `scope`
  CatalogScope scope;
  std::vector<Rename> renames;  // of what is in the scratch database, in order
};

// Renames what is in `scratch` as asked, compares it with the wanted schema and finds the
// statements in between: index builds CONCURRENTLY outside a transaction, checks and foreign keys
// NOT VALID and validated after a commit, enum values in a revision of their own. Each revision is
// run there, and its down section is the way back from what it made; in the end all down sections
// are run, too. No revisions when there is nothing to do. `scratch` is used up by it. kInternal,
// naming the statement, when the server refuses what was generated; kInvalid for a rename that it
// refuses.
Result<GeneratedRevisions> GenerateRevisions(const ScratchDatabase& scratch,
                                             const GenerateRequest& request,
                                             const std::stop_token& stop);

}  // namespace schemaop
