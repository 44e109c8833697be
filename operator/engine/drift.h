// Whether a database's schema is as its last migration left it.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "catalog/drift.h"
#include "catalog/scope.h"
#include "engine/target_database.h"

namespace schemaop {

struct DriftQuestion {
  CatalogScope scope;  // what counts; our own tables never do
  // What the last look at this database, with the same scope, found; spares looking closer when
  // nothing changed since.
  std::optional<DriftFinding> last;
};

// Compares the schema with the snapshot that the last run left, cheapest first: a hash of catalog
// rows that moves with every change; when it moved, a fingerprint; when that differs, the objects.
// nullopt while somebody else migrates. `heads`: the version table's. Changes nothing.
Result<std::optional<DriftFinding>> FindDrift(TargetDatabase& database, const Heads& heads,
                                              const DriftQuestion& question,
                                              const std::stop_token& stop);

// The same on a connection of its own.
Result<std::optional<DriftFinding>> FindDrift(const DatabaseOptions& options,
                                              const DriftQuestion& question,
                                              const std::stop_token& stop);

}  // namespace schemaop
