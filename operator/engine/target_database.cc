#include "engine/target_database.h"

#include <utility>

#include "base/fault_point.h"
#include "base/text.h"
#include "postgres/quote.h"
#include "revision/lost_revisions.h"

namespace schemaop {
namespace {

// For the answer to what ends a run that is over.
constexpr std::chrono::seconds kPatience{2};
std::chrono::steady_clock::time_point Soon() {
  return std::chrono::steady_clock::now() + kPatience;
}

constexpr const char* kOwnPath = "pg_catalog, pg_temp";

// What the role that logged in may beyond what an owner may, itself or through a role that it can
// take, separated by commas. A superuser is a member of everything. Runs with any search_path.
constexpr std::string_view kExcessRightsSql =
    "(SELECT CASE WHEN pg_catalog.bool_or(r.rolsuper) THEN 'SUPERUSER' ELSE pg_catalog.concat_ws("
    "',', CASE WHEN pg_catalog.bool_or(r.rolreplication) THEN 'REPLICATION' END, "
    "CASE WHEN pg_catalog.bool_or(r.rolbypassrls) THEN 'BYPASSRLS' END, "
    "CASE WHEN pg_catalog.bool_or(r.rolcreaterole) THEN 'CREATEROLE' END, "
    "pg_catalog.string_agg(r.rolname, ',' ORDER BY r.rolname) FILTER (WHERE r.rolname "
    "OPERATOR(pg_catalog.=) ANY ("
    "'{pg_execute_server_program,pg_read_server_files,pg_write_server_files}'::pg_catalog.name[]))"
    ") END FROM pg_catalog.pg_roles r "
    "WHERE pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER'))";

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
  for (auto step : {&TargetDatabase::SetUp, &TargetDatabase::FindTables}) {
    auto done = (database.get()->*step)(stop);
    if (!done) return Fail(WithContext(done.error(), database->session_.label()));
  }
  SCHEMAOP_FAULT_POINT("engine.database.opened");
  return database;
}

TargetDatabase::~TargetDatabase() {
  if (!locked_ || !session_.connected()) return;
  if (begun_) (void)session_.Execute({.sql = "ROLLBACK", .copy_data = {}, .deadline = Soon()}, {});
  if (session_.transaction_state() != TransactionState::kIdle) return;
  // A server that does not answer finds out by itself.
  (void)session_.Execute(
      {.sql = "SELECT pg_catalog.pg_advisory_unlock('" + std::to_string(*locked_) + "')",
       .copy_data = {},
       .deadline = Soon()},
      {});
}

Result<LockAttempt> TargetDatabase::TakeLock(
    std::chrono::milliseconds wait,
    const std::function<void(const std::optional<LockHolder>&)>& waiting,
    const std::stop_token& stop) {
  const std::int64_t key = lock_key();
  auto attempt = AcquireLock(session_, key, wait, waiting, stop);
  if (attempt && attempt->acquired) locked_ = key;
  return attempt;
}

std::int64_t TargetDatabase::lock_key() const {
  return MigrationLockKey(version_table_.schema, version_table_.name);
}

std::string TargetDatabase::RoleSql(const char* set) const {
  return std::string(set) + " ROLE " + (options_.role ? QuoteIdentifier(*options_.role) : "NONE");
}

Result<void> TargetDatabase::Reset(const std::stop_token& stop) {
  SCHEMAOP_FAULT_POINT("engine.session.resetting");
  reset_due_ = false;
  if (auto reset = session_.ResetState(stop, RoleSql("SET")); !reset) return reset;
  SCHEMAOP_FAULT_POINT("engine.session.reset");
  return {};
}

// In a transaction of its own: one that is rolled back would take it back.
std::string TargetDatabase::EarlyReset() const {
  return "BEGIN; " + session_.ResetSql(RoleSql("SET")) + "; COMMIT; ";
}

std::string TargetDatabase::TakeDueReset() {
  begun_.reset();
  // One that was begun early and is not wanted, or of which a part failed.
  const bool open = session_.transaction_state() != TransactionState::kIdle;
  const std::string sql = open ? "ROLLBACK; " : "";
  return std::exchange(reset_due_, false) ? sql + EarlyReset() : sql;
}

Result<void> TargetDatabase::ResetIfDue(const std::stop_token& stop) {
  begun_.reset();
  if (session_.connected() && session_.transaction_state() != TransactionState::kIdle) {
    if (auto ended = Run(session_, "ROLLBACK", stop); !ended) return ended;
  }
  return reset_due_ ? Reset(stop) : Result<void>();
}

void TargetDatabase::NoteBegun(std::string transaction_id, std::chrono::milliseconds lock_timeout) {
  begun_ = BegunTransaction{std::move(transaction_id), lock_timeout};
}

std::optional<std::string> TargetDatabase::TakeBegun(std::chrono::milliseconds lock_timeout) {
  if (!begun_ || begun_->lock_timeout != lock_timeout) return std::nullopt;
  return std::exchange(begun_, std::nullopt)->id;
}

// A new session is reset already. What it takes besides is one message.
Result<void> TargetDatabase::SetUp(const std::stop_token& stop) {
  // Otherwise what the server gives this role in this database.
  const std::string path = options_.search_path.empty()
                               ? "RESET search_path"
                               : "SET search_path = " + QuoteIdentifierList(options_.search_path);
  ScriptAnswer answer = session_.Script(
      RoleSql("SET") + "; " + path +
          "; SELECT pg_catalog.current_setting('search_path'), s.schema, session_user, " +
          std::string(kExcessRightsSql) +
          " FROM (SELECT 1) one "
          "LEFT JOIN pg_catalog.unnest(pg_catalog.current_schemas(false)) s(schema) ON true; "
          "SET search_path = " +
          kOwnPath,
      stop);
  if (answer.error) {
    Error error = ToError(*answer.error);
    if (!answer.tags.empty()) return Fail(std::move(error));
    return Fail(
        WithContext(std::move(error), "cannot take the role " + options_.role.value_or("NONE")));
  }
  NotePath(answer.rows);
  return {};
}

void TargetDatabase::NotePath(const Rows& rows) {
  path_setting_ = rows.front().Text(0);
  login_ = rows.front().Text(2);
  const bool asked = options_.login_rights == LoginRights::kOwner;
  excess_rights_ = asked ? SplitList(rows.front().Text(3)) : std::vector<std::string>();
  schemas_.clear();
  for (const Row& row : rows) {
    if (!row.IsNull(1)) schemas_.push_back(row.Text(1));
  }
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
  state.login = login_;
  state.excess_rights = excess_rights_;
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
  state.has_ledger = *has_ledger;
  if (!*has_ledger) return state;
  auto summary = ledger_->Summary(stop);
  if (!summary) return Fail(summary.error());
  state.ledger = std::move(summary->entries);
  state.begun = std::move(summary->begun);
  state.last_word = summary->last_word;
  return state;
}

Result<void> TargetDatabase::ReadStored(const RevisionGraph& files, DatabaseState& state,
                                        const std::stop_token& stop) {
  return CollectStored(files, state,
                       [&](const RevisionId& id) { return ledger_->Stored(id, stop); });
}

Result<Heads> TargetDatabase::ReadHeads(const std::stop_token& stop) {
  if (!version_table_.exists) return Heads{};
  return schemaop::ReadHeads(session_, version_table_, stop);
}

// Tables of extensions are nobody's schema to migrate, and what the role may not alter is not its.
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
          "AND pg_catalog.pg_has_role(c.relowner, 'USAGE') "
          "AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d "
          "WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = "
          "'e'))",
      parameters, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot list the tables"));
  return rows->front().Boolean(0);
}

