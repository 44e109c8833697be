// Statements outside a transaction whose run is killed, each kind on a real server.
#include <csignal>

#include <gtest/gtest.h>

#include "postgres/session.h"
#include "postgres/test_postgres.h"
#include "schemactl.h"

namespace schemaop::testing {
namespace {

class InterruptedKindsTest : public ::testing::Test {
 protected:
  InterruptedKindsTest() : database_(TestPostgres::Shared().CreateDatabase()) {
    schemactl_.UseDatabase(TestPostgres::Shared().Url(database_));
  }

  std::string Query(const std::string& sql) const {
    return TestPostgres::Shared().Query(database_, sql);
  }
  // Revision 001 that runs `up`, each statement on its own.
  void Revise(const std::string& up, const std::string& down = "SELECT 1;") const {
    schemactl_.AddRevision("001.sql",
                           "-- Kind\n--\n-- revision: 001\n-- down_revision: none\n\n"
                           "-- migrate:up transaction:false\n" +
                               up + ";\n\n-- migrate:down transaction:false\n" + down + "\n");
  }
  void UpgradeKilledAt(const std::string& point) {
    schemactl_.SetEnvironment("SCHEMAOP_FAULT", point + ":kill");
    const RunResult killed = schemactl_.Run({"upgrade", "head"});
    EXPECT_EQ(killed.exit_code, 128 + SIGKILL) << point << killed.err;
    schemactl_.SetEnvironment("SCHEMAOP_FAULT", "");
  }
  // Upgrades until the session of a killed run is gone.
  RunResult Upgrade() const {
    RunResult result;
    EXPECT_TRUE(WaitUntil([&] {
      result = schemactl_.Run({"upgrade", "head"});
      return result.exit_code != 5;
    }));
    return result;
  }
  // Kills a run whose statement (it begins with `start`) waits, and its session.
  void KillWaiting(const std::string& start) const {
    ChildProcess run(schemactl_.Options({"upgrade", "head"}));
    const std::string waiting =
        " FROM pg_stat_activity WHERE datname = current_database() AND query "
        "LIKE '" +
        start + "%' AND wait_event_type = 'Lock'";
    ASSERT_TRUE(WaitUntil([&] { return Query("SELECT count(*)" + waiting) == "1"; })) << run.Err();
    run.Signal(SIGKILL);
    Query("SELECT pg_terminate_backend(pid)" + waiting);
    ASSERT_TRUE(WaitUntil([&] {
      return Query(
                 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                 "query LIKE '" +
                 start + "%'") == "0";
    }));
  }
  std::string Kinds() const {
    return Query("SELECT string_agg(kind, ' ' ORDER BY sequence) FROM schemaversion.ledger");
  }

