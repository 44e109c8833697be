// What a statement that runs outside a transaction leaves in the catalog, so that one can look
// whether it took effect after a run was cut off in it (PostgreSQL 12 to 17). Found out from its
// leading keywords, like everything in classify.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace schemaop {

// A name as the catalog stores it: folded, without quotes.
struct CatalogName {
  std::string schema;  // empty: found through the search path
  std::string name;

  bool operator==(const CatalogName&) const = default;
};

// CREATE [UNIQUE] INDEX CONCURRENTLY. Its index has the schema of its table.
struct BuildsIndex {
  std::string index;
  CatalogName table;
  bool if_not_exists = false;

  bool operator==(const BuildsIndex&) const = default;
};

// DROP INDEX CONCURRENTLY of one index: the server takes no more.
struct DropsIndex {
  CatalogName index;

  bool operator==(const DropsIndex&) const = default;
};

// REINDEX ... CONCURRENTLY. A run that is cut off leaves invalid indexes "<name>_ccnew<n>" or
// "<name>_ccold<n>" behind (manual, "REINDEX", section "Rebuilding Indexes Concurrently").
struct RebuildsIndexes {
  enum class Scope { kIndex, kTable, kSchema, kDatabase };
  Scope scope = Scope::kIndex;
  CatalogName name;  // of a schema or database: in `name`

  bool operator==(const RebuildsIndexes&) const = default;
};

// ALTER TABLE ... DETACH PARTITION ... CONCURRENTLY.
struct DetachesPartition {
  CatalogName table;
  CatalogName partition;

  bool operator==(const DetachesPartition&) const = default;
};

// ALTER TYPE ... ADD VALUE.
struct AddsEnumValue {
  CatalogName type;
  std::string value;

  bool operator==(const AddsEnumValue&) const = default;
};

// CREATE or DROP of something that is there or not: the whole effect is a row of a catalog.
struct ChangesExistence {
  enum class Kind { kDatabase, kTablespace, kSubscription };
  Kind kind = Kind::kDatabase;
  bool creates = true;
  std::string name;

  bool operator==(const ChangesExistence&) const = default;
};

// Doing it again does no harm: VACUUM, ANALYZE, CLUSTER, CHECKPOINT, REINDEX without CONCURRENTLY,
// ALTER SYSTEM, ALTER DATABASE ... SET TABLESPACE, ALTER SUBSCRIPTION ... SET or REFRESH
// PUBLICATION, REFRESH MATERIALIZED VIEW, DISCARD, SET, RESET.
struct MayBeRepeated {
  bool persists = false;  // whether it sets something that stays: the ALTER statements

  bool operator==(const MayBeRepeated&) const = default;
};

using Effect = std::variant<BuildsIndex, DropsIndex, RebuildsIndexes, DetachesPartition,
                            AddsEnumValue, ChangesExistence, MayBeRepeated>;

// nullopt: what became of the statement cannot be seen (an index without a name included).
std::optional<Effect> EffectOf(std::string_view sql);

// Whether the statement may be committed together with the row that says it is done, so that there
// is nothing to find out: INSERT, UPDATE, DELETE, MERGE, COPY, and CREATE, ALTER, DROP, COMMENT,
// GRANT, REVOKE and TRUNCATE where the server allows them in a transaction. Not so what may end
// transactions or refuse one at run time: CALL, DO, SELECT, REINDEX, CLUSTER and others.
bool CommitsWithItsRow(std::string_view sql);

// Whether the statement may end transactions while it runs, so that a part of what it did remains
// when it fails: CALL and DO.
bool MayCommitInside(std::string_view sql);

}  // namespace schemaop