Result<void> TargetDatabase::CreateMissing(const std::stop_token& stop) {
  if (!lacks_tables()) return {};
  if (!version_table_.exists) {
    if (auto created = CreateVersionTable(session_, version_table_, stop); !created) return created;
    version_table_.exists = true;
    SCHEMAOP_FAULT_POINT("engine.versions.created");
  }
  auto current = ledger_->IsCurrent(stop);
  if (!current) return Fail(current.error());
  if (!*current) {
    if (auto created = ledger_->Create(stop); !created) return created;
    SCHEMAOP_FAULT_POINT("engine.ledger.created");
  }
  ledger_exists_ = true;
  ledger_existed_ = *current;
  return FindOwnTables(stop);
}

// Whoever creates them anew instead leaves other oids.
Result<void> TargetDatabase::FindOwnTables(const std::stop_token& stop) {
  if (version_table_is_new()) {
    auto found = FindVersionTable(session_, version_table_.name, version_table_.schema, {}, stop);
    if (!found) return Fail(found.error());
    version_table_.oid = found->oid;
  }
  auto ledger = ledger_->Find(stop);
  if (!ledger) return Fail(ledger.error());
  ledger_oid_ = ledger->value_or("");
  return {};
}

Result<void> TargetDatabase::FindAgain(const std::stop_token& stop) {
  if (auto found = FindTables(stop); !found) return found;
  auto ledger = ledger_->Find(stop);
  if (!ledger) return Fail(ledger.error());
  ledger_exists_ = ledger_existed_ = ledger->has_value();
  ledger_oid_ = ledger->value_or("");
  return {};
}

void TargetDatabase::ForgetCreated() {
  version_table_.exists = existed_;
  ledger_exists_ = ledger_existed_;
  ledger_->ForgetTail();
}

void TargetDatabase::KeepCreated() {
  existed_ = version_table_.exists;
  ledger_existed_ = ledger_exists_;
}

// Escaped so that it means the same whatever standard_conforming_strings is.
std::string TargetDatabase::EnterSubmittedSql() const {
  std::string path;
  for (const char c : QuoteLiteral(path_setting_)) path.append(c == '\\' ? 2 : 1, c);
  return "pg_catalog.set_config('search_path', E" + path + ", true)";
}

Result<void> TargetDatabase::EnterSubmitted(const std::stop_token& stop) {
  return SetPath(path_setting_, "true", stop);
}

Result<void> TargetDatabase::EnterOwn(const std::stop_token& stop) {
  return Run(session_,
             "SET LOCAL SESSION AUTHORIZATION DEFAULT; " + RoleSql("SET LOCAL") +
                 "; SET LOCAL client_encoding = 'UTF8'; SET LOCAL search_path = " + kOwnPath,
             stop);
}

Result<void> TargetDatabase::SwitchToSubmitted(const std::stop_token& stop) {
  return SetPath(path_setting_, "false", stop);
}

}  // namespace schemaop
