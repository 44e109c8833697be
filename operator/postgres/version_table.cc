#include "postgres/version_table.h"

#include "base/fault_point.h"
#include "postgres/quote.h"

namespace schemaop {
namespace {

std::string Qualified(const VersionTable& table) {
  return QuoteQualified(table.schema, table.name);
}

// Its oid, when it exists.
Result<std::optional<std::string>> FindTable(Session& session, const std::string& schema,
                                             const std::string& name, const std::stop_token& stop) {
  auto rows = session.Query(
      "SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
      "c.relnamespace "
      "WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'f')",
      {schema, name}, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot look for table " + name));
  return rows->empty() ? std::nullopt : std::optional(rows->front().Text(0));
}

// `found` rows for a change that has to match one, said in Alembic's words.
Error Mismatch(const VersionTable& table, const VersionChange& change, std::size_t found) {
  std::string what;
  switch (change.kind) {
    case VersionChange::Kind::kInsert:
      what = "inserting '" + change.to + "' into";
      break;
    case VersionChange::Kind::kUpdate:
      what = "updating '" + change.from + "' to '" + change.to + "' in";
      break;
    case VersionChange::Kind::kDelete:
      what = "deleting '" + change.from + "' in";
      break;
  }
  return {ErrorCode::kConflict, "expected to match one row when " + what + " '" + table.Label() +
                                    "'; " + std::to_string(found) +
                                    " found: somebody else changed the version table"};
}

}  // namespace

Result<VersionTable> FindVersionTable(Session& session, const std::string& name,
                                      const std::optional<std::string>& schema,
                                      const std::vector<std::string>& search_path,
                                      const std::stop_token& stop) {
  const std::vector<std::string> places = schema ? std::vector{*schema} : search_path;
  for (const std::string& place : places) {
    auto found = FindTable(session, place, name, stop);
    if (!found) return Fail(found.error());
    if (*found) return VersionTable{.schema = place, .name = name, .exists = true, .oid = **found};
  }
  if (places.empty()) {
    return Fail(ErrorCode::kInvalid,
                "no schema of the search path exists, so there is no place for the "
                "version table; create one or name its schema");
  }
  return VersionTable{.schema = places.front(), .name = name, .exists = false};
}

Result<Heads> ReadHeads(Session& session, const VersionTable& table, const std::stop_token& stop) {
  auto rows = session.Query(HeadsSql(table).sql, {}, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot read " + table.Label()));
  return HeadsIn(*rows);
}

PipelinedStatement HeadsSql(const VersionTable& table) {
  return {.sql = "SELECT version_num FROM " + Qualified(table), .rows = RowsUse::kKeep};
}

Heads HeadsIn(const Rows& rows) {
  Heads heads;
  for (const Row& row : rows) heads.push_back(row.Text(0));
  return heads;
}

std::string VersionTableDdl(std::string_view qualified, std::string_view name) {
  return "CREATE TABLE " + std::string(qualified) +
         " (version_num VARCHAR(32) NOT NULL, CONSTRAINT " +
         QuoteIdentifier(std::string(name) + "_pkc") + " PRIMARY KEY (version_num))";
}

Result<void> CreateVersionTable(Session& session, const VersionTable& table,
                                const std::stop_token& stop) {
  auto created = session.Execute(VersionTableDdl(Qualified(table), table.name), stop);
  if (created) return {};
  Error error = ToError(created.error());
  if (error.code == ErrorCode::kDenied) {
    error.message +=
        "; an owner has to GRANT USAGE, CREATE ON SCHEMA " + QuoteIdentifier(table.schema);
  }
  return Fail(WithContext(std::move(error), "cannot create the version table " + table.Label()));
}

PipelinedStatement VersionChangeSql(const VersionTable& table, const VersionChange& change) {
  const std::string name = Qualified(table);
  const std::string end = " RETURNING version_num";
  switch (change.kind) {
    case VersionChange::Kind::kInsert:
      return {
          "INSERT INTO " + name + " (version_num) VALUES ($1)" + end, {change.to}, RowsUse::kKeep};
    case VersionChange::Kind::kUpdate:
      return {"UPDATE " + name + " SET version_num = $2 WHERE version_num = $1" + end,
              {change.from, change.to},
              RowsUse::kKeep};
    case VersionChange::Kind::kDelete:
      break;
  }
  return {"DELETE FROM " + name + " WHERE version_num = $1" + end, {change.from}, RowsUse::kKeep};
}

Result<void> CheckVersionChange(const VersionTable& table, const VersionChange& change,
                                const Rows& rows) {
  return rows.size() == 1 ? Result<void>() : Fail(Mismatch(table, change, rows.size()));
}

Error VersionChangeError(const VersionTable& table, const VersionChange& change,
                         const SqlError& error) {
  if (error.sqlstate == "23505") return Mismatch(table, change, 0);
  return WithContext(ToError(error), "cannot change " + table.Label());
}

Result<void> ApplyVersionChange(Session& session, const VersionTable& table,
                                const VersionChange& change, const std::stop_token& stop) {
  const PipelinedStatement statement = VersionChangeSql(table, change);
  SCHEMAOP_FAULT_POINT("postgres.version.writing");
  auto rows = session.Query(statement.sql, statement.parameters, stop);
  if (!rows) return Fail(VersionChangeError(table, change, rows.error()));
  if (auto matched = CheckVersionChange(table, change, *rows); !matched) return matched;
  SCHEMAOP_FAULT_POINT("postgres.version.written");
  return {};
}

Result<void> PurgeVersions(Session& session, const VersionTable& table,
                           const std::stop_token& stop) {
  auto rows = session.Query("DELETE FROM " + Qualified(table), {}, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot empty " + table.Label()));
  SCHEMAOP_FAULT_POINT("postgres.version.purged");
  return {};
}

}  // namespace schemaop
