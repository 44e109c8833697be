// Submitted SQL that reaches for the transaction, the session, the lock or the tables that are
// ours: stopped, named, nothing half done.
#include <algorithm>

#include "linear_project.h"
#include "postgres/sqlstate.h"

namespace schemaop::testing {
namespace {

using Outcome = RunReport::Outcome;

constexpr const char* kUnlocked =
    "the statement gave the migration lock away; take pg_advisory_unlock and "
    "pg_advisory_unlock_all out of it";
constexpr const char* kReadOnly =
    "the statement made its transaction read-only, so that its version row could not be written; "
    "take SET TRANSACTION READ ONLY out of it";
constexpr const char* kVersionTable =
    "the statement changed public.alembic_version, which only the migration itself may write; take "
    "it out of the revision";
constexpr const char* kLedger =
    "the statement changed schemaversion.ledger, which only the migration itself may write; take "
    "it out of the revision";
constexpr const char* kStrings =
    "the statement switched standard_conforming_strings off, with which the rest of the file would "
    "mean something else; take it out of the revision and write E'...' where backslashes are "
    "escapes";

std::string Role(const std::string& to) {
  return "the statement changed the role from postgres to " + to +
         "; take SET ROLE, RESET ROLE and SET SESSION AUTHORIZATION out of it: spec.database.role "
         "names the role for every revision";
}
std::string NotInRevision(const std::string& tag) {
  return tag + " may not stand in a revision, which begins and ends its own transaction: remove it";
}
std::string Do(const std::string& body) { return "DO $$BEGIN " + body + "; END$$"; }

class HostileSqlTest : public LinearProject {
 protected:
  HostileSqlTest() {
    Query("CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)");
    EXPECT_EQ(Upgrade({first_}).error, std::nullopt);
  }

  // Catalog (every committed change leaves other xmins), version rows, ledger and data: what
  // nothing may change half.
  std::string Everything() const {
    std::string catalog;
    for (const char* table :
         {"pg_class", "pg_attribute", "pg_constraint", "pg_index", "pg_type", "pg_proc",
          "pg_trigger", "pg_namespace", "pg_depend", "pg_authid", "pg_db_role_setting"}) {
      const std::string rows = std::string(table) + " t";
      catalog +=
          "(SELECT count(*)::text || ' ' || sum(hashtext(t.xmin::text || t.ctid::text)) "
          "FROM " +
          rows + "),";
    }
    return Query("SELECT " + catalog + "1") + Query("SELECT * FROM public.alembic_version") +
           Query("SELECT * FROM schemaversion.ledger ORDER BY sequence") +
           Query("SELECT * FROM public.kept ORDER BY id");
  }

  struct Case {
    std::string sql;
    std::string message;
    std::string sqlstate = "";
    ErrorCode code = sqlstate.empty() ? ErrorCode::kRejected : CodeForSqlState(sqlstate);
  };

  // Runs `hostile.sql` as the third statement of a revision, at 3:3 of its file.
  void ExpectStopped(const Case& hostile) const {
    SCOPED_TRACE(hostile.sql);
    const std::string before = Everything();
    const auto report = Upgrade(
        {first_, MakeRevision("002", "001",
                              "CREATE TABLE half (id int);\nINSERT INTO kept VALUES (2);\n  " +
                                  hostile.sql + ";\nCREATE TABLE later (id int)")});
    EXPECT_EQ(report.outcome, Outcome::kFailed);
    EXPECT_EQ(report.heads, Heads{"001"});
    ASSERT_TRUE(report.failure) << report.error.value_or(Error{}).message;
    EXPECT_EQ(report.failure->message, hostile.message);
    EXPECT_EQ(report.failure->sqlstate, hostile.sqlstate);
    EXPECT_EQ(report.failure->revision, "002");
    EXPECT_EQ(report.failure->file, "002.sql");
    EXPECT_EQ(report.failure->statement, 3);
    EXPECT_EQ(report.failure->line, 3);
    EXPECT_FALSE(report.failure->retryable);
    const std::string column = std::to_string(report.failure->column);
    const std::string state =
        hostile.sqlstate.empty() ? "" : " (SQLSTATE " + hostile.sqlstate + ")";
    EXPECT_EQ(report.error->message, "002.sql:3:" + column + ": " + hostile.message + state);
    EXPECT_EQ(report.error->code, hostile.code);
    EXPECT_EQ(Everything(), before);
  }

