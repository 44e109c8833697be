// The proxy before a real server and behind a real client.
#include "faultproxy/fault_proxy.h"

#include <memory>

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include "postgres/test_postgres.h"

namespace schemaop::testing {
namespace {

using Action = FaultPlan::Action;
using Moment = FaultPlan::Moment;

class FaultProxyTest : public ::testing::Test {
 protected:
  using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;

  void SetUp() override {
    server_.Query(database_, "CREATE TABLE t (n int)");
    connection_ = Connect();
    ASSERT_EQ(PQstatus(connection_.get()), CONNECTION_OK) << PQerrorMessage(connection_.get());
  }

  Connection Connect() const {
    const std::string url = "postgresql://postgres@127.0.0.1:" + std::to_string(proxy_.port()) +
                            "/" + database_ + "?connect_timeout=10";
    return {PQconnectdb(url.c_str()), &PQfinish};
  }

  bool Run(const char* sql) const {
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection_.get(), sql),
                                                               &PQclear);
    return PQresultStatus(result.get()) == PGRES_COMMAND_OK;
  }
  bool InsertAndCommit() const {
    EXPECT_TRUE(Run("BEGIN") && Run("INSERT INTO t VALUES (1)"));
    return Run("COMMIT");
  }
  bool IsLost() const { return PQstatus(connection_.get()) == CONNECTION_BAD; }
  std::string Rows() const { return server_.Query(database_, "SELECT count(*) FROM t"); }
  // Once nobody but the asker is connected: the server has done all it will do.
  void WaitForServer() const {
    EXPECT_TRUE(WaitUntil([&] {
      return server_.Query(database_,
                           "SELECT count(*) FROM pg_stat_activity WHERE datname = "
                           "current_database() AND pid <> pg_backend_pid()") == "0";
    }));
  }

  TestPostgres& server_ = TestPostgres::Shared();
  std::string database_ = server_.CreateDatabase();
  FaultProxy proxy_{server_.port()};
  Connection connection_{nullptr, &PQfinish};
};

TEST_F(FaultProxyTest, ForwardsBothWaysWhenNothingIsPlanned) {
  EXPECT_TRUE(InsertAndCommit());
  EXPECT_EQ(Rows(), "1");
  EXPECT_EQ(proxy_.connections(), 1);
  EXPECT_EQ(proxy_.struck(), 0);
}

TEST_F(FaultProxyTest, ACommitCutBeforeTheServerGetsItDoesNotHappen) {
  for (const Action action : {Action::kCut, Action::kReset}) {
    proxy_.Arm({.at = Query("COMMIT"), .moment = Moment::kBefore, .action = action});
    EXPECT_FALSE(InsertAndCommit());
    EXPECT_TRUE(IsLost());
    WaitForServer();
    EXPECT_EQ(Rows(), "0");
    connection_ = Connect();
  }
  EXPECT_EQ(proxy_.struck(), 2);
}

TEST_F(FaultProxyTest, ACommitWhoseAnswerIsCutHasHappened) {
  int rows = 0;
  for (const Action action : {Action::kCut, Action::kReset}) {
    proxy_.Arm({.at = CommandComplete("COMMIT"), .moment = Moment::kBefore, .action = action});
    EXPECT_FALSE(InsertAndCommit());
    EXPECT_TRUE(IsLost());
    EXPECT_EQ(Rows(), std::to_string(++rows));
    connection_ = Connect();
  }
}

TEST_F(FaultProxyTest, AMessageCutAfterwardsArrives) {
  proxy_.Arm({.at = Query("INSERT INTO t VALUES \\(7\\)"), .moment = Moment::kAfter});
  EXPECT_FALSE(Run("INSERT INTO t VALUES (7)"));
  EXPECT_TRUE(IsLost());
  WaitForServer();
  EXPECT_EQ(Rows(), "1");
}

TEST_F(FaultProxyTest, StrikesAtTheTurnAndOnlyOnce) {
  proxy_.Arm({.at = Query("INSERT.*"), .turn = 3});
  EXPECT_TRUE(Run("INSERT INTO t VALUES (1)"));
  EXPECT_TRUE(Run("INSERT INTO t VALUES (2)"));
  EXPECT_FALSE(Run("INSERT INTO t VALUES (3)"));
  connection_ = Connect();
  EXPECT_TRUE(Run("INSERT INTO t VALUES (4)"));
  EXPECT_EQ(Rows(), "3");
  EXPECT_EQ(proxy_.struck(), 1);
}

TEST_F(FaultProxyTest, ABlackholeKeepsTheConnectionAndSwallowsEverything) {
  proxy_.Arm({.at = Query("INSERT.*"), .action = Action::kBlackhole});
  ASSERT_EQ(PQsendQuery(connection_.get(), "INSERT INTO t VALUES (1)"), 1);
  ASSERT_TRUE(WaitUntil([&] { return proxy_.struck() == 1; }));
  EXPECT_EQ(PQconsumeInput(connection_.get()), 1);
  EXPECT_EQ(PQisBusy(connection_.get()), 1);
  EXPECT_EQ(proxy_.connections(), 1);
  EXPECT_EQ(Rows(), "0");
}

TEST_F(FaultProxyTest, ADelayedMessageArrives) {
  proxy_.Arm(
      {.at = Query("INSERT.*"), .action = Action::kDelay, .delay = std::chrono::milliseconds(50)});
  EXPECT_TRUE(Run("INSERT INTO t VALUES (1)"));
  EXPECT_EQ(proxy_.struck(), 1);
  EXPECT_EQ(Rows(), "1");
}

TEST_F(FaultProxyTest, ACancelRequestReachesTheServer) {
  ASSERT_EQ(PQsendQuery(connection_.get(), "SELECT pg_sleep(100)"), 1);
  ASSERT_TRUE(WaitUntil([&] {
    return server_.Query(database_,
                         "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT "
                         "pg_sleep(100)'") == "1";
  }));
  const std::unique_ptr<PGcancel, decltype(&PQfreeCancel)> cancel(PQgetCancel(connection_.get()),
                                                                  &PQfreeCancel);
  char error[256] = {};
  EXPECT_EQ(PQcancel(cancel.get(), error, sizeof(error)), 1) << error;
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQgetResult(connection_.get()),
                                                             &PQclear);
  EXPECT_STREQ(PQresultErrorField(result.get(), PG_DIAG_SQLSTATE), "57014");
}

TEST_F(FaultProxyTest, RefusesWhileToldToAndResetsWhatIsOpen) {
  proxy_.Refuse();
  EXPECT_EQ(PQstatus(Connect().get()), CONNECTION_BAD);
  EXPECT_TRUE(Run("INSERT INTO t VALUES (1)"));
  proxy_.ResetAll();
  EXPECT_TRUE(WaitUntil([&] { return proxy_.connections() == 0; }));
  EXPECT_FALSE(Run("INSERT INTO t VALUES (2)"));
  proxy_.Accept();
  EXPECT_EQ(PQstatus(Connect().get()), CONNECTION_OK);
}

}  // namespace
}  // namespace schemaop::testing
