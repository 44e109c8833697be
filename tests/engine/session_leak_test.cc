// What a revision leaves behind, in its session or in the database, and what it cannot do to the
// next one or to our own statements.
#include "linear_project.h"

namespace schemaop::testing {
namespace {

using Outcome = RunReport::Outcome;

class SessionLeakTest : public LinearProject {
 protected:
  // What `sql`, run by the revision after one that ran `leak`, answers.
  std::string AfterLeak(const std::string& leak, const std::string& sql) const {
    SCOPED_TRACE(leak);
    const auto report = Upgrade(
        {MakeRevision("001", "", leak),
         MakeRevision("002", "001", "CREATE TABLE public.seen AS SELECT (" + sql + ") AS x")});
    EXPECT_EQ(report.error, std::nullopt);
    return Query("SELECT x FROM public.seen");
  }
  std::string FreshDatabase() {
    database_ = server_.CreateDatabase();
    options_ = OptionsFor(database_);
    return database_;
  }
};

TEST_F(SessionLeakTest, EverySettingOfARevisionEndsWithIt) {
  struct Case {
    const char* setting;
    const char* value;
    const char* expected;
  };
  for (const Case& c :
       {Case{"search_path", "pg_temp", "\"$user\", public"}, Case{"work_mem", "5MB", "4MB"},
        Case{"DateStyle", "German", "ISO, MDY"}, Case{"TimeZone", "Asia/Tokyo", "UTC"},
        Case{"statement_timeout", "777s", "0"},
        Case{"default_transaction_isolation", "serializable", "read committed"},
        Case{"default_transaction_read_only", "on", "off"},
        Case{"session_replication_role", "replica", "origin"}, Case{"row_security", "off", "on"},
        Case{"check_function_bodies", "off", "on"}, Case{"synchronous_commit", "off", "on"},
        Case{"client_min_messages", "error", "notice"}, Case{"bytea_output", "escape", "hex"},
        Case{"quote_all_identifiers", "on", "off"}, Case{"app.tenant", "7", ""}}) {
    const std::string reading = std::string("current_setting('") + c.setting + "', true)";
    const std::string value = std::string("'") + c.value + "'";
    FreshDatabase();
    const std::string untouched = AfterLeak("SELECT 1", reading);
    EXPECT_EQ(untouched, c.expected);
    FreshDatabase();
    EXPECT_EQ(AfterLeak(std::string("SET SESSION ") + c.setting + " = " + value, reading),
              untouched);
    FreshDatabase();
    EXPECT_EQ(AfterLeak(std::string("DO $$BEGIN PERFORM set_config('") + c.setting + "', " + value +
                            ", false); END$$",
                        reading),
              untouched);
  }
}

TEST_F(SessionLeakTest, ARevisionCannotMakeOthersWaitLongerThanTheOptionsSay) {
  for (const std::string leak :
       {"SET lock_timeout = 0", "SET LOCAL lock_timeout = '1h'", "RESET lock_timeout",
        "DO $$BEGIN PERFORM set_config('lock_timeout', '0', false); END$$"}) {
    FreshDatabase();
    EXPECT_EQ(Upgrade({MakeRevision("001", "",
                                    leak + ";CREATE TABLE seen AS SELECT "
                                           "current_setting('lock_timeout') AS x")})
                  .error,
              std::nullopt);
    EXPECT_EQ(Query("SELECT x FROM seen"), "100ms") << leak << ": not the first attempt's";
  }
}

TEST_F(SessionLeakTest, EverythingElseOfASessionEndsWithTheRevisionToo) {
  EXPECT_EQ(AfterLeak("CREATE TEMP TABLE alembic_version (version_num text); INSERT INTO "
                      "pg_temp.alembic_version VALUES ('evil')",
                      "to_regclass('pg_temp.alembic_version') IS NULL"),
            "t");
  EXPECT_EQ(Versions(), "002");
  FreshDatabase();
  EXPECT_EQ(AfterLeak("PREPARE p AS SELECT 1; DECLARE c CURSOR WITH HOLD FOR SELECT 1; LISTEN x",
                      "(SELECT count(*) FROM pg_prepared_statements WHERE name = 'p') + "
                      "(SELECT count(*) FROM pg_cursors WHERE name = 'c') + "
                      "(SELECT count(*) FROM pg_listening_channels())"),
            "0");
  FreshDatabase();
  Query("CREATE SEQUENCE s");
  EXPECT_EQ(
      AfterLeak("SELECT nextval('s')", "CASE WHEN (SELECT nextval('s')) = 2 THEN 'counted' END"),
      "counted");
}

TEST_F(SessionLeakTest, LocksOfARevisionEndWithIt) {
  EXPECT_EQ(AfterLeak("CREATE TABLE a (id int); LOCK TABLE a; SELECT pg_advisory_xact_lock(5)",
                      "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND (relation = "
                      "'a'::regclass OR (locktype = 'advisory' AND objid = 5))"),
            "0");
}

TEST_F(SessionLeakTest, SettingsOfDatabaseAndRoleDoNotMoveOurOwnStatements) {
  EXPECT_EQ(Upgrade({MakeRevision("001", "",
                                  "CREATE SCHEMA evil;"
                                  "CREATE TABLE evil.kept (id int);"
                                  "ALTER DATABASE " +
                                      database_ +
                                      " SET search_path = evil;"
                                      "ALTER DATABASE " +
                                      database_ +
                                      " SET default_transaction_isolation = serializable;"
                                      "ALTER DATABASE " +
                                      database_ +
                                      " SET standard_conforming_strings = off;"
                                      "ALTER DATABASE " +
                                      database_ +
                                      " SET statement_timeout = '777s';"
                                      "ALTER DATABASE " +
                                      database_ +
                                      " SET DateStyle = 'SQL, DMY';"
                                      "ALTER DATABASE " +
                                      database_ + " SET lc_messages = 'C'")})
                .error,
            std::nullopt);
  options_.version_table_schema = "public";
  const auto report =
      Upgrade({MakeRevision("001", "", ""),
               MakeRevision("002", "001",
                            "CREATE TABLE here AS SELECT 'a\\b' AS word, "
                            "current_setting('statement_timeout') AS timeout, "
                            "current_setting('transaction_isolation') AS isolation")});
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(Query("SELECT version_num FROM public.alembic_version"), "002");
  EXPECT_EQ(Query("SELECT * FROM evil.here"), "a\\b|0|read committed")
      << "submitted SQL runs with the path the database gives it";
}

// CVE-2018-1058: names in a schema that others can write to must not be found by our statements,
// whatever path the submitted SQL runs with.
TEST_F(SessionLeakTest, NothingInTheSearchPathShadowsWhatOurStatementsUse) {
  std::string shadows =
      "CREATE SCHEMA evil;"
      "CREATE TABLE evil.called (what text);"
      "CREATE FUNCTION evil.note(text) RETURNS void LANGUAGE sql AS "
      "'INSERT INTO evil.called VALUES ($1)';";
  for (const char* function :
       {"txid_current() RETURNS bigint", "txid_current_if_assigned() RETURNS bigint",
        "pg_backend_pid() RETURNS int", "current_setting(text) RETURNS text",
        "set_config(text, text, boolean) RETURNS text", "to_regclass(text) RETURNS regclass",
        "pg_try_advisory_lock(bigint) RETURNS boolean", "max(bigint) RETURNS bigint",
        "count(*) RETURNS bigint", "to_char(timestamp, text) RETURNS text",
        "timezone(text, timestamptz) RETURNS timestamp", "current_schemas(boolean) RETURNS name[]",
        "now() RETURNS timestamptz"}) {
    const std::string text = function;
    if (text.starts_with("count") || text.starts_with("max")) continue;
    shadows += "CREATE FUNCTION evil." + text +
               " LANGUAGE plpgsql AS $$BEGIN PERFORM evil.note($n$" + text +
               "$n$); RETURN NULL; END$$;";
  }
  for (const char* types : {"oid", "name", "text", "int4", "int8", "bool"}) {
    const std::string type = types;
    shadows += "CREATE FUNCTION evil.equal(pg_catalog." + type + ", pg_catalog." + type +
               ") RETURNS boolean LANGUAGE plpgsql AS $$BEGIN PERFORM evil.note('= " + type +
               "'); RETURN NULL; END$$;"
               "CREATE OPERATOR evil.= (FUNCTION = evil.equal, LEFTARG = pg_catalog." +
               type + ", RIGHTARG = pg_catalog." + type + ");";
  }
  for (const char* type : {"oid", "text", "regclass", "name"}) {
    shadows +=
        "CREATE DOMAIN evil." + std::string(type) + " AS pg_catalog." + type + " CHECK (false);";
  }
  Query(shadows);
  options_.search_path = {"evil", "pg_catalog", "public"};
  options_.version_table_schema = "public";
  const auto report =
      Upgrade({MakeRevision("001", "", "SELECT 1"),
               MakeRevision("002", "001",
                            "CREATE TABLE public.b (id int4); SET search_path = evil; "
                            "INSERT INTO public.b VALUES (1)"),
               WithoutTransaction(
                   MakeRevision("003", "002", "CREATE INDEX CONCURRENTLY i ON public.b (id)"))});
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(ObserveDatabase(options_, {}).value().heads, Heads{"003"});
  EXPECT_EQ(Query("SELECT string_agg(what, ', ') FROM evil.called"), "");
}

TEST_F(SessionLeakTest, AnEventTriggerThatRaisesStopsTheRevisionItStandsInTheWayOf) {
  const auto first =
      MakeRevision("001", "",
                   "CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS "
                   "$$BEGIN RAISE EXCEPTION 'no DDL on Fridays' USING HINT = 'Wait.'; END$$;"
                   "CREATE EVENT TRIGGER no ON ddl_command_start EXECUTE FUNCTION no()");
  EXPECT_EQ(Upgrade({first}).error, std::nullopt);
  const auto report = Upgrade({first, MakeRevision("002", "001", "CREATE TABLE a (id int)")});
  EXPECT_EQ(report.error,
            (Error{ErrorCode::kRejected, "002.sql:1:1: no DDL on Fridays (SQLSTATE P0001)"}));
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->hint, "Wait.");
  EXPECT_EQ(Versions(), "001");
  EXPECT_EQ(Upgrade({first, MakeRevision("002", "001", "DROP EVENT TRIGGER no")}).error,
            std::nullopt);
}

TEST_F(SessionLeakTest, AConstraintTriggerThatFailsAtCommitTakesTheVersionRowWithIt) {
  const auto first = MakeRevision("001", "", "CREATE TABLE a (id int)");
  EXPECT_EQ(Upgrade({first}).error, std::nullopt);
  const auto report = Upgrade(
      {first, MakeRevision("002", "001",
                           "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS "
                           "$$BEGIN RAISE EXCEPTION 'not today' USING DETAIL = 'secret row'; END$$;"
                           "CREATE CONSTRAINT TRIGGER no AFTER INSERT ON a DEFERRABLE INITIALLY "
                           "DEFERRED FOR EACH ROW EXECUTE FUNCTION no();"
                           "INSERT INTO a VALUES (1)")});
  EXPECT_EQ(report.error,
            (Error{ErrorCode::kRejected, "002.sql: at COMMIT: not today (SQLSTATE P0001)"}));
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->revision, "002");
  EXPECT_EQ(report.failure->statement, 0);
  EXPECT_EQ(Versions(), "001");
  EXPECT_EQ(LedgerWords(), "applied:001");
  EXPECT_EQ(Query("SELECT count(*) FROM pg_trigger WHERE tgname = 'no'"), "0");
}

