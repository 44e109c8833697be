// `revision --autogenerate`: revisions from the difference between schema.sql and what there is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/new_revision.h"
#include "cli/workspace.h"

namespace schemaop {

struct AutogenerateRequest {
  bool live = false;                 // what there is: the database, else what the revisions make
  std::vector<std::string> renames;  // "column app.t.a -> b", beside the hints in schema.sql
  std::optional<std::string> scratch_url;
};

// Writes the revisions that make what schema.sql says, the first as `wanted`; says so, and writes
// nothing, when there is no difference. kRefused, naming each, for what PostgreSQL cannot do in
// place.
Outcome<void> WriteGeneratedRevisions(CommandContext& context, const Workspace& workspace,
                                      const AutogenerateRequest& request,
                                      const NewRevision& wanted);

}  // namespace schemaop
