// A person's word that an applied revision's changed text is right.
#pragma once

#include <stop_token>

#include "engine/database_options.h"
#include "engine/migrate.h"
#include "revision/graph.h"
#include "revision/run_report.h"

namespace schemaop {

// Writes the text that `graph` has of revision `id` into the ledger, under the migration lock: from
// now on it is what the revision is compared with, and what takes it back when its file is lost.
// Runs nothing. kInvalid when the ledger has nothing against the revision (see
// FindChangedRevisions).
RunReport AcceptRevision(const DatabaseOptions& options, const RevisionGraph& graph,
                         const RevisionId& id, const Actor& actor, const std::stop_token& stop);

}  // namespace schemaop