  const Revision first_ = MakeRevision("001", "", "CREATE TABLE first (id int)");
};

// A deferred trigger runs when nobody looks any more, unless it is made to run before.
std::string Deferred(const std::string& body) {
  return "CREATE TABLE t (id int); CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS "
         "$$BEGIN " +
         body +
         "; RETURN NULL; END$$; CREATE CONSTRAINT TRIGGER late AFTER INSERT ON t DEFERRABLE "
         "INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION late(); INSERT INTO t VALUES (1)";
}

TEST_F(HostileSqlTest, DeferredTriggersAreStoppedToo) {
  for (const auto& [body, message] : {
           std::pair{"DELETE FROM public.alembic_version", kVersionTable},
           std::pair{"INSERT INTO schemaversion.ledger SELECT version_table, sequence + 100, kind, "
                     "revision, direction, parents, message, checksum, up_sql, down_sql, "
                     "statement, transaction_id, started_at, finished_at, actor, plan_hash, "
                     "previous_hash, hash FROM schemaversion.ledger",
                     kLedger},
           std::pair{"PERFORM pg_advisory_unlock_all()", kUnlocked},
       }) {
    const std::string before = Everything();
    for (const std::string& sql :
         {Deferred(body), "SET CONSTRAINTS ALL DEFERRED; " + Deferred(body)}) {
      const auto report = Upgrade({first_, MakeRevision("002", first_.id, sql)});
      ASSERT_EQ(report.outcome, Outcome::kFailed) << body;
      EXPECT_NE(report.error->message.find(message), std::string::npos) << report.error->message;
      EXPECT_EQ(Everything(), before) << body;
    }
  }
}

TEST_F(HostileSqlTest, DeferredTriggersOfEarlierRevisionsOfATransactionAreStoppedToo) {
  options_.transaction_mode = TransactionMode::kSingle;
  const std::string before = Everything();
  for (const std::string last : {"SELECT 1", ""}) {
    const auto report = Upgrade(
        {first_, MakeRevision("002", first_.id, Deferred("DELETE FROM public.alembic_version")),
         MakeRevision("003", "002", last)});
    EXPECT_EQ(report.outcome, Outcome::kFailed);
    EXPECT_EQ(Everything(), before);
  }
}

// COMMIT runs the query of a cursor that is to outlive it.
TEST_F(HostileSqlTest, CursorsRunNothingInCommit) {
  const auto report = Upgrade({first_, MakeRevision("002", first_.id,
                                                    "CREATE FUNCTION f() RETURNS int LANGUAGE sql "
                                                    "AS 'DELETE FROM public.alembic_version; "
                                                    "SELECT 1';\n"
                                                    "DECLARE c CURSOR WITH HOLD FOR SELECT f()")});
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(Versions(), "002");
}

TEST_F(HostileSqlTest, TransactionControlNeverReachesTheServer) {
  for (const std::string tag :
       {"BEGIN", "START TRANSACTION", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE",
        "PREPARE TRANSACTION", "COMMIT PREPARED", "ROLLBACK PREPARED"}) {
    const bool named =
        tag.find("PREPARE") != std::string::npos || tag == "SAVEPOINT" || tag == "RELEASE";
    ExpectStopped({tag + (named ? " 'x'" : ""), NotInRevision(tag)});
  }
}

TEST_F(HostileSqlTest, TransactionControlInsideCodeIsRefusedByTheServer) {
  Query(
      "CREATE PROCEDURE commits() LANGUAGE plpgsql AS 'BEGIN COMMIT; END';"
      "CREATE PROCEDURE rolls_back() LANGUAGE plpgsql AS 'BEGIN ROLLBACK; END';"
      "CREATE FUNCTION executes() RETURNS void LANGUAGE plpgsql AS "
      "$$BEGIN EXECUTE 'COMMIT'; END$$");
  ExpectStopped({Do("COMMIT"), "invalid transaction termination", "2D000"});
  ExpectStopped({Do("ROLLBACK"), "invalid transaction termination", "2D000"});
  ExpectStopped({Do("CALL commits()"), "invalid transaction termination", "2D000"});
  ExpectStopped({"CALL commits()", "invalid transaction termination", "2D000"});
  ExpectStopped({"CALL rolls_back()", "invalid transaction termination", "2D000"});
  ExpectStopped(
      {"SELECT executes()", "EXECUTE of transaction commands is not implemented", "0A000"});
}

// Were our reading of a file ever different from the server's, the server would refuse it.
TEST_F(HostileSqlTest, AStatementThatIsSeveralIsRefusedByTheServer) {
  auto revision = MakeRevision("002", "001", "CREATE TABLE half (id int)");
  revision.upgrade.statements.push_back(
      {.text = "SELECT 1; COMMIT; BEGIN", .position = {2, 1}, .copy_data = {}});
  const std::string before = Everything();
  const auto report = Upgrade({first_, revision});
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->message, "cannot insert multiple commands into a prepared statement");
  EXPECT_EQ(report.failure->sqlstate, "42601");
  EXPECT_EQ(report.failure->statement, 2);
  EXPECT_EQ(Everything(), before);
}

TEST_F(HostileSqlTest, TheRoleStaysWhatItIs) {
  const std::string other = "other_" + database_;
  Query("CREATE ROLE " + other + "; GRANT ALL ON SCHEMA public TO " + other);
  Query("CREATE FUNCTION takes() RETURNS void LANGUAGE plpgsql AS 'BEGIN EXECUTE ''SET ROLE " +
        other + "''; END'");
  for (const std::string& sql :
       {"SET ROLE " + other, "SET LOCAL ROLE " + other, "SET SESSION AUTHORIZATION " + other,
        "SELECT set_config('role', '" + other + "', true)", Do("SET LOCAL ROLE " + other),
        Do("PERFORM set_config('session_authorization', '" + other + "', false)"),
        std::string("SELECT takes()")}) {
    ExpectStopped({sql, Role(other)});
  }
}

TEST_F(HostileSqlTest, TheMigrationLockStaysHeld) {
  Query(
      "CREATE FUNCTION unlocks() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN PERFORM pg_advisory_unlock_all(); RETURN NULL; END';"
      "CREATE FUNCTION hands_over() RETURNS int LANGUAGE plpgsql AS "
      "'BEGIN PERFORM pg_advisory_unlock_all(); RETURN 1; END';"
      "CREATE TABLE trap (id int);"
      "CREATE TRIGGER t AFTER INSERT ON trap EXECUTE FUNCTION unlocks()");
  for (const std::string& sql :
       {std::string("SELECT pg_advisory_unlock_all()"), Do("PERFORM pg_advisory_unlock_all()"),
        std::string("CREATE TABLE given AS SELECT hands_over()"),
        std::string("CREATE TABLE given (gone) WITH (fillfactor = 50) AS SELECT hands_over()"),
        std::string("INSERT INTO trap VALUES (1)"),
        Do("PERFORM pg_advisory_unlock((classid::bigint << 32) | objid::bigint) FROM pg_locks "
           "WHERE locktype = 'advisory' AND pid = pg_backend_pid()")}) {
    ExpectStopped({sql, kUnlocked});
  }
}

TEST_F(HostileSqlTest, TheLockGivenAwayBehindPlainDdlIsFoundAtTheEnd) {
  Query(
      "CREATE FUNCTION quietly() RETURNS int LANGUAGE plpgsql AS "
      "'BEGIN PERFORM pg_advisory_unlock_all(); RETURN 1; END'");
  const std::string before = Everything();
  const auto report =
      Upgrade({first_, MakeRevision("002", "001", "ALTER TABLE kept ADD x int DEFAULT quietly()")});
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->revision, "002");
  EXPECT_EQ(report.failure->statement, 0);
  EXPECT_EQ(report.error,
            (Error{ErrorCode::kRejected,
                   "002.sql: a statement of the revision gave the migration lock "
                   "away; take pg_advisory_unlock and pg_advisory_unlock_all out of it"}));
  EXPECT_EQ(Everything(), before);
}

