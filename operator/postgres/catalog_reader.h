// Reads a database's schema.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "catalog/catalog.h"
#include "postgres/session.h"

namespace schemaop {

struct CatalogReadOptions {
  // Whether what may hold secrets (options of user mappings, connection strings of subscriptions)
  // is read as it is; otherwise only its digest.
  bool secrets = false;
  // How long to wait for a lock: some of the server's functions lock relations (AccessShare).
  std::chrono::milliseconds lock_timeout{5'000};
};

// A schema, and the ReadChangeHash of the time it was read.
struct HashedCatalog {
  Catalog catalog;
  std::string change_hash;
};

// The schema of the session's database: every object of a user, but for members of extensions. Runs
// in a short transaction of its own, or within a savepoint of the one that is open; never under
// REPEATABLE READ, which would hold up index builds. Reads again, a few times, when
// somebody changes the schema meanwhile. No superuser is needed: what needs one (subscriptions,
// user mappings' options) is left out for others. Errors as the session's; kBusy when a lock was
// not had in time or the schema does not hold still.
Result<HashedCatalog> ReadHashedCatalog(Session& session, const CatalogReadOptions& options,
                                        const std::stop_token& stop);

// The same for those who need no hash.
Result<Catalog> ReadCatalog(Session& session, const CatalogReadOptions& options,
                            const std::stop_token& stop);

// A cheap digest that changes whenever a committed transaction changed any object of the schema
// (from the xmin of catalog rows; may also change without one, as after TRUNCATE). Comparable only
// with one of the same database. Errors as the session's.
Result<std::string> ReadChangeHash(Session& session, const std::stop_token& stop);

}  // namespace schemaop
