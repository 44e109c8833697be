// Runs through pgbouncer: refused where it shares sessions, before anything is set there.
#include <atomic>
#include <thread>

#include "linear_project.h"
#include "postgres/connect.h"
#include "postgres/test_pgbouncer.h"
#include "postgres/typed_connection.h"

namespace schemaop::testing {
namespace {

using Outcome = RunReport::Outcome;

class PoolerTest : public LinearProject {
 protected:
  void SetUp() override {
    if (!TestPgbouncer::IsInstalled()) GTEST_SKIP() << "the package pgbouncer is not installed";
  }
  void GoThrough(const TestPgbouncer& pooler) {
    options_.dsn = ParseDatabaseUrl(pooler.Url(database_)).value();
  }
  Error Refusal() const {
    return {ErrorCode::kUnsuitable,
            DsnLabel(options_.dsn) +
                " is reached through a connection pooler that gives each transaction another "
                "session (pgbouncer: pool_mode transaction or statement), where the migration lock "
                "does not hold; use the server's direct address, or a pool with pool_mode session"};
  }
  const Revision first_ = MakeRevision("001", "", "CREATE TABLE a (id int)");
};

TEST_F(PoolerTest, TransactionPoolingIsRefusedAndNothingIsLeftInItsSessions) {
  const TestPgbouncer pooler(server_, "transaction");
  GoThrough(pooler);
  const auto report = Upgrade({first_});
  EXPECT_EQ(report.outcome, Outcome::kFailed);
  EXPECT_EQ(report.error, Refusal());
  EXPECT_EQ(ObserveDatabase(options_, {}).error(), Refusal());
  EXPECT_FALSE(HasTable("a"));
  EXPECT_EQ(Query("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = "
                  "(SELECT oid FROM pg_database WHERE datname = current_database())"),
            "0");
  // The application's next transaction gets the session that ours was.
  const Dsn application = options_.dsn;
  auto open = OpenPgConnection(application, "an application", std::chrono::seconds(10), {});
  ASSERT_TRUE(open) << open.error().message;
  auto typed = TypedConnection::Adopt(open->connection.release()).value();
  EXPECT_EQ(typed->Query("SELECT current_setting('search_path')", {}, {})->front().Text(0),
            "\"$user\", public");
}

TEST_F(PoolerTest, StatementPoolingIsRefused) {
  const TestPgbouncer pooler(server_, "statement");
  GoThrough(pooler);
  EXPECT_EQ(Upgrade({first_}).error, Refusal());
  EXPECT_FALSE(HasTable("a"));
}

TEST_F(PoolerTest, TransactionPoolingIsRefusedWithManySessionsInThePoolToo) {
  const TestPgbouncer pooler(server_, "transaction");
  GoThrough(pooler);
  std::vector<std::unique_ptr<TypedConnection>> clients;
  for (int i = 0; i < 8; ++i) {
    auto open = OpenPgConnection(options_.dsn, "an application", std::chrono::seconds(10), {});
    ASSERT_TRUE(open);
    clients.push_back(TypedConnection::Adopt(open->connection.release()).value());
    ASSERT_TRUE(clients.back()->Query("BEGIN", {}, {}));
  }
  for (auto& client : clients) ASSERT_TRUE(client->Query("COMMIT", {}, {}));
  EXPECT_EQ(Upgrade({first_}).error, Refusal());
}

TEST_F(PoolerTest, SessionPoolingIsAsGoodAsNone) {
  const TestPgbouncer pooler(server_, "session");
  GoThrough(pooler);
  EXPECT_EQ(Upgrade({first_, WithoutTransaction(MakeRevision(
                                 "002", "001", "CREATE INDEX CONCURRENTLY i ON a (id)"))})
                .error,
            std::nullopt);
  EXPECT_EQ(Versions(), "002");
  EXPECT_EQ(ObserveDatabase(options_, {})->heads, Heads{"002"});
}

TEST_F(PoolerTest, SessionPoolingExcludesAnotherRunAndStopsWhenTold) {
  const TestPgbouncer pooler(server_, "session");
  GoThrough(pooler);
  std::stop_source stop;
  RunReport report;
  {
    const std::jthread runner([&] {
      report =
          Upgrade({first_, MakeRevision("002", "001", "SELECT pg_sleep(100)")}, stop.get_token());
    });
    EXPECT_TRUE(WaitUntil([&] {
      return Query(
                 "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(100)' AND "
                 "state = 'active' AND datname = current_database()") == "1";
    }));
    EXPECT_EQ(Upgrade({first_}).outcome, Outcome::kBusy);
    stop.request_stop();
  }
  EXPECT_EQ(report.outcome, Outcome::kCancelled);
  EXPECT_EQ(Versions(), "001");
}

}  // namespace
}  // namespace schemaop::testing
