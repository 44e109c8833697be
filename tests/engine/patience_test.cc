// Runs that need locks which other sessions have.
#include <atomic>
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

  // A run sees others through a second session, which comes when it can: it gets ever more time
  // until `sees` holds of its report.
  RunReport UpgradeUntil(const std::function<bool(const RunReport&)>& sees) {
    for (int left = kMostRuns;; --left) {
      RunReport report = Upgrade(AddColumn());
      if (left == 1 || sees(report)) return report;
      options_.lock_timeout *= 4;
      options_.retry_budget *= 4;
    }
  }

  static constexpr int kMostRuns = 4;  // 400 ms become 26 s
};

TEST_F(PatienceTest, TheWholeTransactionIsTriedAgainUntilTheBlockerIsGone) {
  Session reader = Other("reports", "BEGIN");
  ASSERT_TRUE(reader.Execute("SELECT * FROM public.a WHERE id = 4711", {}));
  options_.lock_timeout = std::chrono::seconds(30);
  std::optional<RunProgress> held;  // the first time that it is seen who is in the way
  const auto report = Upgrade(AddColumn(), {}, [&](const RunProgress& progress) {
    if (progress.phase != RunProgress::Phase::kHeldBack) return;
    if (held || progress.blockers.empty()) return;
    held = progress;
    EXPECT_TRUE(reader.Execute("COMMIT", {}));
  });
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(report.heads, Heads{"001"});
  EXPECT_EQ(LedgerWords(), "applied:001");
  ASSERT_TRUE(held);
  EXPECT_EQ(report.receipt.retries, held->attempt);
  EXPECT_EQ(held->revision, "001");
  EXPECT_TRUE(held->applied.empty());
  ASSERT_EQ(held->blockers.size(), 1U);
  const Blocker& blocker = held->blockers.front();
  EXPECT_EQ(blocker.pid, reader.backend_pid());
  EXPECT_EQ(blocker.application, "reports");
  EXPECT_EQ(blocker.user, "postgres");
  EXPECT_EQ(blocker.state, "idle in transaction");
  EXPECT_EQ(blocker.query, "SELECT * FROM public.a WHERE id = ?");
}

// It may as well run in a transaction, so it waits like one.
TEST_F(PatienceTest, AStatementOfASectionOutsideATransactionIsTriedAgainToo) {
  Session reader = Other("reports", "BEGIN");
  ASSERT_TRUE(reader.Execute("SELECT * FROM public.a", {}));
  options_.lock_timeout = std::chrono::seconds(30);
  int attempt = 0;
  const auto revision = WithoutTransaction(MakeRevision(
      "001", "", "ALTER TABLE a ADD COLUMN b int; CREATE INDEX CONCURRENTLY i ON a (b)"));
  const auto report = Upgrade({revision}, {}, [&](const RunProgress& progress) {
    if (progress.phase != RunProgress::Phase::kHeldBack || attempt > 0) return;
    attempt = progress.attempt;
    EXPECT_TRUE(reader.Execute("COMMIT", {}));
  });
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_GT(attempt, 0);
  EXPECT_GE(report.receipt.retries, attempt);
  EXPECT_EQ(LedgerWords(), "done:001 intent:001 done:001 applied:001");
}

TEST_F(PatienceTest, WhatItsOwnTransactionHoldsIsNotWaitedFor) {
  Query(
      "ALTER TABLE a ADD PRIMARY KEY (id); CREATE TABLE child (a int REFERENCES a DEFERRABLE "
      "INITIALLY DEFERRED); INSERT INTO a VALUES (1)");
  const auto report = Upgrade({MakeRevision(
      "001", "", "INSERT INTO child VALUES (1); ALTER TABLE child ADD COLUMN c int")});
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->sqlstate, "55006");
  EXPECT_FALSE(report.failure->retryable);
  EXPECT_EQ(report.error->code, ErrorCode::kRejected);
  EXPECT_EQ(report.failure->hint,
            "the transaction itself still uses it: run SET CONSTRAINTS ALL IMMEDIATE before this "
            "statement, or make it a revision of its own");
}