TEST_F(HostileSqlTest, TheTransactionStaysWritable) {
  ExpectStopped({"SET TRANSACTION READ ONLY", kReadOnly});
  ExpectStopped({"SET LOCAL transaction_read_only = on", kReadOnly});
  ExpectStopped({"SELECT set_config('transaction_read_only', 'on', true)", kReadOnly});
  ExpectStopped({Do("SET LOCAL transaction_read_only = on"), kReadOnly});
}

TEST_F(HostileSqlTest, TheServerRefusesWhatComesTooLateOrMayNotBeInATransaction) {
  ExpectStopped({"SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
                 "SET TRANSACTION ISOLATION LEVEL must be called before any query", "25001"});
  ExpectStopped({"DISCARD ALL", "DISCARD ALL cannot run inside a transaction block", "25001"});
  ExpectStopped({"VACUUM kept", "VACUUM cannot run inside a transaction block", "25001"});
  ExpectStopped({Do("DISCARD ALL"), "DISCARD ALL cannot run inside a transaction block", "25001"});
}

TEST_F(HostileSqlTest, TheTextKeepsItsMeaning) {
  for (const std::string& sql :
       {std::string("SET standard_conforming_strings = off"),
        std::string("SELECT set_config('standard_conforming_strings', 'off', true)"),
        Do("SET standard_conforming_strings = off")}) {
    ExpectStopped({sql, kStrings});
  }
  ExpectStopped({"SET client_encoding = 'LATIN1'",
                 "the statement changed client_encoding to LATIN1, but revision files are UTF-8; "
                 "take it out of the revision"});
}

