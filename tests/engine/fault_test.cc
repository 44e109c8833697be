// Runs that are stopped, cut off or meet each other.
#include <atomic>
#include <thread>

#include "engine/live_steps.h"
#include "linear_project.h"
#include "postgres/advisory_lock.h"

namespace schemaop::testing {
namespace {

using Outcome = RunReport::Outcome;

class FaultTest : public LinearProject {
 protected:
  // Ends the only backend of this database that `condition` (on pg_stat_activity) is true of, once
  // it is there.
  bool Terminate(const TestPostgres& server, const std::string& condition) const {
    return WaitUntil([&] {
      return server.Query(
                 "postgres",
                 "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '" +
                     database_ + "' AND " + condition) == "1";
    });
  }
  bool WaitForSleep() const {
    return WaitUntil([&] {
      return Query(
                 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                 "AND query LIKE '%pg_sleep(100)' AND pid <> pg_backend_pid()") == "1";
    });
  }
};

TEST_F(FaultTest, StopCancelsTheRunningStatementAndRollsItsRevisionBack) {
  std::stop_source stop;
  RunReport report;
  {
    const std::jthread runner([&] {
      report =
          Upgrade({MakeRevision("001", "", "CREATE TABLE a (id int)"),
                   MakeRevision("002", "001", "CREATE TABLE b (id int);\nSELECT pg_sleep(100)")},
                  stop.get_token());
    });
    EXPECT_TRUE(WaitForSleep());
    stop.request_stop();
  }
  EXPECT_EQ(report.outcome, Outcome::kCancelled);
  EXPECT_EQ(report.error, (Error{ErrorCode::kCancelled, "stopped on request"}));
  EXPECT_EQ(report.interrupted, (InterruptedStep{"002", true, 0}));
  EXPECT_EQ(report.heads, Heads{"001"});
  EXPECT_EQ(Versions(), "001");
  EXPECT_FALSE(HasTable("b"));
}

TEST_F(FaultTest, StopBeforeTheStartChangesNothing) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(Upgrade({MakeRevision("001", "", "CREATE TABLE a (id int)")}, stop.get_token()).outcome,
            Outcome::kCancelled);
  EXPECT_FALSE(HasTable("a"));
}

TEST_F(FaultTest, KilledBackendIsReportedAsRetryableAndLeavesNothing) {
  RunReport report;
  {
    const std::jthread runner([&] {
      report = Upgrade({MakeRevision("001", "", "CREATE TABLE a (id int);\nSELECT pg_sleep(100)")});
    });
    EXPECT_TRUE(Terminate(server_, "query LIKE '%pg_sleep(100)'"));
  }
  EXPECT_EQ(report.outcome, Outcome::kFailed);
  EXPECT_EQ(
      report.error,
      (Error{ErrorCode::kUnavailable,
             "001.sql:2:1: terminating connection due to administrator command (SQLSTATE 57P01)"}));
  ASSERT_TRUE(report.failure);
  EXPECT_TRUE(report.failure->retryable);
  EXPECT_FALSE(HasTable("a"));
  EXPECT_TRUE(server_.WaitUntilAlone(database_));
  EXPECT_EQ(Upgrade({MakeRevision("001", "", "CREATE TABLE a (id int)")}).outcome,
            Outcome::kCompleted);
}

// Something ends its own backend while COMMIT runs, before anything is committed.
TEST_F(FaultTest, ConnectionLostInCommitBeforeItHappenedIsFoundNotCommitted) {
  const auto report = Upgrade({MakeRevision(
      "001", "",
      InCommit("a", "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1)"))});
  EXPECT_EQ(report.outcome, Outcome::kFailed);
  EXPECT_EQ(
      report.error,
      (Error{
          ErrorCode::kUnavailable,
          "the connection was lost while committing revision 001; nothing of it was committed"}));
  EXPECT_EQ(report.heads, Heads{});
  EXPECT_FALSE(HasTable("a"));
  EXPECT_FALSE(HasTable("alembic_version"));
}

// Deferred triggers have their turn before COMMIT is sent: nothing is in doubt.
TEST_F(FaultTest, ConnectionLostInADeferredTriggerLeavesNothing) {
  const auto report = Upgrade({MakeRevision(
      "001", "",
      "CREATE TABLE a (id int); CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS "
      "$$BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; "
      "END$$;"
      "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON a DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
      "EXECUTE FUNCTION die(); INSERT INTO a VALUES (1)")});
  EXPECT_EQ(report.outcome, Outcome::kFailed);
  EXPECT_EQ(report.error,
            (Error{ErrorCode::kUnavailable,
                   "001.sql: at COMMIT: terminating connection due to administrator command "
                   "(SQLSTATE 57P01)"}));
  EXPECT_EQ(report.heads, Heads{});
  EXPECT_FALSE(HasTable("a"));
  EXPECT_FALSE(HasTable("alembic_version"));
}

// A COMMIT that waits for a standby has happened locally when its session is ended.
TEST(LostCommitTest, ConnectionLostInCommitAfterItHappenedIsFoundCommittedAndTheRunGoesOn) {
  const TestPostgres server({"synchronous_standby_names = 'nobody'", "synchronous_commit = local"});
  DatabaseOptions options;
  options.dsn = ParseDatabaseUrl(server.Url("postgres")).value();
  const std::vector<Revision> revisions = {
      MakeRevision("001", "", "CREATE TABLE a (id int); SET LOCAL synchronous_commit = on"),
      MakeRevision("002", "001", "CREATE TABLE b (id int)")};
  const RunReport report = UpgradeCutInACommit(server, options, revisions);
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(report.heads, Heads{"002"});
  EXPECT_EQ(report.applied.size(), 2U);
  EXPECT_EQ(server.Query("postgres", "SELECT version_num FROM alembic_version"), "002");
  EXPECT_EQ(server.Query("postgres", "SELECT count(*) FROM schemaversion.ledger"), "2");
}

TEST_F(FaultTest, TwoRunsAtOnceApplyEachRevisionOnce) {
  options_.lock_wait = std::chrono::seconds(60);
  Query("CREATE TABLE applied_log (revision text)");
  std::vector<Revision> revisions;
  for (int i = 1; i <= 8; ++i) {
    const std::string id = "r" + std::to_string(i);
    revisions.push_back(MakeRevision(id, i == 1 ? "" : "r" + std::to_string(i - 1),
                                     "INSERT INTO applied_log VALUES ('" + id + "')"));
  }
  std::vector<RunReport> reports(3);
  {
    std::vector<std::jthread> runners;
    for (RunReport& report : reports) {
      runners.emplace_back([&] { report = Upgrade(revisions); });
    }
  }
  std::size_t applied = 0;
  for (const RunReport& report : reports) {
    EXPECT_EQ(report.error, std::nullopt);
    EXPECT_EQ(report.heads, Heads{"r8"});
    applied += report.applied.size();
  }
  EXPECT_EQ(applied, 8U);
  EXPECT_EQ(Query("SELECT count(*), count(DISTINCT revision) FROM applied_log"), "8|8");
}

TEST_F(FaultTest, ARunRightBehindAnotherNeverFindsTheLockHeld) {
  options_.lock_wait = {};
  const std::vector<Revision> revisions = {
      MakeRevision("001", "", "CREATE TABLE a (id int)", "DROP TABLE a")};
  for (int i = 0; i < 100; ++i) {
    const RunReport report = i % 2 == 0 ? Upgrade(revisions) : Downgrade(revisions);
    ASSERT_EQ(report.error, std::nullopt) << i;
  }
}

TEST_F(FaultTest, BusyLockNamesItsHolder) {
  auto holder_options = options_;
  holder_options.application_name = "somebody else";
  auto holder = TargetDatabase::Open(holder_options, {}).value();
  ASSERT_TRUE(AcquireLock(holder->session(), holder->lock_key(), {}, nullptr, {})->acquired);
  options_.lock_wait = std::chrono::milliseconds(150);
  std::atomic<int> waits = 0;
  const auto try_it = [&] {
    return Upgrade({MakeRevision("001", "", "SELECT 1")}, {}, [&](const RunProgress& progress) {
      EXPECT_EQ(progress.phase, RunProgress::Phase::kWaitingForLock);
      ++waits;
    });
  };
  RunReport report = try_it();
  // The first try may have taken all of the time.
  while (waits == 0 && options_.lock_wait < std::chrono::minutes(1)) {
    options_.lock_wait *= 4;
    report = try_it();
  }
  EXPECT_EQ(report.outcome, Outcome::kBusy);
  EXPECT_GT(waits, 0);
  ASSERT_TRUE(report.holder);
  EXPECT_EQ(report.holder->pid, holder->session().backend_pid());
  EXPECT_EQ(report.holder->application, "somebody else");
  EXPECT_EQ(report.error->message, DsnLabel(options_.dsn) +
                                       ": the migration lock is held by process " +
                                       std::to_string(report.holder->pid) +
                                       " (somebody else) since " + report.holder->since);
}

TEST_F(FaultTest, LockTimeoutIsReportedAsRetryable) {
  Query("CREATE TABLE a (id int)");
  auto reader = Session::Connect({.dsn = options_.dsn}, {}).value();
  ASSERT_TRUE(reader.Execute("BEGIN", {}) && reader.Execute("SELECT * FROM public.a", {}));
  options_.lock_timeout = std::chrono::milliseconds(50);
  options_.retry_budget = {};
  const auto report = Upgrade({MakeRevision("001", "", "ALTER TABLE a ADD COLUMN b int")});
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->sqlstate, "55P03");
  EXPECT_TRUE(report.failure->retryable);
  EXPECT_EQ(report.error->code, ErrorCode::kBusy);
}

