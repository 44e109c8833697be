#include "schema_database.h"

#include <stdexcept>
#include <utility>

#include "postgres/catalog_reader.h"

namespace schemaop::testing {

Session ConnectTo(const TestPostgres& server, const std::string& database) {
  auto session = Session::Connect({.dsn = ParseDatabaseUrl(server.Url(database)).value()}, {});
  if (!session) throw std::runtime_error(session.error().message);
  return std::move(*session);
}

Catalog ReadSchema(const TestPostgres& server, const std::string& database,
                   const CatalogScope& scope) {
  Session session = ConnectTo(server, database);
  auto catalog = ReadCatalog(session, {.secrets = true}, {});
  if (!catalog) throw std::runtime_error(catalog.error().message);
  return Narrow(*catalog, scope);
}

}  // namespace schemaop::testing
