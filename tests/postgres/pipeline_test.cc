#include "postgres/pipeline.h"

#include <chrono>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "postgres/session.h"
#include "postgres/test_postgres.h"

namespace schemaop::testing {
namespace {

class PipelineTest : public ::testing::Test {
 protected:
  PipelineTest()
      : database_(server_.CreateDatabase()),
        session_(Session::Connect({.dsn = ParseDatabaseUrl(server_.Url(database_)).value()}, {})
                     .value()) {
    EXPECT_TRUE(session_.Execute("BEGIN", {}));
  }

  // Stops `stop` once the server runs `query`.
  void StopDuring(const std::string& query, std::stop_source& stop) {
    EXPECT_TRUE(WaitUntil([&] {
      return server_.Query(database_, "SELECT count(*) FROM pg_stat_activity WHERE query = '" +
                                          query + "' AND state = 'active'") == "1";
    }));
    stop.request_stop();
  }

  TestPostgres& server_ = TestPostgres::Shared();
  std::string database_;
  Session session_;
};

TEST_F(PipelineTest, GivesTheTagsOfAllAndTheRowsOfThoseThatAreAskedForThem) {
  const PipelineAnswer answer =
      session_.Pipeline({.statements = {{"CREATE TABLE public.a (id int, t text)"},
                                        {"INSERT INTO public.a VALUES ($1::int, $2)", {"7", "x"}},
                                        {"SELECT id, t FROM public.a", {}, RowsUse::kKeep},
                                        {"SELECT 1"},
                                        {"SELECT NULL", {}, RowsUse::kKeep}}},
                        {});
  ASSERT_FALSE(answer.error) << answer.error->message;
  ASSERT_EQ(answer.done.size(), 5U);
  EXPECT_EQ(answer.done[0], (CommandResult{"CREATE TABLE"}));
  EXPECT_EQ(answer.done[1], (CommandResult{"INSERT 0 1"}));
  ASSERT_EQ(answer.done[2].rows.size(), 1U);
  EXPECT_EQ(answer.done[2].rows[0].Text(0) + answer.done[2].rows[0].Text(1), "7x");
  EXPECT_TRUE(answer.done[3].rows.empty());
  EXPECT_TRUE(answer.done[4].rows.front().IsNull(0));
  EXPECT_EQ(session_.transaction_state(), TransactionState::kOpen);
  EXPECT_TRUE(session_.Query("SELECT 1", {}, {})) << "the session goes on as before";
}

TEST_F(PipelineTest, TheFirstErrorEndsItWithItsPlace) {
  const PipelineAnswer answer =
      session_.Pipeline({.statements = {{"CREATE TABLE public.a (id int)"},
                                        {"SELECT 'ü', missing"},
                                        {"SELECT pg_sleep(1000)"}}},
                        {});
  ASSERT_TRUE(answer.error);
  EXPECT_EQ(answer.done.size(), 1U);
  EXPECT_EQ(answer.error->sqlstate, "42703");
  EXPECT_EQ(answer.error->position, 13);
  EXPECT_EQ(session_.transaction_state(), TransactionState::kFailed);
}

TEST_F(PipelineTest, SaysWhichStatementRunsWhileItRuns) {
  std::vector<std::string> moments;
  const PipelineAnswer answer =
      session_.Pipeline({.statements = {{"SELECT 1"}, {"SELECT pg_sleep(0.3)"}, {"SELECT 2"}},
                         .starting = [&](std::size_t n) { moments.push_back(std::to_string(n)); },
                         .told = 2,
                         .waiting =
                             [&] {
                               if (moments.back() == "1") moments.emplace_back("waits");
                             },
                         .tick = std::chrono::milliseconds(20)},
                        {});
  ASSERT_FALSE(answer.error);
  EXPECT_EQ(moments, (std::vector<std::string>{"0", "1", "waits"}));
}

TEST_F(PipelineTest, AStopCancelsTheStatementThatRunsAndLeavesTheSessionUsable) {
  std::stop_source stop;
  const std::jthread stopper([&] { StopDuring("SELECT pg_sleep(1000)", stop); });
  const PipelineAnswer answer = session_.Pipeline(
      {.statements = {{"SELECT 1"}, {"SELECT pg_sleep(1000)"}, {"SELECT pg_sleep(1001)"}}},
      stop.get_token());
  ASSERT_TRUE(answer.error);
  EXPECT_EQ(answer.done.size(), 1U);
  EXPECT_EQ(answer.error->code, ErrorCode::kCancelled);
  EXPECT_EQ(answer.error->message, "stopped on request");
  EXPECT_TRUE(session_.Execute("ROLLBACK", {}));
}

TEST_F(PipelineTest, ASessionThatEndsIsALostConnectionWithTheServersWord) {
  const PipelineAnswer answer = session_.Pipeline(
      {.statements = {{"SELECT pg_terminate_backend(pg_backend_pid())"}, {"SELECT 1"}}}, {});
  ASSERT_TRUE(answer.error);
  EXPECT_EQ(answer.done.size(), 0U);
  EXPECT_EQ(answer.error->code, ErrorCode::kUnavailable);
  EXPECT_EQ(answer.error->sqlstate, "57P01");
  EXPECT_FALSE(session_.connected());
  EXPECT_EQ(session_.Pipeline({.statements = {{"SELECT 1"}}}, {}).error->message,
            "the connection to the server was lost");
}

TEST_F(PipelineTest, RowsNobodyAsksForAndLongTextsPass) {
  const std::string text(300'000, 'x');
  const PipelineAnswer answer = session_.Pipeline(
      {.statements = {{"SELECT generate_series(1, 300000)"},
                      {"SELECT pg_catalog.length($1::text)", {text}, RowsUse::kKeep},
                      {"SELECT '" + text + "'", {}, RowsUse::kKeep}}},
      {});
  ASSERT_FALSE(answer.error);
  EXPECT_EQ(answer.done[0], (CommandResult{"SELECT 300000"}));
  EXPECT_EQ(answer.done[1].rows.front().Text(0), "300000");
  EXPECT_EQ(answer.done[2].rows.front().Text(0), text);
}

TEST_F(PipelineTest, CopyIsRefusedInsteadOfWaitedFor) {
  for (const std::string copy : {"COPY (SELECT 1) TO STDOUT", "COPY pg_class FROM STDIN"}) {
    auto session =
        Session::Connect({.dsn = ParseDatabaseUrl(server_.Url(database_)).value()}, {}).value();
    ASSERT_TRUE(session.Execute("BEGIN", {}));
    const PipelineAnswer answer = session.Pipeline({.statements = {{copy}, {"SELECT 1"}}}, {});
    ASSERT_TRUE(answer.error) << copy;
    EXPECT_NE(answer.error->code, ErrorCode::kCancelled);
    EXPECT_EQ(answer.done.size(), 0U);
  }
}

}  // namespace
}  // namespace schemaop::testing
