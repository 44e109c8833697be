// --sql: what psql makes of the scripts on a real server, against what a live run makes.
#include <array>

#include <gtest/gtest.h>

#include "postgres/test_postgres.h"
#include "schemactl.h"
#include "test_paths.h"

namespace schemaop::testing {
namespace {

using Arguments = std::vector<std::string>;

class OfflineTest : public ::testing::Test {
 protected:
  OfflineTest() : live_(server_.CreateDatabase()), offline_(server_.CreateDatabase()) {
    schemactl_.UseDatabase(server_.Url(live_));
  }

  std::string Script(Arguments arguments) const {
    arguments.emplace_back("--sql");
    const RunResult result = schemactl_.Run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  }

  ProcessOptions Psql(const std::string& script) const {
    const auto file = schemactl_.folder() / "script.sql";
    WriteFile(file, script);
    ProcessOptions options;
    options.arguments = {"psql", "--no-psqlrc", "--quiet", "--file=" + file.string(),
                         server_.Url(offline_)};
    options.environment = {{"LC_ALL", "C"}, {"PGOPTIONS", ""}};
    return options;
  }

  RunResult Apply(const std::string& script) const { return testing::Run(Psql(script)); }

  // The schema without the ledger, which offline runs do not write, and the version rows.
  std::string State(const std::string& database) const {
    server_.Query(database,
                  "SET client_min_messages = error; "
                  "DROP SCHEMA IF EXISTS schemaversion CASCADE");
    return server_.DumpSchema(database) +
           server_.Query(database,
                         "SELECT string_agg(version_num, ',' ORDER BY 1) FROM alembic_version");
  }

  // Both ways from where both databases are; afterwards the script is one for another revision, and
  // leaves the database alone.
  void ExpectSame(const std::string& command, const std::string& from, const std::string& to) {
    SCOPED_TRACE(command + " " + from + ":" + to);
    const RunResult live = schemactl_.Run({command, to});
    ASSERT_EQ(live.exit_code, 0) << live.err;
    const std::string script = Script({command, from + ":" + to});
    const RunResult applied = Apply(script);
    ASSERT_EQ(applied.exit_code, 0) << applied.err;
    EXPECT_EQ(applied.err, "");
    const std::string state = State(offline_);
    EXPECT_EQ(state, State(live_));
    const RunResult again = Apply(script);
    EXPECT_EQ(again.exit_code, 3);
    EXPECT_NE(again.err.find(": nothing was changed\n"), std::string::npos) << again.err;
    EXPECT_EQ(State(offline_), state);
  }

  // Up step by step over `revisions`, and down again.
  void ExpectSameOnEveryStep(const Arguments& revisions) {
    std::string at = "base";
    for (const std::string& to : revisions) {
      ExpectSame("upgrade", at, to);
      at = to;
    }
    for (auto step = revisions.rbegin(); step != revisions.rend(); ++step) {
      const std::string to = step + 1 == revisions.rend() ? "base" : *(step + 1);
      ExpectSame("downgrade", *step, to);
    }
  }

  void ExpectUnchanged(const std::string& script, const std::string& error) {
    const std::string before = State(offline_);
    const RunResult applied = Apply(script);
    EXPECT_EQ(applied.exit_code, 3);
    EXPECT_NE(applied.err.find(error), std::string::npos) << applied.err;
    EXPECT_EQ(State(offline_), before);
  }