TEST_F(HostileSqlTest, TheVersionTableIsOurs) {
  Query("CREATE FUNCTION wipes() RETURNS void LANGUAGE sql AS 'DELETE FROM alembic_version'");
  for (const std::string& sql :
       {std::string("DELETE FROM alembic_version"), std::string("TRUNCATE public.alembic_version"),
        std::string("UPDATE alembic_version SET version_num = '007'"),
        std::string("INSERT INTO \"alembic_version\" VALUES ('007')"),
        std::string("DROP TABLE alembic_version"),
        std::string("ALTER TABLE alembic_version RENAME TO gone"),
        std::string("ALTER TABLE alembic_version RENAME version_num TO v"),
        std::string("ALTER TABLE alembic_version SET SCHEMA schemaversion"),
        std::string("DROP SCHEMA public CASCADE"), Do("DELETE FROM alembic_version"),
        Do("EXECUTE 'DROP TABLE alembic_' || 'version'"),
        Do("DROP TABLE alembic_version; CREATE TABLE alembic_version (version_num varchar(32))"),
        std::string("SELECT wipes()")}) {
    ExpectStopped({sql, kVersionTable});
  }
}

TEST_F(HostileSqlTest, ARowChangedAndPutBackDoesNoHarm) {
  EXPECT_EQ(Upgrade({first_, MakeRevision("002", "001",
                                          "SELECT * FROM alembic_version;"
                                          "LOCK TABLE alembic_version IN EXCLUSIVE MODE;"
                                          "ALTER TABLE alembic_version ALTER version_num TYPE "
                                          "varchar(128);"
                                          "COMMENT ON TABLE alembic_version IS 'Alembic''s';"
                                          "GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC;"
                                          "CREATE VIEW v AS SELECT * FROM alembic_version")})
                .error,
            std::nullopt);
  EXPECT_EQ(Versions(), "002");
}

TEST_F(HostileSqlTest, TheLedgerIsOurs) {
  for (const std::string& sql :
       {std::string("DROP TABLE schemaversion.ledger"),
        std::string("DROP SCHEMA schemaversion CASCADE"),
        std::string("ALTER SCHEMA schemaversion RENAME TO gone"),
        std::string("ALTER TABLE schemaversion.ledger DISABLE TRIGGER ALL"),
        std::string("DROP TRIGGER ledger_is_append_only ON schemaversion.ledger"),
        std::string("INSERT INTO schemaversion.ledger SELECT * FROM schemaversion.ledger WHERE "
                    "false"),
        Do("EXECUTE 'ALTER TABLE schema' || 'version.ledger ADD COLUMN x int'")}) {
    ExpectStopped({sql, kLedger});
  }
  ExpectStopped({"DELETE FROM schemaversion.ledger", "the ledger is append-only", "42501"});
}

