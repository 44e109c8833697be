// Rows of the system catalogs to a Catalog.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "postgres/catalog_queries.h"
#include "postgres/rows.h"

namespace schemaop {

// What the queries of catalog_queries.h gave.
struct CatalogRows {
  std::string role;
  Rows objects;       // of all of them, each with its query's index first
  Rows comments;      // CommentQuery()
  Rows acls;          // AclQuery()
  Rows dependencies;  // DependencyQuery()
};

// Puts comments, grants and dependencies where they belong; those of what is no object of its own
// (a row type, an array, the rule of a view) become those of what it belongs to.
Catalog AssembleCatalog(const CatalogRows& rows, const std::vector<CatalogQuery>& queries,
                        int server_version);

}  // namespace schemaop
