// What the programs of this folder ask of a test database.
#pragma once

#include <string>

#include "catalog/catalog.h"
#include "catalog/scope.h"
#include "postgres/session.h"
#include "postgres/test_postgres.h"

namespace schemaop::testing {

// A session of the superuser. Throws std::runtime_error.
Session ConnectTo(const TestPostgres& server, const std::string& database);

// The schema, secrets as they are, narrowed by `scope`. Throws std::runtime_error.
Catalog ReadSchema(const TestPostgres& server, const std::string& database,
                   const CatalogScope& scope);

}  // namespace schemaop::testing
