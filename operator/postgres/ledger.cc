#include "postgres/ledger.h"

#include <chrono>
#include <utility>

#include "base/text.h"
#include "postgres/ledger_text.h"
#include "postgres/quote.h"

namespace schemaop {
namespace {

constexpr std::string_view kColumns =
    "(version_table text NOT NULL, sequence bigint NOT NULL, "
    "kind text NOT NULL CHECK (kind IN ('applied', 'stamped', 'intent', 'done', 'failed')), "
    "revision text NOT NULL, direction text NOT NULL CHECK (direction IN ('upgrade', "
    "'downgrade')), "
    "parents text NOT NULL, message text NOT NULL, checksum text NOT NULL, up_sql text NOT NULL, "
    "down_sql text, statement integer NOT NULL, transaction_id text NOT NULL, "
    "started_at timestamptz NOT NULL, finished_at timestamptz NOT NULL, actor text NOT NULL, "
    "plan_hash text NOT NULL, previous_hash text NOT NULL, hash text NOT NULL, "
    "PRIMARY KEY (version_table, sequence))";

constexpr std::string_view kTimeFormat = "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'";

// Creating what others create at this moment fails with one of these in spite of IF NOT EXISTS.
bool IsCreationRace(const SqlError& error) {
  return error.sqlstate == "23505" || error.sqlstate == "42P07" || error.sqlstate == "42P06" ||
         error.sqlstate == "42723";
}

std::string UtcText(std::string_view column) {
  return "pg_catalog.to_char(" + std::string(column) + " AT TIME ZONE 'UTC', " +
         std::string(kTimeFormat) + ")";
}

Time ReadTime(const std::string& text) { return ParseRfc3339(text).value_or(Time{}); }

LedgerRow ReadRow(const Row& row) {
  return {.sequence = row.Integer(0),
          .kind = LedgerKindNamed(row.Text(1)),
          .revision = row.Text(2),
          .direction = row.Text(3) == "upgrade" ? Direction::kUpgrade : Direction::kDowngrade,
          .parents = SplitList(row.Text(4)),
          .message = row.Text(5),
          .checksum = row.Text(6),
          .up_sql = row.Text(7),
          .down_sql = row.IsNull(8) ? std::nullopt : std::optional(row.Text(8)),
          .statement = static_cast<int>(row.Integer(9)),
          .transaction_id = row.Text(10),
          .started = ReadTime(row.Text(11)),
          .finished = ReadTime(row.Text(12)),
          .actor = row.Text(13),
          .plan_hash = row.Text(14),
          .previous_hash = row.Text(15),
          .hash = row.Text(16)};
}

std::vector<std::string> InsertParameters(const std::string& version_table, const LedgerRow& row) {
  return {version_table,
          std::to_string(row.sequence),
          std::string(LedgerKindName(row.kind)),
          row.revision,
          std::string(DirectionName(row.direction)),
          Join(row.parents, ","),
          row.message,
          row.checksum,
          row.up_sql,
          row.down_sql.value_or(""),
          row.down_sql ? "true" : "false",
          std::to_string(row.statement),
          row.transaction_id,
          FormatRfc3339Micro(row.started),
          FormatRfc3339Micro(row.finished),
          row.actor,
          row.plan_hash,
          row.previous_hash,
          row.hash};
}

}  // namespace

Ledger::Ledger(Session& session, std::string schema, std::string version_table)
    : session_(&session), schema_(std::move(schema)), version_table_(std::move(version_table)) {}

std::string Ledger::Qualified(const char* name) const { return QuoteQualified(schema_, name); }

Result<bool> Ledger::Exists(const std::stop_token& stop) const {
  auto rows = session_->Query(
      "SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
      "c.relnamespace "
      "WHERE n.nspname = $1 AND c.relname = 'ledger'",
      {schema_}, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot look for the ledger"));
  return !rows->empty();
}

Result<void> Ledger::Create(const std::stop_token& stop) {
  auto exists = Exists(stop);
  if (!exists) return Fail(exists.error());
  if (*exists) return {};
  if (auto schema = CreateSchema(stop); !schema) return schema;
  const std::string table = Qualified("ledger");
  const std::string function = Qualified("refuse_change");
  const std::string grant =
      "an owner has to GRANT USAGE, CREATE ON SCHEMA " + QuoteIdentifier(schema_);
  for (const std::string& sql : {
           "CREATE TABLE " + table + " " + std::string(kColumns),
           "CREATE FUNCTION " + function +
               "() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS "
               "$$BEGIN RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = '42501'; END$$",
           "CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON " + table +
               " FOR EACH STATEMENT EXECUTE FUNCTION " + function + "()",
       }) {
    if (auto created = CreateObject(sql, grant, stop); !created) return created;
  }
  return {};
}

// IF NOT EXISTS would ask for the right to create it even when it is there.
Result<void> Ledger::CreateSchema(const std::stop_token& stop) {
  auto rows =
      session_->Query("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", {schema_}, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot look for the ledger"));
  if (!rows->empty()) return {};
  const std::string name = QuoteIdentifier(schema_);
  return CreateObject(
      "CREATE SCHEMA " + name,
      "an administrator has to GRANT CREATE ON DATABASE to this role, or run CREATE SCHEMA " +
          name + " AUTHORIZATION for it",
      stop);
}

Result<void> Ledger::CreateObject(const std::string& sql, const std::string& grant,
                                  const std::stop_token& stop) {
  auto done = session_->Execute(sql, stop);
  if (done) return {};
  Error error = ToError(done.error());
  if (IsCreationRace(done.error())) error.code = ErrorCode::kBusy;
  if (error.code == ErrorCode::kDenied) error.message += "; " + grant;
  return Fail(WithContext(std::move(error), "cannot create the ledger in schema " + schema_));
}

Result<void> Ledger::Append(LedgerRow row, const std::stop_token& stop) {
  auto last = session_->Query(
      "SELECT sequence, hash, pg_catalog.txid_current() FROM (SELECT 1) one LEFT JOIN "
      "(SELECT sequence, hash FROM " +
          Qualified("ledger") +
          " WHERE version_table = $1 ORDER BY sequence DESC LIMIT 1) l ON true",
      {version_table_}, stop);
  if (!last) return Fail(WithContext(ToError(last.error()), "cannot read the ledger"));
  row.sequence = last->front().Integer(0) + 1;
  row.previous_hash = last->front().Text(1);
  row.transaction_id = last->front().Text(2);
  row.started = std::chrono::floor<std::chrono::microseconds>(row.started);
  row.finished = std::chrono::floor<std::chrono::microseconds>(row.finished);
  row.hash = LedgerRowHash(version_table_, row);
  auto written = session_->Query(
      "INSERT INTO " + Qualified("ledger") +
          " (version_table, sequence, kind, revision, direction, parents, message, checksum, "
          "up_sql, "
          "down_sql, statement, transaction_id, started_at, finished_at, actor, plan_hash, "
          "previous_hash, hash) VALUES ($1, $2::bigint, $3, $4, $5, $6, $7, $8, $9, "
          "CASE WHEN $11::boolean THEN $10 END, $12::integer, $13, $14::timestamptz, "
          "$15::timestamptz, $16, $17, $18, $19)",
      InsertParameters(version_table_, row), stop);
  if (!written) return Fail(WithContext(ToError(written.error()), "cannot write the ledger"));
  return {};
}

Result<std::vector<LedgerEntry>> Ledger::Entries(const std::stop_token& stop) const {
  auto rows =
      session_->Query("SELECT l.revision, l.direction, l.checksum, " + UtcText("l.finished_at") +
                          ", " + UtcText("l.started_at") + " FROM " + Qualified("ledger") +
                          " l WHERE l.version_table = $1 AND l.kind = 'applied' AND l.sequence = "
                          "(SELECT max(n.sequence) FROM " +
                          Qualified("ledger") +
                          " n WHERE n.version_table = $1 AND n.kind = 'applied' "
                          "AND n.revision = l.revision) ORDER BY l.sequence",
                      {version_table_}, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot read the ledger"));
  std::vector<LedgerEntry> entries;
  for (const Row& row : *rows) {
    const Time finished = ReadTime(row.Text(3));
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(finished - ReadTime(row.Text(4)));
    entries.push_back(
        {.revision = row.Text(0),
         .direction = row.Text(1) == "upgrade" ? Direction::kUpgrade : Direction::kDowngrade,
         .checksum = row.Text(2),
         .finished_at = FormatRfc3339(finished),
         .duration = FormatDuration(took)});
  }
  return entries;
}

Result<std::vector<LedgerRow>> Ledger::Rows(const std::stop_token& stop) const {
  return Select("true", {}, stop);
}

Result<std::vector<LedgerRow>> Ledger::Journal(const std::string& revision, Direction direction,
                                               const std::stop_token& stop) const {
  return Select(
      "(l.kind = 'stamped' OR (l.revision = $2 AND l.direction = $3 "
      "AND l.kind IN ('intent', 'done', 'failed'))) AND l.sequence > "
      "COALESCE((SELECT max(n.sequence) FROM " +
          Qualified("ledger") +
          " n WHERE n.version_table = $1 AND n.kind IN ('applied', 'stamped') AND n.revision = "
          "$2), 0)",
      {revision, std::string(DirectionName(direction))}, stop);
}

Result<std::vector<LedgerRow>> Ledger::Select(const std::string& condition,
                                              std::vector<std::string> parameters,
                                              const std::stop_token& stop) const {
  parameters.insert(parameters.begin(), version_table_);
  auto rows = session_->Query(
      "SELECT sequence, kind, revision, direction, parents, message, checksum, up_sql, down_sql, "
      "statement, transaction_id, " +
          UtcText("started_at") + ", " + UtcText("finished_at") +
          ", actor, plan_hash, previous_hash, hash FROM " + Qualified("ledger") +
          " l WHERE l.version_table = $1 AND " + condition + " ORDER BY l.sequence",
      parameters, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot read the ledger"));
  std::vector<LedgerRow> all;
  for (const Row& row : *rows) all.push_back(ReadRow(row));
  return all;
}

}  // namespace schemaop
