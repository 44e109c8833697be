// Reading a database's state without changing anything.
#pragma once

#include <optional>
#include <stop_token>

#include "base/error.h"
#include "engine/database_options.h"
#include "engine/drift.h"
#include "revision/database_state.h"
#include "revision/graph.h"

namespace schemaop {

// Heads, ledger summary and what else deciding needs; creates nothing. kUnavailable when the server
// cannot be reached or is starting, kDenied when it refuses the credentials, kCancelled after a
// stop.
Result<DatabaseState> ObserveDatabase(const DatabaseOptions& options, std::stop_token stop);

// The same with what the ledger keeps of applied revisions that `files` does not declare
// (DatabaseState::stored).
Result<DatabaseState> ObserveDatabase(const DatabaseOptions& options, const RevisionGraph& files,
                                      std::stop_token stop);

// What one connection showed.
struct DatabaseSight {
  DatabaseState state;
  // The answer to the question about drift, when one was asked and nobody else migrates.
  std::optional<Result<DriftFinding>> drift;
};

// The same with an answer to `question`, whose failure is no failure of the look.
Result<DatabaseSight> ObserveDatabase(const DatabaseOptions& options, const RevisionGraph& files,
                                      const std::optional<DriftQuestion>& question,
                                      const std::stop_token& stop);

}  // namespace schemaop