TEST_F(HostileSqlTest, TheLedgerIsOursEvenWithItsTriggerMadeHarmless) {
  Query(
      "CREATE OR REPLACE FUNCTION schemaversion.refuse_change() RETURNS trigger LANGUAGE plpgsql "
      "AS 'BEGIN RETURN NEW; END'");
  ExpectStopped({"UPDATE schemaversion.ledger SET message = 'nothing happened'", kLedger});
  ExpectStopped({Do("DELETE FROM schemaversion.ledger"), kLedger});
}

TEST_F(HostileSqlTest, OurTablesAreOursInTheRevisionThatComesWithThemToo) {
  for (const std::string& sql :
       {std::string("DROP TRIGGER ledger_is_append_only ON schemaversion.ledger"),
        std::string("ALTER TABLE schemaversion.ledger DISABLE TRIGGER ALL"),
        std::string("DROP TABLE schemaversion.ledger"),
        std::string("ALTER TABLE schemaversion.ledger RENAME transaction_id TO x")}) {
    database_ = server_.CreateDatabase();
    options_ = OptionsFor(database_);
    const auto report = Upgrade({MakeRevision("001", "", "CREATE TABLE a (id int);\n" + sql)});
    ASSERT_TRUE(report.failure) << sql;
    EXPECT_EQ(report.failure->message, kLedger) << sql;
    EXPECT_EQ(report.failure->statement, 2);
    EXPECT_FALSE(HasTable("a"));
  }
  for (const std::string& sql : {std::string("INSERT INTO alembic_version VALUES ('x')"),
                                 std::string("DROP TABLE alembic_version")}) {
    database_ = server_.CreateDatabase();
    options_ = OptionsFor(database_);
    const auto report = Upgrade({MakeRevision("001", "", "CREATE TABLE a (id int);\n" + sql)});
    ASSERT_TRUE(report.failure) << sql;
    EXPECT_EQ(report.failure->message, kVersionTable) << sql;
    EXPECT_EQ(report.failure->statement, 2);
    EXPECT_FALSE(HasTable("a"));
  }
}

TEST_F(HostileSqlTest, OurTablesAreOursInALaterRevisionOfOneTransactionToo) {
  options_.transaction_mode = TransactionMode::kSingle;
  const std::string before = Everything();
  for (const auto& [sql, message] :
       {std::pair{"DELETE FROM alembic_version", kVersionTable},
        std::pair{"DROP TABLE alembic_version", kVersionTable},
        std::pair{"DROP TABLE schemaversion.ledger", kLedger},
        std::pair{"INSERT INTO schemaversion.ledger SELECT version_table, sequence + 1, kind, "
                  "revision, direction, parents, message, checksum, up_sql, down_sql, statement, "
                  "transaction_id, started_at, finished_at, actor, plan_hash, previous_hash, hash "
                  "FROM schemaversion.ledger ORDER BY sequence DESC LIMIT 1",
                  kLedger},
        std::pair{"INSERT INTO schemaversion.ledger SELECT version_table, sequence + 100, kind, "
                  "revision, direction, parents, message, checksum, up_sql, down_sql, statement, "
                  "'1', started_at, finished_at, actor, plan_hash, previous_hash, hash "
                  "FROM schemaversion.ledger ORDER BY sequence DESC LIMIT 1",
                  kLedger},
        std::pair{"SELECT pg_advisory_unlock_all()", kUnlocked}}) {
    const auto report = Upgrade({first_, MakeRevision("002", "001", "CREATE TABLE half (id int)"),
                                 MakeRevision("003", "002", std::string("SELECT 1;\n") + sql)});
    ASSERT_TRUE(report.failure) << sql;
    EXPECT_EQ(report.failure->message, message) << sql;
    EXPECT_EQ(report.failure->revision, "003");
    EXPECT_EQ(report.failure->line, 2);
    EXPECT_EQ(Everything(), before);
  }
}

