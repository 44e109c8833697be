// Runs that need locks which other sessions have.
#include <condition_variable>
#include <mutex>
#include <thread>

#include "linear_project.h"
#include "postgres/session.h"

namespace schemaop::testing {
namespace {

using Outcome = RunReport::Outcome;
using std::chrono::milliseconds;

class PatienceTest : public LinearProject {
 protected:
  PatienceTest() { Query("CREATE TABLE a (id int)"); }

  Session Other(const std::string& application, const std::string& sql) const {
    auto session =
        Session::Connect({.dsn = options_.dsn, .application_name = application}, {}).value();
    EXPECT_TRUE(session.Execute(sql, {})) << sql;
    return session;
  }

  std::vector<Revision> AddColumn() const {
    return {MakeRevision("001", "", "CREATE TABLE b (id int); ALTER TABLE a ADD COLUMN b int")};
  }
};

TEST_F(PatienceTest, TheWholeTransactionIsTriedAgainUntilTheBlockerIsGone) {
  Session reader = Other("reports", "BEGIN");
  ASSERT_TRUE(reader.Execute("SELECT * FROM public.a WHERE id = 4711", {}));
  std::vector<RunProgress> held;
  const auto report = Upgrade(AddColumn(), {}, [&](const RunProgress& progress) {
    if (progress.phase != RunProgress::Phase::kHeldBack) return;
    held.push_back(progress);
    if (!progress.blockers.empty()) {
      EXPECT_TRUE(reader.Execute("COMMIT", {}));
    }
  });
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(report.heads, Heads{"001"});
  EXPECT_EQ(LedgerWords(), "applied:001");
  EXPECT_GE(report.receipt.retries, 1);
  ASSERT_FALSE(held.empty());
  EXPECT_EQ(held.front().revision, "001");
  EXPECT_EQ(held.front().attempt, 1);
  EXPECT_TRUE(held.front().applied.empty());
  ASSERT_EQ(held.front().blockers.size(), 1U);
  const Blocker& blocker = held.front().blockers.front();
  EXPECT_EQ(blocker.pid, reader.backend_pid());
  EXPECT_EQ(blocker.application, "reports");
  EXPECT_EQ(blocker.user, "postgres");
  EXPECT_EQ(blocker.state, "idle in transaction");
  EXPECT_EQ(blocker.query, "SELECT * FROM public.a WHERE id = ?");
}

TEST_F(PatienceTest, WhenTheBudgetIsUsedUpTheChainOfBlockersIsNamed) {
  const Session writer =
      Other("writer", "BEGIN; LOCK TABLE public.a IN SHARE UPDATE EXCLUSIVE MODE");
  options_.lock_timeout = milliseconds(400);
  options_.retry_budget = milliseconds(600);
  const auto report = Upgrade(AddColumn());
  EXPECT_EQ(report.outcome, Outcome::kFailed);
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->sqlstate, "55P03");
  EXPECT_TRUE(report.failure->retryable);
  EXPECT_EQ(report.error->code, ErrorCode::kBusy);
  ASSERT_EQ(report.blockers.size(), 1U);
  const std::string chain =
      "in the way: pid " + std::to_string(writer.backend_pid()) +
      " (writer, user postgres, idle in transaction since " + report.blockers.front().since +
      ", last query: BEGIN; LOCK TABLE public.a IN SHARE UPDATE EXCLUSIVE MODE)";
  EXPECT_NE(report.error->message.find(chain), std::string::npos) << report.error->message;
  EXPECT_NE(report.failure->hint.find(chain), std::string::npos) << report.failure->hint;
  EXPECT_TRUE(report.error->message.starts_with(
      "001.sql:1:26: canceling statement due to lock timeout (SQLSTATE 55P03); tried "))
      << report.error->message;
  EXPECT_FALSE(HasTable("b"));
}

TEST_F(PatienceTest, WhoIsBehindABlockerIsNamedToo) {
  Session last = Other("last", "BEGIN; LOCK TABLE public.a IN ROW SHARE MODE");
  std::jthread waiter([&] {
    Session between = Other("between", "BEGIN");
    (void)between.Execute("LOCK TABLE public.a IN EXCLUSIVE MODE", {});
  });
  ASSERT_TRUE(
      WaitUntil([&] { return Query("SELECT count(*) FROM pg_locks WHERE NOT granted") == "1"; }));
  options_.lock_timeout = milliseconds(400);
  options_.retry_budget = {};
  const auto report = Upgrade(AddColumn());
  ASSERT_TRUE(last.Execute("COMMIT", {}));
  ASSERT_EQ(report.blockers.size(), 2U);
  EXPECT_EQ(report.blockers[0].depth, 1);
  EXPECT_EQ(report.blockers[0].application == "last" ? report.blockers[1].application : "between",
            "between");
  EXPECT_NE(report.error->message.find("(between, user postgres, active since "), std::string::npos)
      << report.error->message;
  EXPECT_NE(report.error->message.find("(last, user postgres, idle in transaction since "),
            std::string::npos);
}

TEST_F(PatienceTest, WhileTheBlockerIsThereNoAttemptMakesOthersWait) {
  Session reader = Other("reports", "BEGIN");
  ASSERT_TRUE(reader.Execute("SELECT * FROM public.a", {}));
  options_.retry_budget = milliseconds(3000);
  int most = 0;
  const auto report = Upgrade(AddColumn(), {}, [&](const RunProgress& progress) {
    most = std::max(most, progress.attempt);
  });
  EXPECT_EQ(report.outcome, Outcome::kFailed);
  // The second attempt is due within 200 ms; it does not happen.
  EXPECT_EQ(most, 1);
  EXPECT_EQ(report.receipt.retries, 0);
}

TEST_F(PatienceTest, OthersWaitNoLongerThanALockTimeoutAndTheReceiptSaysHowLong) {
  Session reader = Other("reports", "BEGIN");
  ASSERT_TRUE(reader.Execute("SELECT * FROM public.a", {}));
  options_.lock_timeout = milliseconds(500);
  options_.retry_budget = {};
  RunReport report;
  {
    const std::jthread runner([&] { report = Upgrade(AddColumn()); });
    ASSERT_TRUE(
        WaitUntil([&] { return Query("SELECT count(*) FROM pg_locks WHERE NOT granted") == "1"; }));
    Query("SELECT * FROM a");
  }
  EXPECT_EQ(report.failure->sqlstate, "55P03");
  EXPECT_GT(report.receipt.others_waited, milliseconds(0));
  EXPECT_LE(report.receipt.others_waited, options_.lock_timeout);
}

TEST_F(PatienceTest, ADeadlockIsTriedAgain) {
  Query("CREATE TABLE c (id int)");
  Session other = Other("other", "BEGIN; LOCK TABLE public.c");
  std::once_flag once;
  std::jthread waiter;
  options_.lock_timeout = std::chrono::seconds(30);
  options_.retry_budget = std::chrono::seconds(60);
  // An attempt's first lock timeout is below the time after which the server looks for a deadlock.
  const auto report = Upgrade(
      {MakeRevision(
          "001", "",
          "LOCK TABLE a; SET LOCAL lock_timeout = 0; SET LOCAL deadlock_timeout = '10ms'; "
          "LOCK TABLE c")},
      {}, [&](const RunProgress& progress) {
        if (progress.statement != 4) return;
        std::call_once(once, [&] {
          waiter = std::jthread([&] {
            EXPECT_TRUE(other.Execute("SET deadlock_timeout = '60s'; LOCK TABLE public.a", {}));
            EXPECT_TRUE(other.Execute("COMMIT", {}));
          });
          EXPECT_TRUE(WaitUntil(
              [&] { return Query("SELECT count(*) FROM pg_locks WHERE NOT granted") == "1"; }));
        });
      });
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(report.receipt.retries, 1);
}

TEST_F(PatienceTest, ARefusedStatementIsNotTriedAgain) {
  int attempts = 0;
  const auto report = Upgrade({MakeRevision("001", "", "SELECT nothing")}, {},
                              [&](const RunProgress&) { ++attempts; });
  EXPECT_EQ(report.failure->sqlstate, "42703");
  EXPECT_EQ(attempts, 1);
}

TEST_F(PatienceTest, AStopEndsTheWaitForABlocker) {
  Session reader = Other("reports", "BEGIN");
  ASSERT_TRUE(reader.Execute("SELECT * FROM public.a", {}));
  std::stop_source stop;
  const auto report = Upgrade(AddColumn(), stop.get_token(), [&](const RunProgress& progress) {
    if (progress.phase == RunProgress::Phase::kHeldBack) stop.request_stop();
  });
  EXPECT_EQ(report.outcome, Outcome::kCancelled);
  EXPECT_EQ(report.error, (Error{ErrorCode::kCancelled, "stopped on request"}));
  EXPECT_FALSE(HasTable("b"));
}

TEST_F(PatienceTest, TheMonitorEndsWithTheRunAndIsNotThereForQuickOnes) {
  int seen = 0;
  const auto count = [&] {
    return Query("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '% monitor'");
  };
  const auto report = Upgrade(
      {MakeRevision("001", "", "SELECT 1"), MakeRevision("002", "001", "SELECT pg_sleep(1)")}, {},
      [&](const RunProgress& progress) {
        if (progress.revision == "001") {
          EXPECT_EQ(count(), "0");
        }
        if (progress.revision == "002" && count() == "1") ++seen;
      });
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_GT(seen, 0);
  EXPECT_TRUE(WaitUntil([&] { return count() == "0"; }));
}

}  // namespace
}  // namespace schemaop::testing
