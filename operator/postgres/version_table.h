// Alembic's version table: one row for each head of what is applied. Either tool can take over from
// the other.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "postgres/session.h"
#include "revision/plan.h"
#include "revision/revision.h"

namespace schemaop {

// Where the version table is, or will be.
struct VersionTable {
  std::string schema;
  std::string name;
  bool exists = false;
  std::string oid = {};  // when it exists, and was looked up since

  // "schema.name", for messages.
  std::string Label() const { return schema + "." + name; }
  bool operator==(const VersionTable&) const = default;
};

// Finds table `name` in `schema`, or, when that is nullopt, in the first of `search_path` that has
// it (Alembic looks it up unqualified); when there is none, it will be in the first schema.
// `search_path` holds existing schemas only. kInvalid when there is no schema it could be in.
Result<VersionTable> FindVersionTable(Session& session, const std::string& name,
                                      const std::optional<std::string>& schema,
                                      const std::vector<std::string>& search_path,
                                      const std::stop_token& stop);

// Every row, in the order the server returns them: the order decides nothing. REQUIRES:
// table.exists.
Result<Heads> ReadHeads(Session& session, const VersionTable& table, const std::stop_token& stop);

// The statement that reads them, and what its rows say.
PipelinedStatement HeadsSql(const VersionTable& table);
Heads HeadsIn(const Rows& rows);

// Alembic's DDL for the table `name`, which the statement calls `qualified`, without a semicolon.
std::string VersionTableDdl(std::string_view qualified, std::string_view name);

// Alembic's DDL: `version_num VARCHAR(32) NOT NULL`, primary key `<name>_pkc`. kDenied says which
// GRANT is missing.
Result<void> CreateVersionTable(Session& session, const VersionTable& table,
                                const std::stop_token& stop);

// The statement of one change, which gives as many rows as it matched.
PipelinedStatement VersionChangeSql(const VersionTable& table, const VersionChange& change);

// kConflict, naming the row, when the change, whose statement gave `rows`, did not match exactly
// one: somebody else changed the table meanwhile.
Result<void> CheckVersionChange(const VersionTable& table, const VersionChange& change,
                                const Rows& rows);
// The same of a statement that failed.
Error VersionChangeError(const VersionTable& table, const VersionChange& change,
                         const SqlError& error);

// Makes one change and checks it.
Result<void> ApplyVersionChange(Session& session, const VersionTable& table,
                                const VersionChange& change, const std::stop_token& stop);

// Deletes every row (stamp --purge).
Result<void> PurgeVersions(Session& session, const VersionTable& table,
                           const std::stop_token& stop);

}  // namespace schemaop
