// The revisions, run from base on in a scratch database.
#pragma once

#include <stop_token>

#include "engine/migrate.h"
#include "engine/scratch_database.h"

namespace schemaop {

// Upgrades the empty `scratch` to `heads` with the engine that migrates every other database; the
// tables' names are those of `options`, whose own database is not touched. The report says how far
// it came.
RunReport ReplayRevisions(const ScratchDatabase& scratch, const DatabaseOptions& options,
                          const RevisionGraph& graph, const Heads& heads,
                          const std::stop_token& stop);

}  // namespace schemaop
