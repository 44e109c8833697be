// What of a migrated database's schema is the project's.
#pragma once

#include <string>
#include <vector>

#include "catalog/scope.h"
#include "engine/database_options.h"

namespace schemaop {

// The globs that take our own tables (version table, ledger and what is with it) and those of tools
// that make objects as they run out of a catalog, and `more`, which a person named.
std::vector<std::string> Excludes(const DatabaseOptions& options,
                                  const std::vector<std::string>& more);

}  // namespace schemaop
