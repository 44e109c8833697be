// What is asked of the system catalogs to read a schema.
#pragma once

#include <string>
#include <vector>

#include "catalog/property.h"

namespace schemaop {

// One SELECT. Its columns: its index in the list that it is part of; kind, oid of the system
// catalog, oid, sub-id, schema, container, name; then one for each property.
struct CatalogQuery {
  std::string sql;  // without the first column: begins behind "SELECT <index>, "
  std::vector<Property> properties;
};

// Those of relations and what is part of them.
std::vector<CatalogQuery> RelationQueries(int server_version);
// Those of types and routines, operators, casts.
std::vector<CatalogQuery> TypeQueries(int server_version);
// Those of everything else.
std::vector<CatalogQuery> OtherQueries(int server_version, bool secrets);

// What belongs to no single kind: rows of (catalog, oid, sub-id, text).
std::string CommentQuery();
std::string AclQuery();

// Rows of (catalog, oid, sub-id, catalog, oid, sub-id, type) of pg_depend: the first depends on
// the second.
std::string DependencyQuery();

// Parts of such queries: n, a join of user schemas with `column`; and that `oid` of `catalog` is no
// member of an extension.
std::string InUserSchema(const std::string& column);
std::string NotOfExtension(const std::string& catalog, const std::string& oid);
// The elements of an array, sorted, as a list property; NULL when there are none.
std::string SortedList(const std::string& array);

}  // namespace schemaop