// Behind a COMMIT that is refused nothing of the next revision runs, which is begun with it.
TEST_F(SessionLeakTest, ARevisionThatFailsAtCommitEndsTheRunBeforeTheNextOne) {
  const auto report =
      Upgrade({MakeRevision("001", "",
                            "CREATE TABLE a (id int PRIMARY KEY, other int REFERENCES a (id) "
                            "DEFERRABLE INITIALLY DEFERRED)"),
               MakeRevision("002", "001", "INSERT INTO a VALUES (1, 2)"),
               MakeRevision("003", "002", "CREATE TABLE b (id int)")});
  ASSERT_TRUE(report.error);
  EXPECT_TRUE(report.error->message.starts_with("002.sql: at COMMIT: insert or update on table"))
      << report.error->message;
  EXPECT_EQ(report.heads, Heads{"001"});
  EXPECT_EQ(Versions(), "001");
  EXPECT_EQ(LedgerWords(), "applied:001");
  EXPECT_FALSE(HasTable("b"));
}

// What a run holds on to between two revisions goes with the run.
TEST_F(SessionLeakTest, ARunThatIsStoppedBetweenTwoRevisionsLeavesNoTransaction) {
  std::stop_source stop;
  const auto report = Upgrade({MakeRevision("001", "", "CREATE TABLE a (id int)"),
                               MakeRevision("002", "001", "CREATE TABLE b (id int)")},
                              stop.get_token(), [&](const RunProgress& progress) {
                                if (progress.heads == Heads{"001"}) stop.request_stop();
                              });
  EXPECT_EQ(report.outcome, RunReport::Outcome::kCancelled);
  EXPECT_EQ(report.heads, Heads{"001"});
  EXPECT_EQ(LedgerWords(), "applied:001");
  EXPECT_EQ(Query("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = "
                  "(SELECT oid FROM pg_database WHERE datname = current_database())"),
            "0");
}

