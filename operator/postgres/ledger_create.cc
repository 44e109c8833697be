// The ledger's schema, table and trigger.
#include <optional>
#include <string>
#include <string_view>

#include "postgres/ledger.h"
#include "postgres/quote.h"

namespace schemaop {
namespace {

constexpr std::string_view kKindCheck =
    "CHECK (kind IN ('applied', 'stamped', 'intent', 'done', 'failed', 'resolved', 'accepted'))";

constexpr std::string_view kColumns =
    "(version_table text NOT NULL, sequence bigint NOT NULL, kind text NOT NULL, "
    "revision text NOT NULL, "
    "direction text NOT NULL CHECK (direction IN ('upgrade', 'downgrade')), "
    "parents text NOT NULL, message text NOT NULL, checksum text NOT NULL, up_sql text NOT NULL, "
    "down_sql text, statement integer NOT NULL, transaction_id text NOT NULL, "
    "started_at timestamptz NOT NULL, finished_at timestamptz NOT NULL, actor text NOT NULL, "
    "plan_hash text NOT NULL, previous_hash text NOT NULL, hash text NOT NULL, "
    "depends_on text NOT NULL DEFAULT '', down_transactional boolean, "
    "PRIMARY KEY (version_table, sequence), CONSTRAINT ledger_kind_check ";

// Creating what others create at this moment fails with one of these in spite of IF NOT EXISTS.
bool IsCreationRace(const SqlError& error) {
  return error.sqlstate == "23505" || error.sqlstate == "42P07" || error.sqlstate == "42P06" ||
         error.sqlstate == "42723";
}

}  // namespace

Result<std::optional<std::string>> Ledger::Find(const std::stop_token& stop) const {
  auto found = FindForm(stop);
  if (!found) return Fail(found.error());
  return found->form == Form::kAbsent ? std::nullopt : std::optional(found->oid);
}

Result<bool> Ledger::IsCurrent(const std::stop_token& stop) const {
  auto found = FindForm(stop);
  if (!found) return Fail(found.error());
  return found->form == Form::kCurrent;
}

Result<bool> Ledger::IsEarlier(const std::stop_token& stop) const {
  auto found = FindForm(stop);
  if (!found) return Fail(found.error());
  return found->form == Form::kEarlier;
}

Result<Ledger::Found> Ledger::FindForm(const std::stop_token& stop) const {
  auto rows = session_->Query(
      "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid "
      "AND a.attname = 'down_transactional'), c.oid FROM pg_catalog.pg_class c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE n.nspname = $1 AND c.relname = 'ledger'",
      {schema_}, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot look for the ledger"));
  if (rows->empty()) return Found{Form::kAbsent, ""};
  const Row& row = rows->front();
  return Found{row.Boolean(0) ? Form::kCurrent : Form::kEarlier, row.Text(1)};
}

Result<void> Ledger::Create(const std::stop_token& stop) {
  auto form = FindForm(stop);
  if (!form) return Fail(form.error());
  if (form->form == Form::kCurrent) return {};
  if (form->form == Form::kEarlier) return AddMissingColumns(stop);
  if (auto schema = CreateSchema(stop); !schema) return schema;
  const std::string table = Qualified("ledger");
  const std::string function = Qualified("refuse_change");
  const std::string grant =
      "an owner has to GRANT USAGE, CREATE ON SCHEMA " + QuoteIdentifier(schema_);
  for (const std::string& sql : {
           "CREATE TABLE " + table + " " + std::string(kColumns) + std::string(kKindCheck) + ")",
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

// Tables of versions before these columns lack the kinds of row that came with them, too.
Result<void> Ledger::AddMissingColumns(const std::stop_token& stop) {
  const std::string table = Qualified("ledger");
  return CreateObject(
      "ALTER TABLE " + table +
          " ADD COLUMN depends_on text NOT NULL DEFAULT '', ADD COLUMN down_transactional boolean, "
          "DROP CONSTRAINT IF EXISTS ledger_kind_check, ADD CONSTRAINT ledger_kind_check " +
          std::string(kKindCheck),
      "its owner has to run schemactl ensure-version once", stop);
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

}  // namespace schemaop