  std::string database_;
  Schemactl schemactl_;
};

TEST_F(InterruptedKindsTest, EachKindIsFoundOutOnBothSidesOfItsEffect) {
  const struct {
    const char* setup;
    std::string up;
    const char* check;      // holds when the statement took effect once
    bool repeated = false;  // done again when it had taken effect
  } kCases[] = {
      {"CREATE TABLE a (id int)", "CREATE INDEX CONCURRENTLY i ON a (id)",
       "SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"},
      {"CREATE TABLE a (id int); CREATE INDEX i ON a (id)", "DROP INDEX CONCURRENTLY i",
       "SELECT to_regclass('i') IS NULL"},
      {"CREATE TABLE a (id int); CREATE INDEX i ON a (id)", "REINDEX TABLE CONCURRENTLY a",
       "SELECT count(*) = 1 FROM pg_index WHERE indrelid = 'a'::regclass", true},
      {"CREATE TABLE p (id int) PARTITION BY LIST (id);"
       "CREATE TABLE c PARTITION OF p FOR VALUES IN (1)",
       "ALTER TABLE p DETACH PARTITION c CONCURRENTLY",
       "SELECT count(*) = 0 FROM pg_inherits WHERE inhparent = 'p'::regclass"},
      {"CREATE TYPE mood AS ENUM ('a')", "ALTER TYPE mood ADD VALUE 'it''s fine'",
       "SELECT count(*) = 2 FROM pg_enum WHERE enumtypid = 'mood'::regtype"},
      {"SELECT 1", "CREATE DATABASE \"" + database_ + " X\"",
       "SELECT count(*) = 1 FROM pg_database WHERE datname = current_database() || ' X'"},
      {"SELECT 1", "ALTER SYSTEM SET log_min_messages = 'warning'",
       "SELECT count(*) = 1 FROM pg_file_settings WHERE name = 'log_min_messages'", true},
      {"CREATE TABLE a (id int)", "VACUUM a", "SELECT true", true},
      {"CREATE TABLE a (id int)", "INSERT INTO a VALUES (1)", "SELECT count(*) = 1 FROM a"},
  };
  for (const auto& c : kCases) {
    const bool in_one = c.up.starts_with("INSERT");
    for (const char* point : {"engine.lone.sending", "engine.lone.answered"}) {
      database_ = TestPostgres::Shared().CreateDatabase();
      schemactl_.UseDatabase(TestPostgres::Shared().Url(database_));
      std::string up = c.up;
      if (up.starts_with("CREATE DATABASE")) up = "CREATE DATABASE \"" + database_ + " X\"";
      Query(c.setup);
      Revise(up);
      UpgradeKilledAt(point);
      const RunResult again = Upgrade();
      EXPECT_EQ(again.exit_code, 0) << up << " " << point << ": " << again.err;
      EXPECT_EQ(Query(c.check), "t") << up << " " << point;
      const bool took_effect = std::string(point) == "engine.lone.answered" && !c.repeated;
      EXPECT_EQ(Kinds(), in_one        ? "done applied"
                         : took_effect ? "intent done applied"
                                       : "intent intent done applied")
          << up << " " << point;
    }
  }
}

TEST_F(InterruptedKindsTest, IndexLeftInvalidByAKilledBuildIsBuiltAnew) {
  Query("CREATE TABLE a (id int); INSERT INTO a VALUES (1)");
  Revise("CREATE INDEX CONCURRENTLY i ON a (id)");
  {
    ChildProcess writer({.arguments = {"psql", TestPostgres::Shared().Url(database_), "-c",
                                       "BEGIN; INSERT INTO a VALUES (2); SELECT pg_sleep(600)"}});
    ASSERT_TRUE(WaitUntil([&] {
      return Query(
                 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                 "wait_event = 'PgSleep'") == "1";
    })) << writer.Err();
    KillWaiting("CREATE INDEX CONCURRENTLY");
    Query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
        "current_database() AND wait_event = 'PgSleep'");
  }
  EXPECT_EQ(Query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"), "f");
  EXPECT_EQ(Upgrade().exit_code, 0);
  EXPECT_EQ(Query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"), "t");
}

// A rebuild waits twice: for who writes the table, before it builds (left over: _ccnew), and for
// who reads it, before it drops the old index (_ccold).
TEST_F(InterruptedKindsTest, WhatAKilledRebuildLeavesIsClearedAway) {
  for (const auto& [hold, left] : {std::pair{"INSERT INTO public.a VALUES (2)", "i_ccnew"},
                                   std::pair{"SELECT id FROM public.a", "i_ccold"}}) {
    database_ = TestPostgres::Shared().CreateDatabase();
    schemactl_.UseDatabase(TestPostgres::Shared().Url(database_));
    Query("CREATE TABLE a (id int); INSERT INTO a VALUES (1); CREATE INDEX i ON a (id)");
    Revise("REINDEX INDEX CONCURRENTLY i");
    {
      auto other = Session::Connect(
          {.dsn = ParseDatabaseUrl(TestPostgres::Shared().Url(database_)).value()}, {});
      ASSERT_TRUE(other && other->Execute("BEGIN", {}) && other->Execute(hold, {}));
      KillWaiting("REINDEX");
    }
    const std::string leftovers =
        "SELECT string_agg(relname, ' ') FROM pg_class WHERE relname LIKE 'i\\_cc%'";
    EXPECT_EQ(Query(leftovers), left);
    EXPECT_EQ(Upgrade().exit_code, 0);
    EXPECT_EQ(Query(leftovers), "");
    EXPECT_EQ(Query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"), "t");
    EXPECT_EQ(Kinds(), "intent intent done applied");
  }
}

TEST_F(InterruptedKindsTest, ADetachmentThatWasKilledHalfWayIsFinished) {
  Query(
      "CREATE TABLE p (id int) PARTITION BY LIST (id);"
      "CREATE TABLE c PARTITION OF p FOR VALUES IN (1)");
  Revise("ALTER TABLE p DETACH PARTITION c CONCURRENTLY");
  {
    auto other = Session::Connect(
        {.dsn = ParseDatabaseUrl(TestPostgres::Shared().Url(database_)).value()}, {});
    ASSERT_TRUE(other && other->Execute("BEGIN", {}) &&
                other->Execute("SELECT id FROM public.p", {}));
    KillWaiting("ALTER TABLE");
  }
  EXPECT_EQ(Query("SELECT inhdetachpending FROM pg_inherits"), "t");
  EXPECT_EQ(Upgrade().exit_code, 0);
  EXPECT_EQ(Query("SELECT count(*) FROM pg_inherits"), "0");
  EXPECT_EQ(Kinds(), "intent done applied");
}

// Hazard H4: IF NOT EXISTS takes an invalid index for a good one.
TEST_F(InterruptedKindsTest, HazardH4IfNotExistsDoesNotSkipAnInvalidIndex) {
  Query(
      "CREATE TABLE a (id int); CREATE INDEX i ON a (id);"
      "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass");
  Revise("CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON a (id)");
  EXPECT_EQ(Upgrade().exit_code, 0);
  EXPECT_EQ(Query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"), "t");
}

TEST_F(InterruptedKindsTest, DuplicateKeysLeaveNoInvalidIndexBehind) {
  Query("CREATE TABLE a (id int); INSERT INTO a VALUES (1), (1)");
  Revise("CREATE UNIQUE INDEX CONCURRENTLY u ON a (id)");
  EXPECT_EQ(Upgrade().exit_code, 1);
  EXPECT_EQ(Query("SELECT to_regclass('u') IS NULL"), "t");
}

}  // namespace
}  // namespace schemaop::testing