TEST_F(FaultTest, StatementTimeoutIsNotRetryable) {
  options_.statement_timeout = std::chrono::milliseconds(50);
  const auto report = Upgrade({MakeRevision("001", "", "SELECT pg_sleep(100)")});
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->message, "canceling statement due to statement timeout");
  EXPECT_FALSE(report.failure->retryable);
  EXPECT_EQ(report.outcome, Outcome::kFailed);
}

TEST_F(FaultTest, AVersionRowChangedByAnotherToolMeanwhileIsAConflict) {
  const auto first = MakeRevision("001", "", "SELECT 1");
  ASSERT_EQ(Upgrade({first}).outcome, Outcome::kCompleted);
  const auto second = MakeRevision("002", "001", "CREATE TABLE b (id int);\nSELECT 1");
  const auto report = Upgrade({first, second}, {}, [&](const RunProgress& progress) {
    if (progress.statement == 2) Query("UPDATE alembic_version SET version_num = '00x'");
  });
  EXPECT_EQ(report.error,
            (Error{ErrorCode::kConflict,
                   "expected to match one row when updating '001' to '002' in "
                   "'public.alembic_version'; 0 found: somebody else changed the version table"}));
  EXPECT_FALSE(HasTable("b"));
  EXPECT_EQ(Versions(), "00x");
}

}  // namespace
}  // namespace schemaop::testing