TEST_F(HostileSqlTest, ATriggerOnTheVersionTableCannotAddRows) {
  Query(
      "CREATE FUNCTION adds() RETURNS trigger LANGUAGE plpgsql AS "
      "$$BEGIN INSERT INTO alembic_version VALUES ('evil'); RETURN NULL; END$$;"
      "CREATE TRIGGER adds AFTER UPDATE ON alembic_version EXECUTE FUNCTION adds();"
      "ALTER FUNCTION adds() SET search_path = public");
  const std::string before = Everything();
  const auto report = Upgrade({first_, MakeRevision("002", "001", "CREATE TABLE half (id int)")});
  EXPECT_EQ(report.error,
            (Error{ErrorCode::kConflict,
                   "public.alembic_version holds 002, evil where revision 002 leaves 002: somebody "
                   "else changed the version table, or a trigger or rule on it did"}));
  EXPECT_EQ(Everything(), before);
}

TEST_F(HostileSqlTest, ATriggerOnTheVersionTableCannotSwallowTheChange) {
  Query(
      "CREATE FUNCTION swallows() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
      "CREATE TRIGGER swallows BEFORE UPDATE ON alembic_version FOR EACH ROW EXECUTE FUNCTION "
      "swallows()");
  const std::string before = Everything();
  EXPECT_EQ(Upgrade({first_, MakeRevision("002", "001", "CREATE TABLE half (id int)")}).error,
            (Error{ErrorCode::kConflict,
                   "expected to match one row when updating '001' to '002' in "
                   "'public.alembic_version'; 0 found: somebody else changed the version table"}));
  EXPECT_EQ(Everything(), before);
}

TEST_F(HostileSqlTest, ASessionThatEndsItselfLeavesNothingAndIsTriedAgain) {
  for (const std::string& sql : {std::string("SELECT pg_terminate_backend(pg_backend_pid())"),
                                 Do("PERFORM pg_terminate_backend(pg_backend_pid())")}) {
    const std::string before = Everything();
    const auto report =
        Upgrade({first_, MakeRevision("002", "001", "CREATE TABLE half (id int);\n" + sql)});
    ASSERT_TRUE(report.failure);
    EXPECT_EQ(report.failure->statement, 2);
    EXPECT_EQ(report.failure->line, 2);
    EXPECT_TRUE(report.failure->retryable);
    EXPECT_EQ(report.error->code, ErrorCode::kUnavailable);
    EXPECT_EQ(Everything(), before);
  }
}

TEST_F(HostileSqlTest, ARevisionThatCancelsItselfIsRefused) {
  ExpectStopped({"SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(1)",
                 "canceling statement due to user request", "57014"});
}

TEST_F(HostileSqlTest, CopyTricksFail) {
  ExpectStopped({"COPY kept FROM '/nonexistent/file'",
                 "could not open file \"/nonexistent/file\" for reading: No such file or directory",
                 "58P01"});
  ExpectStopped({"COPY kept FROM PROGRAM 'exit 3'", "program \"exit 3\" failed", "38000"});
  ExpectStopped({Do("COPY kept FROM STDIN"), "cannot COPY to/from client in PL/pgSQL", "0A000"});
  ExpectStopped({"COPY kept TO STDOUT",
                 "COPY TO STDOUT has nowhere to go; remove it, or copy to a table", "",
                 ErrorCode::kInvalid});
}

// The rows end where our reading says, not where they say.
TEST_F(HostileSqlTest, SqlBehindTheEndOfCopyDataIsDataOrItsOwnStatement) {
  const auto report = Upgrade(
      {first_, MakeRevision("002", "001",
                            "CREATE TABLE half (t text);\nCOPY half FROM STDIN;\n; COMMIT;\n"
                            "\\\\.\n\\.\nSELECT 1")});
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(Query("SELECT string_agg(t, '|') FROM half"), "; COMMIT;|\\.");
}

}  // namespace
}  // namespace schemaop::testing
