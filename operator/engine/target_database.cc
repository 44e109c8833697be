#include "engine/target_database.h"

#include <utility>

#include "postgres/advisory_lock.h"
#include "postgres/pooler.h"
#include "postgres/quote.h"

namespace schemaop {
namespace {

constexpr const char* kOwnPath = "pg_catalog, pg_temp";

Result<void> Run(Session& session, const std::string& sql, const std::stop_token& stop) {
  auto done = session.Execute(sql, stop);
  if (!done) return Fail(ToError(done.error()));
  return {};
}

}  // namespace

Result<std::unique_ptr<TargetDatabase>> TargetDatabase::Open(const DatabaseOptions& options,
                                                             const std::stop_token& stop) {
  auto session =
      Session::Connect({.dsn = options.dsn, .application_name = options.application_name}, stop);
  if (!session) return Fail(session.error());
  std::unique_ptr<TargetDatabase> database(new TargetDatabase(options, std::move(*session)));
  if (auto direct = RefusePooler(database->session_, stop); !direct) return Fail(direct.error());
  for (auto step :
       {&TargetDatabase::Reset, &TargetDatabase::FindPath, &TargetDatabase::FindTables}) {
    auto done = (database.get()->*step)(stop);
    if (!done) return Fail(WithContext(done.error(), database->session_.label()));
  }
  return database;
}

std::int64_t TargetDatabase::lock_key() const {
  return MigrationLockKey(version_table_.schema, version_table_.name);
}

std::string TargetDatabase::RoleSql(const char* set) const {
  return std::string(set) + " ROLE " + (options_.role ? QuoteIdentifier(*options_.role) : "NONE");
}

Result<void> TargetDatabase::Reset(const std::stop_token& stop) {
  if (auto reset = session_.ResetState(stop); !reset) return reset;
  auto role = Run(session_, RoleSql("SET"), stop);
  if (!role)
    return Fail(
        WithContext(role.error(), "cannot take the role " + options_.role.value_or("NONE")));
  return {};
}

Result<void> TargetDatabase::FindPath(const std::stop_token& stop) {
  if (options_.search_path.empty()) {
    // What the server gives this role in this database.
    if (auto reset = Run(session_, "RESET search_path", stop); !reset) return reset;
  } else if (auto set = SetPath(QuoteIdentifierList(options_.search_path), "false", stop); !set) {
    return set;
  }
  auto rows = session_.Query(
      "SELECT pg_catalog.current_setting('search_path'), s.schema FROM (SELECT 1) one "
      "LEFT JOIN pg_catalog.unnest(pg_catalog.current_schemas(false)) s(schema) ON true",
      {}, stop);
  if (!rows) return Fail(ToError(rows.error()));
  path_setting_ = rows->front().Text(0);
  schemas_.clear();
  for (const Row& row : *rows) {
    if (!row.IsNull(1)) schemas_.push_back(row.Text(1));
  }
  return SetPath(kOwnPath, "false", stop);
}

Result<void> TargetDatabase::FindTables(const std::stop_token& stop) {
  auto found = FindVersionTable(session_, options_.version_table, options_.version_table_schema,
                                schemas_, stop);
  if (!found) return Fail(found.error());
  version_table_ = *found;
  existed_ = found->exists;
  ledger_ = std::make_unique<Ledger>(session_, options_.ledger_schema, version_table_.Label());
  return {};
}

Result<void> TargetDatabase::SetPath(const std::string& value, const char* is_local,
                                     const std::stop_token& stop) {
  auto set = session_.Query("SELECT pg_catalog.set_config('search_path', $1, $2::boolean)",
                            {value, is_local}, stop);
  if (!set) return Fail(ToError(set.error()));
  return {};
}

Result<DatabaseState> TargetDatabase::ReadState(const std::stop_token& stop) {
  DatabaseState state;
  state.server_version = session_.server_version();
  if (auto found = FindTables(stop); !found) return Fail(found.error());
  state.has_version_table = version_table_.exists;
  auto heads = ReadHeads(stop);
  if (!heads) return Fail(heads.error());
  state.heads = *heads;
  auto has_tables = HasUserTables(stop);
  if (!has_tables) return Fail(has_tables.error());
  state.has_user_tables = *has_tables;
  auto has_ledger = ledger_->Exists(stop);
  if (!has_ledger) return Fail(has_ledger.error());
  if (!*has_ledger) return state;
  auto entries = ledger_->Entries(stop);
  if (!entries) return Fail(entries.error());
  state.ledger = std::move(*entries);
  return state;
}

Result<Heads> TargetDatabase::ReadHeads(const std::stop_token& stop) {
  if (!version_table_.exists) return Heads{};
  return schemaop::ReadHeads(session_, version_table_, stop);
}

// Tables of extensions are nobody's schema to migrate.
Result<bool> TargetDatabase::HasUserTables(const std::stop_token& stop) {
  std::vector<std::string> parameters = {version_table_.schema, version_table_.name,
                                         options_.ledger_schema};
  std::string places = "$1";
  for (const std::string& schema : schemas_) {
    parameters.push_back(schema);
    places += ", $" + std::to_string(parameters.size());
  }
  auto rows = session_.Query(
      "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_class c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE c.relkind IN ('r', 'p', 'f') AND n.nspname IN (" +
          places +
          ") AND n.nspname <> $3 AND NOT (n.nspname = $1 AND c.relname = $2) "
          "AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d "
          "WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = "
          "'e'))",
      parameters, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot list the tables"));
  return rows->front().Boolean(0);
}

Result<void> TargetDatabase::CreateMissing(const std::stop_token& stop) {
  if (!version_table_.exists) {
    if (auto created = CreateVersionTable(session_, version_table_, stop); !created) return created;
    version_table_.exists = true;
  }
  return ledger_->Create(stop);
}

Result<void> TargetDatabase::EnterSubmitted(const std::stop_token& stop) {
  return SetPath(path_setting_, "true", stop);
}

Result<void> TargetDatabase::EnterOwn(const std::stop_token& stop) {
  return Run(session_,
             "SET LOCAL SESSION AUTHORIZATION DEFAULT; " + RoleSql("SET LOCAL") +
                 "; SET LOCAL search_path = " + kOwnPath,
             stop);
}

Result<void> TargetDatabase::SwitchToSubmitted(const std::stop_token& stop) {
  return SetPath(path_setting_, "false", stop);
}

}  // namespace schemaop
