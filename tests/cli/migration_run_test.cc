// upgrade, downgrade and stamp on a real server: what they say and how they end.
#include <csignal>

#include <gtest/gtest.h>

#include "postgres/test_postgres.h"
#include "schemactl.h"
#include "test_paths.h"

namespace schemaop::testing {
namespace {

class MigrationRunTest : public ::testing::Test {
 protected:
  MigrationRunTest() : database_(TestPostgres::Shared().CreateDatabase()) {
    schemactl_.UseDatabase(TestPostgres::Shared().Url(database_));
  }

  std::string Query(const std::string& sql) const {
    return TestPostgres::Shared().Query(database_, sql);
  }

  // Waits until a session of schemactl runs a statement that begins with `start`.
  bool WaitUntilRunning(const std::string& start) const {
    return WaitUntil([&] {
      return Query("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '" +
                   start + "%' AND pid <> pg_backend_pid()") != "0";
    });
  }

  std::string database_;
  Schemactl schemactl_;
};

// Revision `number` whose upgrade is `sql`.
std::string RevisionRunning(int number, const std::string& sql) {
  return "-- Run it\n--\n-- revision: " + Numbered(number) +
         "\n-- down_revision: " + (number == 1 ? "none" : Numbered(number - 1)) +
         "\n\n-- migrate:up\n" + sql + "\n\n-- migrate:down\n";
}

TEST_F(MigrationRunTest, SaysWhenThereIsNothingToDo) {
  schemactl_.AddTables(2);
  EXPECT_EQ(schemactl_.Run({"downgrade", "base"}).err, "Nothing to do: the database is at base\n");
  EXPECT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  const RunResult again = schemactl_.Run({"upgrade", "head"});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_EQ(again.err, "Nothing to do: the database is at 002 (head)\n");
}

TEST_F(MigrationRunTest, KeepsQuietWhenAsked) {
  schemactl_.AddTables(1);
  const RunResult result = schemactl_.Run({"-q", "upgrade", "head"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out + result.err, "");
}

TEST_F(MigrationRunTest, PointsAtTheRefusedStatement) {
  schemactl_.AddRevision("001.sql", RevisionRunning(1,
                                                    "CREATE TABLE t1 (id int);\n"
                                                    "INSERT INTO t1 (nothing) VALUES (1);"));
  const RunResult result = schemactl_.Run({"upgrade", "head"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(
      result.err,
      "Running upgrade  -> 001, Run it\n"
      "schemactl: migrations/versions/001.sql:8:17: SQLSTATE 42703: column \"nothing\" of relation "
      "\"t1\" does not exist\n"
      "    8 | INSERT INTO t1 (nothing) VALUES (1);\n"
      "      |                 ^\n"
      "revision 001 is rolled back; the database is at base\n"
      "correct the statement, then run: schemactl upgrade head\n");
  EXPECT_EQ(Query("SELECT count(*) FROM pg_class WHERE relname = 't1'"), "0");
}

// A folder with a project of its own: without -d the command would run that one's revisions.
TEST_F(MigrationRunTest, TheCommandToTypeAgainIsOneOnTheSameProject) {
  schemactl_.AddRevision("001.sql", RevisionRunning(1, "DROP TABLE missing;"));
  std::filesystem::rename(schemactl_.folder() / "migrations", schemactl_.folder() / "my project");
  schemactl_.AddTables(1);
  const RunResult result = schemactl_.Run(
      {"-d", "my project", "upgrade", "head", "--transaction-mode", "single", "--allow-superuser"});
  EXPECT_EQ(result.exit_code, 1);
  const std::string before = "correct the statement, then run: ";
  const std::size_t at = result.err.find(before);
  ASSERT_NE(at, std::string::npos) << result.err;
  const std::string command = result.err.substr(at + before.size());
  EXPECT_EQ(command,
            "schemactl -d 'my project' upgrade head --transaction-mode single --allow-superuser\n");
  ProcessOptions shell = schemactl_.Options({});
  shell.arguments = {"sh", "-c", "PATH=$(dirname " SCHEMAOP_SCHEMACTL "):$PATH; " + command};
  const RunResult again = testing::Run(shell);
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_EQ(again.err, result.err);
  EXPECT_EQ(Query("SELECT to_regclass('t1') IS NULL"), "t");
}

TEST_F(MigrationRunTest, SaysWhatIsCommittedWhenALaterRevisionFails) {
  schemactl_.AddTables(1);
  schemactl_.AddRevision("002.sql", RevisionRunning(2, "DROP TABLE missing;"));
  const RunResult result = schemactl_.Run({"upgrade", "head"});
  EXPECT_EQ(result.exit_code, 8);
  EXPECT_NE(result.err.find("SQLSTATE 42P01: table \"missing\" does not exist\n"),
            std::string::npos)
      << result.err;
  EXPECT_NE(
      result.err.find("revision 002 is rolled back; upgraded and committed: 001; the database is "
                      "at 001\n"),
      std::string::npos)
      << result.err;
}

TEST_F(MigrationRunTest, AMissingRightIsARefusalOnlyWhereSchemactlItselfNeedsIt) {
  Query(
      "DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN PASSWORD 'p'; CREATE TABLE theirs (id "
      "int)");
  schemactl_.UseDatabase(TestPostgres::Shared().Url(database_, "guest", "p"));
  schemactl_.AddTables(1);
  schemactl_.AddRevision("002.sql", RevisionRunning(2, "DROP TABLE theirs;"));
  Query("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
  const RunResult refused = schemactl_.Run({"upgrade", "001"});
  EXPECT_EQ(refused.exit_code, 4) << refused.err;
  Query("GRANT CREATE ON SCHEMA public TO guest; GRANT CREATE ON DATABASE " + database_ +
        " TO guest");
  EXPECT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 8);
  const RunResult failed = schemactl_.Run({"upgrade", "head"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_NE(failed.err.find(": SQLSTATE 42501: must be owner of table theirs\n"), std::string::npos)
      << failed.err;
  EXPECT_NE(schemactl_.Run({"help", "exit-codes"})
                .out.find("where schemactl itself needs them (what a revision's statement lacks is "
                          "1 or 8)"),
            std::string::npos);
}

TEST_F(MigrationRunTest, NamesWhoHoldsTheLock) {
  schemactl_.AddRevision("001.sql", RevisionRunning(1, "SELECT pg_sleep(600);"));
  ChildProcess first(schemactl_.Options({"upgrade", "head"}));
  ASSERT_TRUE(WaitUntilRunning("SELECT pg_sleep")) << first.Err();
  const RunResult second = schemactl_.Run({"upgrade", "head"});
  EXPECT_EQ(second.exit_code, 5);
  EXPECT_NE(second.err.find("schemactl: the migration lock is held by pid "), std::string::npos)
      << second.err;
  EXPECT_NE(second.err.find(" (schemactl) since "), std::string::npos) << second.err;
  EXPECT_NE(
      second.err.find("; nothing was changed\nwait for it to end, then run: schemactl upgrade "
                      "head\n"),
      std::string::npos)
      << second.err;
}

TEST_F(MigrationRunTest, NamesWhoIsInTheWayOfAStatement) {
  Query("CREATE TABLE t (id int)");
  ProcessOptions blocker = {};
  blocker.arguments = {"psql", "--no-psqlrc", "--quiet",
                       "--command=BEGIN; LOCK TABLE t IN ROW SHARE MODE; SELECT pg_sleep(600)",
                       TestPostgres::Shared().Url(database_)};
  const ChildProcess reader(blocker);
  ASSERT_TRUE(WaitUntil([&] {
    return Query(
               "SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass AND granted AND "
               "mode = 'RowShareLock'") == "1";
  }));
  ASSERT_TRUE(WaitUntilRunning("BEGIN; LOCK TABLE t"));
  schemactl_.AddRevision("001.sql", RevisionRunning(1, "ALTER TABLE t ADD COLUMN b int;"));
  // It sees others through a second session, which comes when it can.
  RunResult result;
  for (const std::string budget : {"2s", "10s", "60s"}) {
    result = schemactl_.Run({"upgrade", "head", "--lock-timeout", "10s", "--retry-budget", budget});
    if (result.err.find("in the way: pid ") != std::string::npos) break;
  }
  EXPECT_EQ(result.exit_code, 5);
  for (const std::string& part :
       {std::string("Running upgrade  -> 001, Run it\nWaiting on pid "),
        std::string(" (psql, user postgres, active since "),
        std::string(", last query: BEGIN; LOCK TABLE t IN ROW SHARE MODE; SELECT pg_sleep(?))\n"),
        std::string(":7:1: SQLSTATE 55P03: canceling statement due to lock timeout\n"),
        std::string("\nhint: tried "), std::string("; in the way: pid "),
        std::string("revision 001 is rolled back; the database is at base\n"
                    "this can pass: wait a little, then run: schemactl upgrade head\n")}) {
    EXPECT_NE(result.err.find(part), std::string::npos) << part << " in " << result.err;
  }
}

TEST_F(MigrationRunTest, RollsBackAndSaysSoAtTheFirstInterrupt) {
  schemactl_.AddTables(1);
  schemactl_.AddRevision("002.sql",
                         RevisionRunning(2, "CREATE TABLE t2 (id int);\nSELECT pg_sleep(600);"));
  ChildProcess child(schemactl_.Options({"upgrade", "head"}));
  ASSERT_TRUE(WaitUntilRunning("SELECT pg_sleep")) << child.Err();
  child.Signal(SIGINT);
  EXPECT_EQ(child.Wait(std::chrono::seconds(30)), 130);
  EXPECT_EQ(
      child.Err(),
      "Running upgrade  -> 001, Create t1\n"
      "Running upgrade 001 -> 002, Run it\n"
      "schemactl: interrupted: cancelling and rolling back; press Ctrl-C again to stop at once\n"
      "schemactl: interrupted; the running revision is rolled back; upgraded and committed: 001; "
      "the database is at 001\n"
      "to go on, run: schemactl upgrade head\n");
  EXPECT_EQ(Query("SELECT count(*) FROM pg_class WHERE relname = 't2'"), "0");
}

TEST_F(MigrationRunTest, SaysWhatRemainsWhenAnInterruptMeetsARevisionOutsideATransaction) {
  schemactl_.AddRevision("001.sql",
                         "-- Run it\n--\n-- revision: 001\n-- down_revision: none\n\n-- "
                         "migrate:up transaction:false\nVACUUM;\nSELECT "
                         "pg_sleep(600);\n\n-- migrate:down\n");
  ChildProcess child(schemactl_.Options({"upgrade", "head"}));
  ASSERT_TRUE(WaitUntilRunning("SELECT pg_sleep")) << child.Err();
  child.Signal(SIGINT);
  EXPECT_EQ(child.Wait(std::chrono::seconds(30)), 8);
  EXPECT_NE(child.Err().find("interrupted; revision 001 runs outside a transaction: its first "
                             "statement took effect, and the next run finds out what became of the "
                             "one that was cut off; the database is at base\n"),
            std::string::npos)
      << child.Err();
}

TEST_F(MigrationRunTest, EndsAtOnceAtTheSecondInterrupt) {
  schemactl_.AddRevision("001.sql", RevisionRunning(1, "SELECT pg_sleep(600);"));
  ChildProcess child(schemactl_.Options({"upgrade", "head"}));
  ASSERT_TRUE(WaitUntilRunning("SELECT pg_sleep")) << child.Err();
  // A server process that is held does not hear of the cancellation.
  const pid_t backend = std::stoi(Query(
      "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'"));
  ASSERT_EQ(kill(backend, SIGSTOP), 0);
  child.Signal(SIGTERM);
  EXPECT_TRUE(WaitUntil([&] { return child.Err().find("interrupted: ") != std::string::npos; }));
  EXPECT_TRUE(child.Running());
  child.Signal(SIGINT);
  EXPECT_EQ(child.Wait(std::chrono::seconds(30)), 130);
  EXPECT_EQ(kill(backend, SIGCONT), 0);
}

TEST_F(MigrationRunTest, RefusesATargetThatIsNot) {
  schemactl_.AddTables(2);
  const RunResult unknown = schemactl_.Run({"upgrade", "02"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_EQ(
      unknown.err,
      "schemactl: can't locate revision identified by '02': no revision or branch label has this "
      "name or a name beginning with it; 'history' lists them all (did you mean '002'?)\n");
  EXPECT_EQ(schemactl_.Run({"downgrade", "-1"}).exit_code, 2);
  EXPECT_EQ(schemactl_.Run({"upgrade", "+3"}).exit_code, 2);
}

TEST_F(MigrationRunTest, SaysWhatToDoAboutARowNoFileDeclares) {
  schemactl_.AddTables(1);
  EXPECT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  Query("UPDATE alembic_version SET version_num = 'gone'");
  const std::string expected =
      "schemactl: the database is at revision 'gone', which no file of this project declares; get "
      "that "
      "file back, or say where the database really is with 'stamp --purge REVISION'\n";
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"upgrade", "head"}, {"downgrade", "base"}, {"stamp", "001"}, {"current"}}) {
    const RunResult result = schemactl_.Run(arguments);
    EXPECT_EQ(result.exit_code, 1) << arguments.front();
    EXPECT_EQ(result.err, expected) << arguments.front();
  }
  const RunResult purge = schemactl_.Run({"stamp", "--purge", "001"});
  EXPECT_EQ(purge.exit_code, 0);
  EXPECT_EQ(purge.err, "Running stamp_revision  -> 001\n");
  EXPECT_EQ(schemactl_.Run({"current"}).out, "001 (head)\n");
}

TEST_F(MigrationRunTest, StampsWithoutRunningAnything) {
  schemactl_.AddTables(2);
  const RunResult stamp = schemactl_.Run({"stamp", "head"});
  EXPECT_EQ(stamp.exit_code, 0);
  EXPECT_EQ(stamp.err, "Running stamp_revision  -> 002\n");
  EXPECT_EQ(schemactl_.Run({"current"}).out, "002 (head)\n");
  EXPECT_EQ(Query("SELECT count(*) FROM pg_class WHERE relname = 't1'"), "0");
  EXPECT_EQ(schemactl_.Run({"stamp", "head"}).err,
            "Nothing to do: the database is at 002 (head)\n");
}

TEST_F(MigrationRunTest, CreatesTheVersionTableAlone) {
  schemactl_.AddTables(1);
  EXPECT_EQ(schemactl_.Run({"current"}).exit_code, 0);
  EXPECT_EQ(Query("SELECT to_regclass('alembic_version') IS NULL"), "t");
  for (const char* spelling : {"ensure-version", "ensure_version"}) {
    const RunResult result = schemactl_.Run({spelling});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(Query("SELECT count(*) FROM alembic_version"), "0");
  }
}

TEST_F(MigrationRunTest, UsesTheTablesTheSettingsName) {
  schemactl_.AddTables(1);
  Query("CREATE SCHEMA app");
  WriteFile(schemactl_.folder() / "migrations/schemactl.yaml",
            "versionTable: versions\nversionTableSchema: app\ndatabaseUrlEnv: BILLING_URL\n");
  schemactl_.SetEnvironment("BILLING_URL", TestPostgres::Shared().Url(database_));
  schemactl_.UseDatabase("postgresql://127.0.0.1:1/wrong");
  EXPECT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  EXPECT_EQ(Query("SELECT version_num FROM app.versions"), "001");
}

TEST_F(MigrationRunTest, ChecksTheHeads) {
  schemactl_.AddTables(2);
  EXPECT_EQ(schemactl_.Run({"upgrade", "001"}).exit_code, 0);
  const RunResult behind = schemactl_.Run({"current", "--check-heads"});
  EXPECT_EQ(behind.exit_code, 3);
  EXPECT_EQ(behind.out, "001\n");
  EXPECT_EQ(
      behind.err,
      "schemactl: Database is not on all head revisions: it is at 001, the heads are 002; to bring "
      "it there, run: schemactl upgrade heads\n");
}

TEST_F(MigrationRunTest, NeverPrintsAPassword) {
  schemactl_.AddTables(1);
  Query("CREATE ROLE secretive LOGIN PASSWORD 'right-s3cret'");
  const std::vector<std::string> urls{
      TestPostgres::Shared().Url(database_, "secretive", "wrong-s3cret"),
      TestPostgres::Shared().Url(database_, "postgres", "unused-s3cret"),
      "postgresql://u:other-s3cret@127.0.0.1:1/d"};
  for (const std::string& url : urls) {
    for (const std::vector<std::string>& arguments :
         std::vector<std::vector<std::string>>{{"current", "-v"}, {"upgrade", "head"}}) {
      schemactl_.UseDatabase(url);
      const RunResult result = schemactl_.Run(arguments);
      EXPECT_EQ((result.out + result.err).find("s3cret"), std::string::npos)
          << result.out << result.err;
    }
  }
}

TEST_F(MigrationRunTest, CannotConnectWithAWrongPasswordOrToNoDatabase) {
  schemactl_.AddTables(1);
  Query("DROP ROLE IF EXISTS known; CREATE ROLE known LOGIN PASSWORD 'right'");
  const std::vector<std::string> urls{TestPostgres::Shared().Url(database_, "known", "wrong"),
                                      TestPostgres::Shared().Url("no_such_database")};
  for (const std::string& url : urls) {
    for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
             {"current"}, {"upgrade", "head"}, {"stamp", "head"}}) {
      schemactl_.UseDatabase(url);
      const RunResult result = schemactl_.Run(arguments);
      EXPECT_EQ(result.exit_code, 7) << arguments.front() << ": " << result.err;
      EXPECT_TRUE(result.err.starts_with("schemactl: cannot connect to ")) << result.err;
    }
  }
}

TEST_F(MigrationRunTest, KeepsWhatANonTransactionalRevisionDidAndSaysSo) {
  schemactl_.AddTables(1);
  schemactl_.AddRevision("002.sql", RevisionRunning(2,
                                                    "CREATE INDEX CONCURRENTLY i1 ON t1 (id);\n"
                                                    "CREATE INDEX CONCURRENTLY i2 ON t1 (nope);"));
  EXPECT_EQ(schemactl_.Run({"upgrade", "001"}).exit_code, 0);
  const RunResult result = schemactl_.Run({"upgrade", "head"});
  EXPECT_EQ(result.exit_code, 8);
  EXPECT_NE(
      result.err.find("revision 002 runs outside a transaction: its statements before this one "
                      "took effect; the database is at 001\n"),
      std::string::npos)
      << result.err;
  EXPECT_EQ(Query("SELECT count(*) FROM pg_class WHERE relname = 'i1'"), "1");
}

TEST_F(MigrationRunTest, SaysThatTheServerCannotBeReached) {
  schemactl_.AddTables(1);
  const int port = FreePort();
  schemactl_.UseDatabase("postgresql://u@127.0.0.1:" + std::to_string(port) + "/d");
  const RunResult result = schemactl_.Run({"current"});
  EXPECT_EQ(result.exit_code, 7);
  EXPECT_TRUE(result.err.starts_with("schemactl: ")) << result.err;
  EXPECT_NE(result.err.find("127.0.0.1"), std::string::npos) << result.err;
  EXPECT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 7);
}

}  // namespace
}  // namespace schemaop::testing
