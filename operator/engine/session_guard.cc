#include "engine/session_guard.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/text.h"
#include "postgres/quote.h"
#include "sql/classify.h"
#include "sql/keywords.h"

namespace schemaop {
namespace {

// The columns of the question's answer: what is true of the session, and one of its locks.
enum Column : std::size_t {
  kTransaction,
  kLogin,
  kRole,
  kReadOnly,
  kEncoding,
  kVersions,
  kLedger,
  kKind,
  kRelation,
  kMode,
  kClass,
  kObject,
  kParts,
};

std::string Name(SessionGuard::Culprit culprit) {
  return culprit == SessionGuard::Culprit::kStatement ? "the statement"
                                                      : "a statement of the revision";
}

tl::unexpected<Error> Refused(std::string message) {
  return Fail(ErrorCode::kRejected, std::move(message));
}

tl::unexpected<Error> EndedInside() {
  return Refused(
      "the statement ended the transaction it ran in: what ran before it may be committed without "
      "its version row; take COMMIT and ROLLBACK out of it and check the database");
}

// What we did ourselves to one of our tables in this transaction.
struct OwnWork {
  bool made = false;
  bool written = false;
};

// Whether `mode` is a lock of neither reading the table, commenting on it, nor our own work.
bool IsChange(std::string_view mode, OwnWork own) {
  if (mode == "RowExclusiveLock") return !own.written;
  if (mode == "ShareRowExclusiveLock" || mode == "AccessExclusiveLock") return !own.made;
  return mode == "ExclusiveLock";
}

// What our own locks say.
struct Evidence {
  bool holds_lock = false;
  bool version_table_gone = true;
  bool version_table_changed = false;
  bool ledger_changed = true;
};

// Statements that run no code of anybody's, but for what indexes, defaults and event triggers call.
bool IsPlainDdl(const Statement& statement) {
  static constexpr std::array<std::string_view, 16> kPlain = {
      "CREATE TABLE", "CREATE INDEX",  "CREATE TYPE",     "CREATE SEQUENCE",
      "CREATE VIEW",  "CREATE SCHEMA", "CREATE FUNCTION", "CREATE TRIGGER",
      "ALTER TABLE",  "ALTER INDEX",   "ALTER SEQUENCE",  "ALTER TYPE",
      "DROP TABLE",   "DROP INDEX",    "DROP VIEW",       "COMMENT"};
  const std::string tag = Classify(statement).tag;
  if (std::find(kPlain.begin(), kPlain.end(), tag) == kPlain.end()) return false;
  // CREATE TABLE ... AS, at whatever end of its name, columns and options, runs a query.
  const Keywords words(statement.text);
  return tag != "CREATE TABLE" || words.Find("AS", 0, 0, words.size()) == words.size();
}

// A bigint key is stored as two halves, with objsubid 1 (manual, "pg_locks").
bool IsMigrationLock(const Row& row, std::int64_t key) {
  const auto bits = static_cast<std::uint64_t>(key);
  return row.Text(kKind) == "advisory" && row.Text(kParts) == "1" &&
         row.Text(kClass) == std::to_string(bits >> 32U) &&
         row.Text(kObject) == std::to_string(bits & 0xFFFFFFFFU);
}

// Another role than $4, logged in as another than $3, may not be allowed to look `table` up.
std::string Lookup(const char* table) {
  return "CASE WHEN session_user OPERATOR(pg_catalog.=) $3::pg_catalog.name AND current_user "
         "OPERATOR(pg_catalog.=) $4::pg_catalog.name THEN pg_catalog.to_regclass(" +
         std::string(table) + ")::pg_catalog.oid END, ";
}

// Whose transaction this is, and every lock of this session that is on the version table ($1, known
// as $6), the ledger ($2, $7) or advisory: none, when it does not even hold the migration lock.
// Sets lock_timeout to $5 again. The function under pg_locks: planning the view takes longer than
// the rest.
std::string QuestionSql(SessionGuard::Next next) {
  std::string sql =
      "SELECT pg_catalog.txid_current_if_assigned(), session_user, current_user, "
      "pg_catalog.current_setting('transaction_read_only'), "
      "pg_catalog.current_setting('client_encoding'), ";
  sql += Lookup("$1") + Lookup("$2") +
         "l.locktype, l.relation, l.mode, l.classid, l.objid, l.objsubid, "
         "pg_catalog.set_config('lock_timeout', $5, true)";
  if (next != SessionGuard::Next::kSubmitted) {
    sql +=
        ", pg_catalog.set_config('client_encoding', 'UTF8', true), "
        "pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true)";
  }
  return sql +
         " FROM pg_catalog.pg_lock_status() l WHERE l.pid OPERATOR(pg_catalog.=) "
         "pg_catalog.pg_backend_pid() AND l.granted AND (l.locktype OPERATOR(pg_catalog.=) "
         "'advisory' OR l.relation OPERATOR(pg_catalog.=) $6::pg_catalog.oid OR l.relation "
         "OPERATOR(pg_catalog.=) $7::pg_catalog.oid)";
}

Evidence Weigh(TargetDatabase& database, const Rows& rows, OwnWork version_table, OwnWork ledger) {
  const TargetDatabase::OwnTables known = database.own_tables();
  Evidence evidence;
  evidence.version_table_gone = rows.front().Text(kVersions) != known.versions;
  evidence.ledger_changed = rows.front().Text(kLedger) != known.ledger;
  for (const Row& row : rows) {
    if (IsMigrationLock(row, database.lock_key())) evidence.holds_lock = true;
    if (row.IsNull(kRelation)) continue;
    if (row.Text(kRelation) == known.versions) {
      evidence.version_table_changed |= IsChange(row.Text(kMode), version_table);
    } else if (row.Text(kRelation) == known.ledger) {
      evidence.ledger_changed |= IsChange(row.Text(kMode), ledger);
    }
  }
  return evidence;
}

std::string OursToWrite(const std::string& table) {
  return " changed " + table +
         ", which only the migration itself may write; take it out of the revision";
}

bool SameRows(Heads a, Heads b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

}  // namespace

Result<void> SessionGuard::Before(const Statement& statement) {
  const StatementTraits traits = Classify(statement);
  if (traits.transaction != TransactionRule::kControl) return {};
  return Refused(traits.tag +
                 " may not stand in a revision, which begins and ends its own transaction: remove "
                 "it");
}

bool SessionGuard::Trusts(const Statement& statement) const {
  return IsPlainDdl(statement) && !MentionsOurs(statement);
}

std::vector<PipelinedStatement> SessionGuard::Questions(Next next) const {
  const VersionTable& table = database_.version_table();
  const TargetDatabase::OwnTables known = database_.own_tables();
  std::vector<PipelinedStatement> questions;
  if (next == Next::kCommit) {
    questions.push_back({.sql = "SET CONSTRAINTS ALL IMMEDIATE"});
    questions.push_back({.sql = "CLOSE ALL"});
  }
  questions.push_back(
      {.sql = QuestionSql(next),
       .parameters = {QuoteQualified(table.schema, table.name),
                      QuoteQualified(database_.options().ledger_schema, "ledger"),
                      database_.login(), database_.options().role.value_or(database_.login()),
                      std::to_string(transaction_.lock_timeout().count()), known.versions,
                      known.ledger},
       .rows = RowsUse::kKeep});
  return questions;
}

Result<void> SessionGuard::Judge(const PipelineAnswer& answer, Culprit culprit,
                                 const std::stop_token& stop) const {
  if (auto open = CheckOpen(); !open) return open;
  if (answer.error) return Fail(ToError(*answer.error));
  if (auto ours = CheckWhatIsKnown(); !ours) return ours;
  const Rows& rows = answer.done.back().rows;
  if (!rows.empty()) {
    if (auto ours = CheckTransaction(rows.front()); !ours) return ours;
  }
  return CheckLocks(rows, Name(culprit), stop);
}

Result<void> SessionGuard::CheckTransaction(const Row& row) const {
  if (row.Text(kTransaction) != transaction_.id()) return EndedInside();
  const std::string& login = database_.login();
  const std::string role = database_.options().role.value_or(login);
  if (row.Text(kLogin) != login || row.Text(kRole) != role) {
    return Refused("the statement changed the role from " + role + " to " + row.Text(kRole) +
                   "; take SET ROLE, RESET ROLE and SET SESSION AUTHORIZATION out of it: "
                   "spec.database.role names the role for every revision");
  }
  if (row.Text(kReadOnly) == "on") {
    return Refused(
        "the statement made its transaction read-only, so that its version row could not be "
        "written; take SET TRANSACTION READ ONLY out of it");
  }
  return CheckEncoding(row.Text(kEncoding));
}

Result<void> SessionGuard::CheckEncoding(const std::string& encoding) {
  if (encoding == "UTF8" || encoding == "SQL_ASCII") return {};
  return Refused("the statement changed client_encoding to " + encoding +
                 ", but revision files are UTF-8; take it out of the revision");
}

// A failed transaction is one that the question itself failed in: behind a statement that fails it
// is not asked.
Result<void> SessionGuard::CheckOpen() const {
  const Session& session = database_.session();
  if (!session.connected()) {
    return Fail(ErrorCode::kUnavailable, "the connection to the server was lost");
  }
  if (session.transaction_state() == TransactionState::kIdle) return EndedInside();
  return {};
}

// Known without asking: the server tells of each change by itself, at the end of each answer.
Result<void> SessionGuard::CheckWhatIsKnown() const {
  const Session& session = database_.session();
  if (session.parameter("standard_conforming_strings") != "on") {
    return Refused(
        "the statement switched standard_conforming_strings off, with which the rest of the file "
        "would mean something else; take it out of the revision and write E'...' where backslashes "
        "are escapes");
  }
  return CheckEncoding(session.parameter("client_encoding"));
}

Result<void> SessionGuard::CheckLocks(const Rows& rows, const std::string& culprit,
                                      const std::stop_token& stop) const {
  const VersionTable& table = database_.version_table();
  const std::string& ledger_schema = database_.options().ledger_schema;
  const std::string unlocked =
      culprit +
      " gave the migration lock away; take pg_advisory_unlock and pg_advisory_unlock_all out of it";
  if (rows.empty()) return Refused(unlocked);
  const OwnWork on_versions{database_.version_table_is_new(), written_ > 0};
  const OwnWork on_ledger{database_.ledger_is_new(), written_ > 0};
  const Evidence evidence = Weigh(database_, rows, on_versions, on_ledger);
  if (!evidence.holds_lock) return Refused(unlocked);
  if (evidence.version_table_gone) return Refused(culprit + OursToWrite(table.Label()));
  if (evidence.version_table_changed || on_versions.made || on_versions.written) {
    if (auto kept = CheckVersionRows(culprit, stop); !kept) return kept;
  }
  if (evidence.ledger_changed) return Refused(culprit + OursToWrite(ledger_schema + ".ledger"));
  return on_ledger.made || on_ledger.written ? CheckLedger(culprit, stop) : Result<void>();
}

// Whoever widens the version table's column does no harm, so its rows count, not its lock.
Result<void> SessionGuard::CheckVersionRows(const std::string& culprit,
                                            const std::stop_token& stop) const {
  auto rows = database_.ReadHeads(stop);
  if (!rows && !database_.session().connected()) return Fail(rows.error());
  if (rows && SameRows(*rows, rows_)) return {};
  return Refused(culprit + OursToWrite(database_.version_table().Label()));
}

// Where our own work hides what others do: its trigger is there, and it has the rows that we wrote
// and none behind them.
Result<void> SessionGuard::CheckLedger(const std::string& culprit,
                                       const std::stop_token& stop) const {
  const std::string& schema = database_.options().ledger_schema;
  const std::string table = QuoteQualified(schema, "ledger");
  auto rows = database_.session().Query(
      "SELECT (SELECT pg_catalog.count(*) FROM " + table +
          " l WHERE l.transaction_id OPERATOR(pg_catalog.=) $2), (SELECT pg_catalog.count(*) "
          "FROM " +
          table +
          " l WHERE l.version_table OPERATOR(pg_catalog.=) $3 AND l.sequence "
          "OPERATOR(pg_catalog.>) $4::pg_catalog.int8) "
          "FROM pg_catalog.pg_trigger t WHERE t.tgrelid OPERATOR(pg_catalog.=) "
          "pg_catalog.to_regclass($1)::pg_catalog.oid AND t.tgname OPERATOR(pg_catalog.=) "
          "'ledger_is_append_only' AND t.tgenabled OPERATOR(pg_catalog.=) 'O'",
      {table, transaction_.id(), database_.version_table().Label(),
       std::to_string(database_.ledger().last_sequence())},
      stop);
  if (!rows && !database_.session().connected()) return Fail(ToError(rows.error()));
  const bool kept = rows && !rows->empty() &&
                    rows->front().Integer(0) == static_cast<std::int64_t>(written_) &&
                    rows->front().Integer(1) == 0;
  return kept ? Result<void>() : Refused(culprit + OursToWrite(schema + ".ledger"));
}

bool SessionGuard::MentionsOurs(const Statement& statement) const {
  const std::string text = ToLower(statement.text);
  return text.find(ToLower(database_.version_table().name)) != std::string::npos ||
         text.find(ToLower(database_.options().ledger_schema)) != std::string::npos ||
         text.find("advisory") != std::string::npos;
}

}  // namespace schemaop