  TestPostgres& server_ = TestPostgres::Shared();
  std::string live_;
  std::string offline_;
  Schemactl schemactl_;
};

std::string Revision(const std::string& id, const std::string& parents, const std::string& up,
                     const std::string& down) {
  return "-- Do " + id + "\n-- revision: " + id + "\n-- down_revision: " + parents +
         "\n-- migrate:up\n" + up + "\n-- migrate:down\n" + down + "\n";
}

TEST_F(OfflineTest, EachStepOfTheSampleProjectGivesTheDatabaseALiveRunGives) {
  std::filesystem::copy(std::filesystem::path(SCHEMAOP_SOURCE_DIR) / "migrations",
                        schemactl_.folder() / "migrations",
                        std::filesystem::copy_options::recursive);
  ExpectSameOnEveryStep({"001", "002", "003", "004"});
  ASSERT_EQ(Apply(Script({"upgrade", "head"})).exit_code, 0);
  ASSERT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  EXPECT_EQ(State(offline_), State(live_));
  const std::string seeded = "SELECT count(*) FROM material_catalog";
  EXPECT_EQ(server_.Query(offline_, seeded), server_.Query(live_, seeded));
}

TEST_F(OfflineTest, WhatAStatementLeavesBehindStaysInItsRevision) {
  schemactl_.AddRevision(
      "001.sql", Revision("001", "none",
                          "SELECT pg_catalog.set_config('search_path', '', false);\n"
                          "SET standard_conforming_strings = on;\n"
                          "CREATE TABLE public.t1 (id int, word text);\n"
                          "COPY public.t1 (id, word) FROM stdin;\n1\tgrün; :USER\n2\t\\N\n\\.\n"
                          "CREATE TEMPORARY TABLE scratch (id int);",
                          "DROP TABLE t1;"));
  schemactl_.AddRevision(
      "002.sql", Revision("002", "001",
                          "CREATE TEMPORARY TABLE scratch (id int);\n"
                          "CREATE TABLE t3 AS SELECT (ARRAY[1, 2])[1:id] AS part, ':USER' AS word, "
                          "$x$it's$x$ AS quoted FROM (SELECT 1 AS id) AS \"USER\";\n"
                          "CREATE FUNCTION one(OUT \"USER\" int) BEGIN ATOMIC SELECT 1; END;\n"
                          "CREATE TABLE t4 AS SELECT (ARRAY[1, 2])[1:\"USER\"] FROM one();",
                          "DROP TABLE t3;\nDROP TABLE t4;\nDROP FUNCTION one;"));
  schemactl_.AddRevision("003.sql",
                         Revision("003", "002",
                                  "CREATE INDEX CONCURRENTLY i1 ON t1 (id);\n"
                                  "CREATE INDEX CONCURRENTLY i2 ON t1 (word);",
                                  "DROP INDEX CONCURRENTLY i1;\nDROP INDEX CONCURRENTLY i2;"));
  ExpectSameOnEveryStep({"001", "002", "003"});
  ASSERT_EQ(Apply(Script({"upgrade", "base:head"})).exit_code, 0);
  EXPECT_EQ(server_.Query(offline_, "SELECT word FROM t1 WHERE id = 1"), "grün; :USER");
  EXPECT_EQ(server_.Query(offline_, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"),
            "0");
}

TEST_F(OfflineTest, WhatASectionOutsideATransactionSetsHoldsForTheRestOfIt) {
  std::string text =
      Revision("001", "none",
               "SET app.tenant = '7';\nSELECT 1;\n"
               "CREATE TABLE seen AS SELECT current_setting('app.tenant') AS tenant;",
               "DROP TABLE seen;");
  text.replace(text.find("migrate:up"), 10, "migrate:up transaction:false");
  schemactl_.AddRevision("001.sql", text);
  ExpectSameOnEveryStep({"001"});
  ASSERT_EQ(Apply(Script({"upgrade", "base:head"})).exit_code, 0);
  EXPECT_EQ(server_.Query(offline_, "SELECT tenant FROM seen"), "7");
}

TEST_F(OfflineTest, OneTransactionForAllStepsIsOneInTheScriptToo) {
  schemactl_.AddRevision("001.sql", Revision("001", "none",
                                             "SET lock_timeout = '7ms';\n"
                                             "CREATE TEMPORARY TABLE scratch (id int);\n"
                                             "CREATE TABLE t1 (id int);",
                                             "DROP TABLE t1;"));
  schemactl_.AddRevision(
      "002.sql", Revision("002", "001",
                          "CREATE TEMPORARY TABLE scratch (id int);\n"
                          "CREATE TABLE t2 AS SELECT current_setting('lock_timeout') AS seen;",
                          "DROP TABLE t2;"));
  const RunResult live = schemactl_.Run({"upgrade", "head", "--transaction-mode", "single"});
  ASSERT_EQ(live.exit_code, 0) << live.err;
  const RunResult applied = Apply(Script({"upgrade", "head", "--transaction-mode", "single"}));
  ASSERT_EQ(applied.exit_code, 0) << applied.err;
  EXPECT_EQ(State(offline_), State(live_));
  for (const std::string& database : {live_, offline_}) {
    EXPECT_EQ(server_.Query(database,
                            "SELECT count(DISTINCT xmin::text) FROM pg_class WHERE "
                            "relname IN ('t1', 't2')"),
              "1");
  }
  // A live run's first attempt waits less, and may be followed by others.
  EXPECT_EQ(server_.Query(live_, "SELECT seen FROM t2"), "100ms");
  EXPECT_EQ(server_.Query(offline_, "SELECT seen FROM t2"), "1s");
  server_.Query(offline_, "CREATE VIEW v1 AS SELECT * FROM t1");
  ExpectUnchanged(Script({"downgrade", "head:base", "--transaction-mode", "single"}),
                  "cannot drop table t1");
}

TEST_F(OfflineTest, AStepOutsideATransactionIsRefusedInASingleOne) {
  schemactl_.AddRevision("001.sql",
                         Revision("001", "none", "CREATE TABLE t1 (id int);", "DROP TABLE t1;"));
  schemactl_.AddRevision("002.sql",
                         Revision("002", "001", "CREATE INDEX CONCURRENTLY i1 ON t1 (id);",
                                  "DROP INDEX CONCURRENTLY i1;"));
  for (const Arguments& command :
       {Arguments{"upgrade", "head"}, Arguments{"upgrade", "head", "--sql"}}) {
    Arguments arguments = command;
    arguments.insert(arguments.end(), {"--transaction-mode", "single"});
    const RunResult result = schemactl_.Run(arguments);
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err,
              "schemactl: migrations/versions/002.sql: the upgrade of revision 002 runs outside a "
              "transaction, so these "
              "steps cannot be one transaction: give each revision its own (transactionMode: "
              "PerRevision, --transaction-mode per-revision), or go to the revisions before and "
              "behind it in runs of their own; nothing was changed\n");
  }
  EXPECT_EQ(server_.Query(live_, "SELECT to_regclass('t1') IS NULL"), "t");
}

// One that branches, merges, depends on another base and runs outside a transaction.
class BranchyOfflineTest : public OfflineTest {
 protected:
  BranchyOfflineTest() {
    Add("a", "none");
    Add("b", "a");
    Add("c", "a");
    Add("d", "b, c");
    Add("x", "none");
    Add("y", "x\n-- depends_on: b");
    schemactl_.AddRevision(
        "e.sql", Revision("e", "d\n-- depends_on: y", "CREATE INDEX CONCURRENTLY i ON d (i);",
                          "DROP INDEX CONCURRENTLY i;"));
  }

