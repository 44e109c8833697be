// Keeping the schema as migrations leave it, for drift to be told by.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "catalog/catalog.h"
#include "engine/migrate.h"
#include "engine/target_database.h"
#include "postgres/catalog_reader.h"

namespace schemaop {

// One run's snapshot: looks before the steps and writes after them. REQUIRES: the migration lock.
class SnapshotKeeper {
 public:
  // Looks whether the schema is as it should be before a run that starts at `heads`. What cannot be
  // read is said by After.
  static SnapshotKeeper Before(TargetDatabase& database, const Heads& heads,
                               const std::stop_token& stop);

  // For a schema that a person takes for right, whatever it was before.
  SnapshotKeeper() = default;

  // Writes the schema as it is now at `heads` to the ledger's schema; what had drifted before the
  // run and was not touched by it is kept as it should be (see ExpectedAfter). Runs in transactions
  // of its own; changes nothing else.
  Result<void> After(TargetDatabase& database, const Heads& heads, const Actor& actor,
                     const std::stop_token& stop) const;

 private:
  struct Drifted {
    Catalog expected;
    Catalog before;
  };

  static Result<std::optional<Drifted>> Compare(TargetDatabase& database, const Heads& heads,
                                                const std::stop_token& stop);

  std::optional<Drifted> drifted_;
  std::optional<Error> problem_;
};

// The database's schema without our own tables, what snapshots hold, and the hash of all of it.
Result<HashedCatalog> ReadOwnSchema(TargetDatabase& database, const std::stop_token& stop);

// A person says that the schema is as it should be. Takes the migration lock. The errors of a run.
Result<void> AcceptSchema(const DatabaseOptions& options, const Actor& actor,
                          const std::stop_token& stop);

}  // namespace schemaop
