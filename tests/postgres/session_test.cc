#include "postgres/session.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "postgres/test_postgres.h"

namespace schemaop::testing {
namespace {

class SessionTest : public ::testing::Test {
 protected:
  SessionTest()
      : database_(server_.CreateDatabase()),
        session_(Session::Connect({.dsn = ParseDatabaseUrl(server_.Url(database_)).value(),
                                   .application_name = "session test"},
                                  {})
                     .value()) {}

  std::string Text(const std::string& sql) {
    auto rows = session_.Query(sql, {}, {});
    return rows ? rows->front().Text(0) : rows.error().message;
  }

  TestPostgres& server_ = TestPostgres::Shared();
  std::string database_;
  Session session_;
};

TEST_F(SessionTest, SetsWhatWeRelyOn) {
  EXPECT_EQ(Text("SELECT current_setting('search_path')"), "pg_catalog, pg_temp");
  EXPECT_EQ(Text("SELECT current_setting('client_connection_check_interval')"), "1s");
  EXPECT_EQ(Text("SELECT current_setting('application_name')"), "session test");
  EXPECT_EQ(Text("SELECT current_setting('client_encoding')"), "UTF8");
}

TEST_F(SessionTest, ResetKeepsAdvisoryLocks) {
  Text("SELECT pg_advisory_lock(7)");
  Text("SELECT set_config('work_mem', '5MB', false)");
  ASSERT_TRUE(session_.ResetState({}));
  EXPECT_EQ(
      Text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"),
      "1");
  EXPECT_EQ(Text("SELECT current_setting('work_mem')"), "4MB");
}

TEST_F(SessionTest, GivesTheTagOfAStatement) {
  EXPECT_EQ(session_.Execute("CREATE TABLE public.a (id int)", {}).value(),
            (CommandResult{"CREATE TABLE"}));
  EXPECT_EQ(session_.Execute("INSERT INTO public.a VALUES (1), (2)", {}).value(),
            (CommandResult{"INSERT 0 2"}));
}

TEST_F(SessionTest, CommitOfAFailedTransactionIsAnsweredWithRollback) {
  ASSERT_TRUE(session_.Execute("BEGIN", {}));
  ASSERT_FALSE(session_.Execute("SELECT 1/0", {}));
  EXPECT_EQ(session_.transaction_state(), TransactionState::kFailed);
  EXPECT_EQ(session_.Execute("COMMIT", {}).value(), (CommandResult{"ROLLBACK"}));
}

TEST_F(SessionTest, KeepsEveryFieldOfAnError) {
  ASSERT_TRUE(
      session_.Execute("CREATE TABLE public.a (id int CONSTRAINT small CHECK (id < 10))", {}));
  const auto error = session_.Execute("INSERT INTO public.a VALUES (11)", {}).error();
  EXPECT_EQ(error.severity, "ERROR");
  EXPECT_EQ(error.sqlstate, "23514");
  EXPECT_EQ(error.code, ErrorCode::kRejected);
  EXPECT_EQ(error.detail, "Failing row contains (11).");
  EXPECT_EQ(error.schema + "." + error.table + " " + error.constraint, "public.a small");
  EXPECT_EQ(ToError(error).message,
            "new row for relation \"a\" violates check constraint \"small\" (SQLSTATE 23514)");
  const auto position = session_.Execute("SELECT 'ü', missing", {}).error();
  EXPECT_EQ(position.position, 13);
}

TEST_F(SessionTest, PassesNoticesOnWithTheirFields) {
  std::vector<SqlError> notices;
  session_.SetNoticeSink([&](const SqlError& notice) { notices.push_back(notice); });
  ASSERT_TRUE(session_.Execute("DO $$BEGIN RAISE NOTICE 'hello' USING HINT = 'wave'; END$$", {}));
  ASSERT_TRUE(session_.Query("SELECT 1", {}, {}));
  ASSERT_TRUE(session_.Execute("DO $$BEGIN RAISE WARNING 'again'; END$$", {}));
  ASSERT_EQ(notices.size(), 2U);
  EXPECT_EQ(notices[0].severity + ": " + notices[0].message + ", " + notices[0].hint,
            "NOTICE: hello, wave");
  EXPECT_EQ(notices[1].message, "again");
}

TEST_F(SessionTest, RefusesCopyToStdoutAndGoesOn) {
  EXPECT_EQ(
      session_.Execute("COPY (SELECT generate_series(1, 100000)) TO STDOUT", {}).error().message,
      "COPY TO STDOUT has nowhere to go; remove it, or copy to a table");
  EXPECT_EQ(Text("SELECT 1"), "1");
}

TEST_F(SessionTest, RefusesCopyFromStdinWithoutData) {
  ASSERT_TRUE(session_.Execute("CREATE TABLE public.a (id int)", {}));
  const auto error = session_.Execute("COPY public.a FROM STDIN", {}).error();
  EXPECT_EQ(error.message, "COPY from stdin failed: COPY FROM STDIN has no data");
  EXPECT_EQ(error.code, ErrorCode::kRejected);
  EXPECT_EQ(Text("SELECT 1"), "1");
}

TEST_F(SessionTest, ThrowsRowsAwayAsTheyCome) {
  EXPECT_EQ(session_.Execute("SELECT generate_series(1, 300000)", {}).value().tag, "SELECT 300000");
}

TEST_F(SessionTest, StopCancelsAStatementAndLeavesTheSessionUsable) {
  std::stop_source stop;
  const std::jthread stopper([&] {
    EXPECT_TRUE(WaitUntil([&] {
      return server_.Query(
                 database_,
                 "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(1000)'") ==
             "1";
    }));
    stop.request_stop();
  });
  const auto error = session_.Execute("SELECT pg_sleep(1000)", stop.get_token()).error();
  EXPECT_EQ(error.code, ErrorCode::kCancelled);
  EXPECT_EQ(error.message, "stopped on request");
  EXPECT_EQ(Text("SELECT 1"), "1");
}

TEST_F(SessionTest, DeadlineCancelsAStatement) {
  const auto error =
      session_
          .Execute({.sql = "SELECT pg_sleep(1000)",
                    .copy_data = {},
                    .deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(50)},
                   {})
          .error();
  EXPECT_EQ(error.code, ErrorCode::kRejected);
  EXPECT_EQ(error.message, "cancelled: the statement took longer than it may");
}

TEST_F(SessionTest, StopEndsATypedQuery) {
  std::stop_source stop;
  const std::jthread stopper([&] {
    EXPECT_TRUE(WaitUntil([&] {
      return server_.Query(
                 database_,
                 "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(1000)'") ==
             "1";
    }));
    stop.request_stop();
  });
  EXPECT_EQ(session_.Query("SELECT pg_sleep(1000)", {}, stop.get_token()).error().code,
            ErrorCode::kCancelled);
}

TEST_F(SessionTest, LostConnectionIsSaidOnceAndNeverReopened) {
  const std::string pid = std::to_string(session_.backend_pid());
  server_.Query(database_, "SELECT pg_terminate_backend(" + pid + ")");
  EXPECT_TRUE(WaitUntil([&] {
    return server_.Query(database_, "SELECT count(*) FROM pg_stat_activity WHERE pid = " + pid) ==
           "0";
  }));
  const auto first = session_.Query("SELECT 1", {}, {});
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(first.error().message, "the connection to the server was lost");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(session_.Query("SELECT 1", {}, {}).error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(session_.Execute("SELECT 1", {}).error().code, ErrorCode::kUnavailable);
  }
  EXPECT_FALSE(session_.connected());
}

TEST_F(SessionTest, TypedQueriesKnowTheirSqlState) {
  EXPECT_EQ(session_.Query("SELECT * FROM missing", {}, {}).error().sqlstate, "42P01");
  server_.Query(database_,
                "CREATE ROLE weak_" + database_ + " LOGIN PASSWORD 'x'; CREATE TABLE a (id int)");
  ASSERT_TRUE(session_.Execute("SET ROLE weak_" + database_, {}));
  const auto denied = session_.Query("SELECT * FROM public.a", {}, {}).error();
  EXPECT_EQ(denied.sqlstate, "42501");
  EXPECT_EQ(denied.code, ErrorCode::kDenied);
  EXPECT_EQ(denied.message, "permission denied for table a");
}

TEST_F(SessionTest, TypedQueriesTakeAnyTextAsParameter) {
  const std::string text = "it's \"quoted\" \\ $1 🐘\n";
  EXPECT_EQ(session_.Query("SELECT $1::text, NULL, $2::int", {text, "42"}, {})->front().Text(0),
            text);
}

}  // namespace
}  // namespace schemaop::testing