  // A table with rows.
  void Add(const std::string& id, const std::string& parents) const {
    schemactl_.AddRevision(id + ".sql", Revision(id, parents,
                                                 "CREATE TABLE " + id + " (i int);\nINSERT INTO " +
                                                     id + " VALUES (1), (2);",
                                                 "DROP TABLE " + id + ";"));
  }

  std::string Rows(const std::string& database) const {
    return server_.Query(database,
                         "SELECT c.relname, query_to_xml('SELECT * FROM ' || c.oid::regclass, "
                         "false, true, '') FROM pg_class c WHERE relkind = 'r' AND relnamespace = "
                         "'public'::regnamespace ORDER BY 1");
  }
};

TEST_F(BranchyOfflineTest, EachStepUpGivesTheDatabaseALiveRunGives) {
  const std::vector<std::array<std::string, 2>> steps{{"base", "a"}, {"a", "b"},     {"b", "c"},
                                                      {"b,c", "x"},  {"b,c,x", "y"}, {"c,y", "d"},
                                                      {"d,y", "e"}};
  for (const auto& [from, to] : steps) {
    ExpectSame("upgrade", from, to);
    EXPECT_EQ(Rows(offline_), Rows(live_));
  }
  EXPECT_EQ(server_.Query(offline_, "SELECT version_num FROM alembic_version"), "e");
}

TEST_F(BranchyOfflineTest, EachStepDownGivesTheDatabaseALiveRunGives) {
  ExpectSame("upgrade", "base", "heads");
  // The merge's parents and the dependency get their rows back; b is implied by y.
  const std::vector<std::array<std::string, 2>> steps{
      {"e", "d"}, {"d,y", "c"}, {"c,y", "x"}, {"b,c,x", "x@base"}, {"b,c", "a"}, {"a", "base"}};
  for (const auto& [from, to] : steps) {
    ExpectSame("downgrade", from, to);
    EXPECT_EQ(Rows(offline_), Rows(live_));
  }
  EXPECT_EQ(server_.Query(offline_, "SELECT count(*) FROM alembic_version"), "0");
}

TEST_F(BranchyOfflineTest, EachStampWritesTheRowsOfALiveOne) {
  const std::vector<std::array<std::string, 2>> steps{
      {"base", "a"}, {"a", "b"}, {"b", "c"}, {"b,c", "d"}, {"d", "e"}, {"e", "c"}, {"c", "base"}};
  for (const auto& [from, to] : steps) ExpectSame("stamp", from, to);
  EXPECT_EQ(server_.Query(offline_, "SELECT to_regclass('a') IS NULL"), "t");
}

TEST_F(OfflineTest, ADatabaseAtAnotherRevisionIsLeftAlone) {
  schemactl_.AddTables(3);
  ASSERT_EQ(Apply(Script({"upgrade", "001"})).exit_code, 0);
  const std::string says = "ERROR:  this script starts at ";
  const std::string end =
      ", but public.alembic_version says 001: nothing was changed\n"
      "HINT:  write the script again for the revision that 'schemactl current' "
      "shows\n";
  ExpectUnchanged(Script({"upgrade", "002:head"}), says + "002" + end);
  ExpectUnchanged(Script({"upgrade", "head"}), says + "base" + end);
  ExpectUnchanged(Script({"downgrade", "002:base"}), says + "002" + end);
  ExpectUnchanged(Script({"stamp", "002:003"}), says + "002" + end);
  // The lock is given back: the script that fits runs.
  EXPECT_EQ(Apply(Script({"upgrade", "001:+1"})).exit_code, 0);
  EXPECT_EQ(server_.Query(offline_, "SELECT version_num FROM alembic_version"), "002");
}

TEST_F(OfflineTest, ARevisionThatFailsIsRolledBackAndStopsTheScript) {
  schemactl_.AddTables(1);
  schemactl_.AddRevision(
      "002.sql", Revision("002", "001", "CREATE TABLE t2 (id int);\nDROP TABLE missing;", ""));
  schemactl_.AddRevision("003.sql", Revision("003", "002", "CREATE TABLE t3 (id int);", ""));
  const RunResult applied = Apply(Script({"upgrade", "head"}));
  EXPECT_EQ(applied.exit_code, 3);
  EXPECT_NE(applied.err.find("ERROR:  table \"missing\" does not exist\n"), std::string::npos);
  EXPECT_EQ(server_.Query(offline_,
                          "SELECT version_num, to_regclass('t2'), to_regclass('t3') "
                          "FROM alembic_version"),
            "001||");
}

TEST_F(OfflineTest, ARevisionThatChangesTheVersionTableIsRolledBack) {
  schemactl_.AddTables(1);
  schemactl_.AddRevision(
      "002.sql", Revision("002", "001", "UPDATE alembic_version SET version_num = 'x';", ""));
  const RunResult applied = Apply(Script({"upgrade", "head"}));
  EXPECT_EQ(applied.exit_code, 3);
  EXPECT_NE(applied.err.find("ERROR:  revision 002 starts at 001, but public.alembic_version says "
                             "x\n"),
            std::string::npos)
      << applied.err;
  EXPECT_EQ(server_.Query(offline_, "SELECT version_num FROM alembic_version"), "001");
}

TEST_F(OfflineTest, AScriptAndALiveRunKeepEachOtherOut) {
  schemactl_.AddRevision("001.sql", Revision("001", "none", "SELECT pg_sleep(600);", ""));
  schemactl_.UseDatabase(server_.Url(offline_));
  const std::string script = Script({"upgrade", "head"});
  const auto sleeping = [this] {
    return server_.Query(offline_,
                         "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                         "AND query LIKE 'SELECT pg_sleep%' AND state = 'active'") != "0";
  };
  const std::string cancel =
      "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
      "AND query LIKE 'SELECT pg_sleep%'";
  {
    ChildProcess psql(Psql(script));
    ASSERT_TRUE(WaitUntil(sleeping)) << psql.Err();
    const RunResult live = schemactl_.Run({"upgrade", "head"});
    EXPECT_EQ(live.exit_code, 5) << live.err;
    EXPECT_NE(live.err.find("(psql)"), std::string::npos) << live.err;
    server_.Query(offline_, cancel);
    EXPECT_EQ(psql.Wait(std::chrono::seconds(90)), 3);
  }
  ASSERT_TRUE(server_.WaitUntilAlone(offline_));
  ChildProcess live(schemactl_.Options({"upgrade", "head"}));
  ASSERT_TRUE(WaitUntil(sleeping)) << live.Err();
  const RunResult applied = Apply(script);
  EXPECT_EQ(applied.exit_code, 3);
  EXPECT_NE(applied.err.find("ERROR:  the migration lock of public.alembic_version is held by "
                             "process "),
            std::string::npos)
      << applied.err;
  server_.Query(offline_, cancel);
  EXPECT_EQ(live.Wait(std::chrono::seconds(90)), 1);
}

TEST_F(OfflineTest, FindsTheVersionTableWhereALiveRunFindsIt) {
  schemactl_.AddTables(2);
  for (const std::string& database : {live_, offline_}) {
    server_.Query(database, "CREATE SCHEMA app; CREATE SCHEMA other; ALTER DATABASE " + database +
                                " SET search_path = missing, app, other; CREATE TABLE "
                                "other.alembic_version (version_num varchar(32) NOT NULL)");
  }
  ExpectSame("upgrade", "base", "head");
  EXPECT_EQ(server_.Query(offline_, "SELECT version_num FROM other.alembic_version"), "002");
  ASSERT_EQ(Apply(Script({"downgrade", "head:base"})).exit_code, 0);
  ASSERT_EQ(Apply(Script({"--version-table", "odd \"name", "--version-table-schema", "app",
                          "upgrade", "001"}))
                .exit_code,
            0);
  EXPECT_EQ(server_.Query(offline_, "SELECT version_num FROM app.\"odd \"\"name\""), "001");
}

// CVE-2018-1058: the more exact match wins, whatever schema comes first.
TEST_F(OfflineTest, NothingInTheSearchPathIsCalledByTheGuards) {
  schemactl_.AddRevision("001.sql",
                         Revision("001", "none", "CREATE TABLE a (id int);", "DROP TABLE a;"));
  schemactl_.AddRevision("002.sql",
                         Revision("002", "001", "CREATE TABLE b (id int);", "DROP TABLE b;"));
  std::string shadows;
  for (const char* function :
       {"array_to_string(text[], text) RETURNS text", "unnest(name[]) RETURNS SETOF name",
        "quote_ident(varchar) RETURNS text", "set_config(varchar, varchar, boolean) RETURNS text",
        "to_regclass(varchar) RETURNS regclass", "current_schemas(int) RETURNS name[]",
        "format(text, text, text) RETURNS text", "array_agg_of(text) RETURNS text[]",
        "convert_to(text, varchar) RETURNS bytea", "different(text[], text[]) RETURNS boolean",
        "same(varchar, varchar) RETURNS boolean", "same(name, text) RETURNS boolean",
        "joined(text, varchar) RETURNS text"}) {
    shadows += std::string("CREATE FUNCTION public.") + function +
               " LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'called'; END$$;";
  }
  shadows +=
      "CREATE OPERATOR public.<> (FUNCTION = different, LEFTARG = text[], RIGHTARG = text[]);"
      "CREATE OPERATOR public.= (FUNCTION = same, LEFTARG = varchar, RIGHTARG = varchar);"
      "CREATE OPERATOR public.= (FUNCTION = same, LEFTARG = name, RIGHTARG = text);"
      "CREATE OPERATOR public.|| (FUNCTION = joined, LEFTARG = text, RIGHTARG = varchar);";
  server_.Query(offline_, shadows);
  EXPECT_EQ(Apply(Script({"upgrade", "base:002"})).err, "");
  EXPECT_EQ(Apply(Script({"downgrade", "002:base"})).err, "");
  const RunResult again = Apply(Script({"downgrade", "002:base"}));
  EXPECT_NE(again.err.find("this script starts at 002, but public.alembic_version says base: "
                           "nothing was changed"),
            std::string::npos)
      << again.err;
}

TEST_F(OfflineTest, StampsWithoutRunningAnything) {
  schemactl_.AddTables(3);
  EXPECT_EQ(Apply(Script({"stamp", "002"})).exit_code, 0);
  EXPECT_EQ(server_.Query(offline_, "SELECT version_num, to_regclass('t1') FROM alembic_version"),
            "002|");
  EXPECT_EQ(Apply(Script({"stamp", "002:head"})).exit_code, 0);
  EXPECT_EQ(server_.Query(offline_, "SELECT version_num FROM alembic_version"), "003");
  EXPECT_EQ(Apply(Script({"stamp", "003:base"})).exit_code, 0);
  EXPECT_EQ(server_.Query(offline_, "SELECT count(*) FROM alembic_version"), "0");
}

TEST_F(OfflineTest, NeedsNoDatabaseAndShowsTheTag) {
  Schemactl alone;
  alone.AddTables(1);
  const RunResult result = alone.Run({"upgrade", "head", "--sql", "--tag", "release 7"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.err, "");
  EXPECT_TRUE(
      result.out.starts_with("\\set ON_ERROR_STOP on\n\\set AUTOCOMMIT on\n"
                             "-- schemactl upgrade head --sql\n-- tag: release 7\n"))
      << result.out;
}

TEST_F(OfflineTest, PrintsNothingOfAScriptThatCannotBe) {
  schemactl_.AddTables(2);
  const std::vector<std::pair<Arguments, std::string>> cases{
      {{"downgrade", "base", "--sql"},
       "downgrade with --sql requires <fromrev>:<torev>; type the revision the database is at in "
       "front, as in: schemactl downgrade head:base --sql"},
      {{"upgrade", "1:2:3", "--sql"},
       "'1:2:3' is no range; type the revision the database is at, ':' and the one to bring it to: "
       "schemactl upgrade FROM:TO --sql"},
      {{"upgrade", ":head", "--sql"},
       "':head' is no range; type the revision the database is at, ':' and the one to bring it to: "
       "schemactl upgrade FROM:TO --sql"},
      {{"upgrade", "01:head", "--sql"},
       "can't locate revision identified by '01': no revision or branch label has this name or a "
       "name beginning with it; 'history' lists them all (did you mean '001'?)"},
      {{"upgrade", "001,002:head", "--sql"},
       "requested revision 002 overlaps with other requested revisions 001"},
      {{"stamp", "head", "--purge", "--sql"},
       "--purge cannot go with --sql, which does not know the rows there are; say where the "
       "database is: schemactl stamp FROM:TO --sql"},
      {{"stamp", "base:001", "001:002", "--sql"},
       "Stamp operation with --sql only supports a single starting revision at a time: 'base' and "
       "'001' are two"},
      {{"upgrade", "001:002"},
       "Range revision not allowed: '001:002'; name one target, or write the range as SQL: "
       "schemactl upgrade 001:002 --sql"},
      {{"stamp", "001:002"},
       "Range revision not allowed: '001:002'; name one target, or write the range as SQL: "
       "schemactl stamp 001:002 --sql"},
      {{"upgrade", "head", "--tag", "x"}, "--tag requires --sql; run 'schemactl upgrade --help'"}};
  for (const auto& [arguments, error] : cases) {
    const RunResult result = schemactl_.Run(arguments);
    EXPECT_EQ(result.exit_code, 2) << error;
    EXPECT_EQ(result.out, "");
    EXPECT_TRUE(result.err.starts_with("schemactl: " + error)) << result.err;
  }
}

}  // namespace
}  // namespace schemaop::testing
