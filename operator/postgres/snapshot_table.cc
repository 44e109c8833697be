#include "postgres/snapshot_table.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "postgres/quote.h"

namespace schemaop {

SnapshotTable::SnapshotTable(Session& session, const std::string& schema, std::string version_table)
    : session_(&session),
      schema_(schema),
      table_(QuoteQualified(schema, "snapshot")),
      version_table_(std::move(version_table)) {}

Result<bool> SnapshotTable::Exists(const std::stop_token& stop) const {
  auto rows = session_->Query(
      "SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
      "c.relnamespace WHERE n.nspname = $1 AND c.relname = 'snapshot' AND c.relkind = 'r'",
      {schema_}, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot look for the snapshot"));
  return !rows->empty();
}

Result<std::optional<SnapshotRow>> SnapshotTable::Read(const std::stop_token& stop) const {
  auto exists = Exists(stop);
  if (!exists) return Fail(exists.error());
  if (!*exists) return std::nullopt;
  auto rows = session_->Query(
      "SELECT heads, change_hash, fingerprint, actor, "
      "pg_catalog.to_char(taken_at AT TIME ZONE 'UTC', "
      "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM " +
          table_ + " WHERE version_table = $1",
      {version_table_}, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot read the snapshot"));
  if (rows->empty()) return std::nullopt;
  const Row& row = rows->front();
  return SnapshotRow{.heads = SplitList(row.Text(0)),
                     .change_hash = row.Text(1),
                     .fingerprint = row.Text(2),
                     .actor = row.Text(3),
                     .taken_at = row.Text(4)};
}

Result<std::string> SnapshotTable::ReadCatalogText(const std::stop_token& stop) const {
  auto rows = session_->Query("SELECT catalog FROM " + table_ + " WHERE version_table = $1",
                              {version_table_}, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot read the snapshot"));
  if (rows->empty()) return Fail(ErrorCode::kConflict, "the snapshot is gone; try again");
  return rows->front().Text(0);
}

// IF NOT EXISTS would ask for the right to create it even when it is there.
Result<void> SnapshotTable::Create(const std::stop_token& stop) {
  auto exists = Exists(stop);
  if (!exists) return Fail(exists.error());
  if (*exists) return {};
  auto created = session_->Execute(
      "CREATE TABLE IF NOT EXISTS " + table_ +
          " (version_table text PRIMARY KEY, heads text NOT NULL, change_hash text NOT NULL, "
          "fingerprint text NOT NULL, actor text NOT NULL, taken_at timestamptz NOT NULL, "
          "catalog text NOT NULL)",
      stop);
  if (created) return {};
  Error error = ToError(created.error());
  if (error.code == ErrorCode::kDenied) {
    error.message += "; an owner has to GRANT USAGE, CREATE ON SCHEMA " + QuoteIdentifier(schema_);
  }
  return Fail(WithContext(std::move(error), "cannot create " + table_));
}

Result<void> SnapshotTable::Write(const SnapshotRow& row, const std::string& catalog,
                                  const std::stop_token& stop) {
  Heads heads = row.heads;
  std::sort(heads.begin(), heads.end());
  auto written = session_->Query(
      "INSERT INTO " + table_ +
          " AS s (version_table, heads, change_hash, fingerprint, actor, taken_at, catalog) VALUES "
          "($1, $2, $3, $4, $5, pg_catalog.clock_timestamp(), $6) ON CONFLICT (version_table) DO "
          "UPDATE SET heads = excluded.heads, change_hash = excluded.change_hash, fingerprint = "
          "excluded.fingerprint, actor = excluded.actor, taken_at = excluded.taken_at, catalog = "
          "excluded.catalog",
      {version_table_, Join(heads, ","), row.change_hash, row.fingerprint, row.actor, catalog},
      stop);
  if (!written) return Fail(WithContext(ToError(written.error()), "cannot write the snapshot"));
  return {};
}

}  // namespace schemaop