TEST_F(PatienceTest, WhenTheBudgetIsUsedUpTheChainOfBlockersIsNamed) {
  const Session writer =
      Other("writer", "BEGIN; LOCK TABLE public.a IN SHARE UPDATE EXCLUSIVE MODE");
  options_.lock_timeout = milliseconds(400);
  options_.retry_budget = milliseconds(600);
  const auto report = UpgradeUntil([](const RunReport& seen) { return !seen.blockers.empty(); });
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
  const auto report = UpgradeUntil([](const RunReport& seen) { return seen.blockers.size() == 2; });
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
  options_.lock_timeout = std::chrono::seconds(30);
  int most = 0;
  int seen_in = 0;  // the attempt in which it was seen who is in the way
  int told = 0;
  std::stop_source stop;
  const auto report = Upgrade(AddColumn(), stop.get_token(), [&](const RunProgress& progress) {
    most = std::max(most, progress.attempt);
    if (progress.phase != RunProgress::Phase::kHeldBack || progress.blockers.empty()) return;
    if (told++ == 0) seen_in = progress.attempt;
    // It is told ten times in a second; behind the first attempt, another is due within 200 ms.
    if (told == 20) stop.request_stop();
  });
  EXPECT_EQ(report.outcome, Outcome::kCancelled);
  EXPECT_EQ(told, 20);
  EXPECT_EQ(most, seen_in);
  EXPECT_EQ(report.receipt.retries, seen_in - 1);
}

TEST_F(PatienceTest, OthersWaitForAnAttemptAndTheReceiptSaysHowLong) {
  Session reader = Other("reports", "BEGIN");
  ASSERT_TRUE(reader.Execute("SELECT * FROM public.a", {}));
  options_.lock_timeout = milliseconds(400);
  options_.retry_budget = {};
  std::atomic<bool> done = false;
  const std::jthread user([&] {
    while (!done) Query("SELECT * FROM a");  // ends each time, whatever the idle reader does
  });
  const auto report = UpgradeUntil(
      [](const RunReport& seen) { return seen.receipt.others_waited > milliseconds(0); });
  done = true;
  EXPECT_EQ(report.failure->sqlstate, "55P03");
  EXPECT_GT(report.receipt.others_waited, milliseconds(0));
}

TEST_F(PatienceTest, ADeadlockIsTriedAgain) {
  Query("CREATE TABLE c (id int)");
  Session other = Other("other", "BEGIN; LOCK TABLE public.c");
  std::once_flag once;
  std::jthread waiter;
  options_.lock_timeout = std::chrono::seconds(30);
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
  EXPECT_GE(report.receipt.retries, 1);
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
  const auto monitors = [&] {
    return Query(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '% monitor' AND datname "
        "= current_database()");
  };
  std::optional<Time> first;   // when 001 began
  std::optional<Time> second;  // when 002's statement did
  std::string at_second;       // how many there were then
  std::stop_source stop;
  const auto report = Upgrade(
      {MakeRevision("001", "", "SELECT 1"), MakeRevision("002", "001", "SELECT pg_sleep(100)")},
      stop.get_token(), [&](const RunProgress& progress) {
        if (!first) first = progress.began;
        if (progress.revision != "002" || progress.statement == 0) return;
        if (!second) {
          second = std::chrono::system_clock::now();
          at_second = monitors();
        } else if (monitors() == "1") {
          stop.request_stop();
        }
      });
  EXPECT_EQ(report.heads, Heads{"001"});
  EXPECT_EQ(report.outcome, Outcome::kCancelled) << "no monitor came";
  ASSERT_TRUE(first && second);
  // What takes longer than 30 ms is watched.
  if (*second - *first < milliseconds(30)) {
    EXPECT_EQ(at_second, "0");
  }
  EXPECT_TRUE(WaitUntil([&] { return monitors() == "0"; }));
}

}  // namespace
}  // namespace schemaop::testing