TEST_F(SessionLeakTest, AStatementOutsideATransactionCannotGiveTheLockAwayUnnoticed) {
  const auto revision = WithoutTransaction(MakeRevision(
      "001", "", "CREATE TABLE a (id int);\nSELECT pg_advisory_unlock_all();\nSELECT 1"));
  const auto report = Upgrade({revision});
  EXPECT_EQ(report.error, (Error{ErrorCode::kRejected,
                                 "001.sql:2:1: the statement gave the migration lock away; take "
                                 "pg_advisory_unlock and pg_advisory_unlock_all out of it"}));
  EXPECT_EQ(report.heads, Heads{});
  EXPECT_EQ(LedgerWords(), "done:001 intent:001 done:001");
}

TEST_F(SessionLeakTest, AStatementOutsideATransactionCannotChangeRoleOrPathOfTheNext) {
  Query("CREATE ROLE other_" + database_ + "; CREATE SCHEMA evil");
  const auto report = Upgrade({WithoutTransaction(MakeRevision(
      "001", "",
      "SET ROLE other_" + database_ +
          ";\nSET search_path = evil;\nCREATE TABLE a AS SELECT current_user AS who"))});
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(Query("SELECT who FROM public.a"), "postgres");
}

TEST_F(SessionLeakTest, WhatASectionOutsideATransactionSetsHoldsForTheRestOfIt) {
  const auto report = Upgrade(
      {WithoutTransaction(MakeRevision(
           "001", "",
           "SET work_mem = '5MB'; SET lock_timeout = '7s'; CREATE TABLE seen (x text, y text); "
           "INSERT INTO seen VALUES (current_setting('work_mem'), current_setting('lock_timeout'));"
           "DO $$BEGIN INSERT INTO seen VALUES (current_setting('work_mem'), "
           "current_setting('lock_timeout')); END$$; RESET work_mem; "
           "INSERT INTO seen VALUES (current_setting('work_mem'), '')")),
       MakeRevision("002", "001", "INSERT INTO seen VALUES (current_setting('work_mem'), '')")});
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(Query("SELECT string_agg(x || ' ' || y, ', ') FROM seen"),
            "5MB 100ms, 5MB 7s, 4MB , 4MB ")
      << "what runs in a transaction waits as the options say";
  EXPECT_EQ(LedgerWords(), "done:001 done:001 intent:001 done:001 done:001 applied:001 applied:002")
      << "a setting is no effect to be journalled";
}

TEST_F(SessionLeakTest, ARunThatGoesOnInASectionSetsItsSettingsAgain) {
  const auto revision = [](const std::string& last) {
    return WithoutTransaction(MakeRevision("001", "", "SET app.tenant = '7'; SELECT 1; " + last));
  };
  EXPECT_EQ(Upgrade({revision("SELECT 1/0")}).error->code, ErrorCode::kRejected);
  const auto report =
      Upgrade({revision("CREATE TABLE seen AS SELECT current_setting('app.tenant') AS x")});
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(Query("SELECT x FROM seen"), "7");
}

TEST_F(SessionLeakTest, ASettingThatTheServerRefusesIsNamedWithItsPlace) {
  const auto report = Upgrade({WithoutTransaction(
      MakeRevision("001", "", "SELECT 1;\nSET lock_timeout = 'soon'; CREATE TABLE a (id int)"))});
  EXPECT_EQ(report.error,
            (Error{ErrorCode::kRejected,
                   "001.sql:2:1: invalid value for parameter \"lock_timeout\": \"soon\" (SQLSTATE "
                   "22023)"}));
  EXPECT_FALSE(HasTable("a"));
}

}  // namespace
}  // namespace schemaop::testing
