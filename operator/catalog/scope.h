// What of a catalog counts: exclude lists and classes of properties that are left to others.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"

namespace schemaop {

// What is compared. Narrow() takes everything else away, so that it is neither in a fingerprint nor
// in a difference.
struct CatalogScope {
  // Globs ("*" and "?") on "kind:path", such as "table:public.tmp_*", "index:*_ccnew", "*:cron.*";
  // one without a colon is a glob on the path of objects of any kind. Parts go with their
  // container, what is in a schema goes with the schema ("schema:cron"). A partition goes with an
  // excluded "partitions:app.events".
  std::vector<std::string> exclude;
  bool owners = true;
  bool grants = true;  // default privileges too
  bool comments = true;
  bool storage = true;  // storage parameters, tablespaces, statistics targets, STORAGE,
                        // COMPRESSION, CLUSTER
  bool extension_versions = false;
  bool column_order = false;  // the order of columns; PostgreSQL cannot change it in place
};

// What every tool should leave alone: our ledger, the version table, schemas of other tools that
// make objects as they run, leftovers of interrupted index builds.
// `version_table`: its path, such as "public.alembic_version".
std::vector<std::string> DefaultExcludes(
    const std::string& version_table = "public.alembic_version");

// What may stand before the colon of a glob in CatalogScope::exclude, besides globs on it.
std::vector<std::string> ExcludableKinds();

// The kind that `exclude` asks for and that does not exist: such a glob would exclude nothing,
// without a word. nullopt when it asks for none, for one that exists, or for a glob on kinds.
std::optional<std::string> UnknownKindOf(const std::string& exclude);

// Whether `text` matches `glob`, in which "*" is any text and "?" any one byte.
bool MatchesGlob(std::string_view glob, std::string_view text);

// `catalog` without what `scope` leaves out.
Catalog Narrow(const Catalog& catalog, const CatalogScope& scope);

}  // namespace schemaop
