#include "engine/migrate.h"

#include <future>
#include <thread>

#include "linear_project.h"
#include "postgres/ledger.h"

namespace schemaop::testing {
namespace {

using Outcome = RunReport::Outcome;

class MigrateTest : public LinearProject {};

TEST_F(MigrateTest, AppliesEveryRevisionWithItsVersionRowAndLedgerRow) {
  const auto report =
      Upgrade({MakeRevision("001", "", "CREATE TABLE a (id int); INSERT INTO a VALUES (1)"),
               MakeRevision("002", "001", "CREATE TABLE b (id int)")});
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(report.outcome, Outcome::kCompleted);
  EXPECT_EQ(report.heads, Heads{"002"});
  ASSERT_EQ(report.applied.size(), 2U);
  EXPECT_EQ(report.applied[1].revision, "002");
  EXPECT_EQ(Versions(), "002");
  EXPECT_EQ(Query("SELECT count(*) FROM a"), "1");
  EXPECT_TRUE(HasTable("b"));
  EXPECT_EQ(LedgerWords(), "applied:001 applied:002");
}

TEST_F(MigrateTest, CreatesTheVersionTableAsAlembicDoes) {
  Upgrade({MakeRevision("001", "", "SELECT 1")});
  EXPECT_EQ(Query("SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute "
                  "WHERE attrelid = 'alembic_version'::regclass AND attnum > 0"),
            "version_num|character varying(32)|t");
  EXPECT_EQ(Query("SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
                  "WHERE conrelid = 'alembic_version'::regclass"),
            "alembic_version_pkc|PRIMARY KEY (version_num)");
}

TEST_F(MigrateTest, FailureInAnyStatementLeavesNothingOfTheRevision) {
  const auto report = Upgrade(
      {MakeRevision("001", "", "CREATE TABLE a (id int)"),
       MakeRevision("002", "001", "CREATE TABLE b (id int);\nSELECT 1;\n  SELECT missing FROM b")});
  EXPECT_EQ(report.outcome, Outcome::kFailed);
  EXPECT_EQ(report.heads, Heads{"001"});
  ASSERT_EQ(report.applied.size(), 1U);
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(*report.failure, (StatementFailure{.revision = "002",
                                               .direction = Direction::kUpgrade,
                                               .file = "002.sql",
                                               .line = 3,
                                               .column = 10,
                                               .statement = 3,
                                               .sqlstate = "42703",
                                               .message = "column \"missing\" does not exist",
                                               .hint = "",
                                               .retryable = false}));
  EXPECT_EQ(report.error,
            (Error{ErrorCode::kRejected,
                   "002.sql:3:10: column \"missing\" does not exist (SQLSTATE 42703)"}));
  EXPECT_EQ(Versions(), "001");
  EXPECT_FALSE(HasTable("b"));
  EXPECT_EQ(LedgerWords(), "applied:001");
}

TEST_F(MigrateTest, FailureOfTheFirstRevisionLeavesAnUntouchedDatabase) {
  const auto report = Upgrade({MakeRevision("001", "", "CREATE TABLE a (id int); SELECT 1/0")});
  EXPECT_EQ(report.outcome, Outcome::kFailed);
  EXPECT_FALSE(HasTable("a"));
  EXPECT_FALSE(HasTable("alembic_version"));
  EXPECT_FALSE(HasTable("schemaversion.ledger"));
}

TEST_F(MigrateTest, ALedgerOfAnEarlierVersionIsExtended) {
  const auto first = MakeRevision("001", "", "CREATE TABLE a (id int)");
  ASSERT_EQ(Upgrade({first}).error, std::nullopt);
  Query(
      "ALTER TABLE schemaversion.ledger DROP COLUMN depends_on, DROP COLUMN down_transactional, "
      "DROP CONSTRAINT ledger_kind_check");
  const auto second = MakeRevision("002", "001", "CREATE TABLE b (id int); SELECT 1");
  EXPECT_EQ(Upgrade({first, second}).error, std::nullopt);
  EXPECT_EQ(Versions(), "002");
}

// Extending it keeps everybody from it until that is committed.
TEST_F(MigrateTest, ALedgerOfAnEarlierVersionCanBeReadWhileTheFirstRevisionRuns) {
  const auto first = MakeRevision("001", "", "CREATE TABLE a (id int)");
  const std::string waiting = "INSERT INTO a SELECT passed()";
  for (const Revision& second : {MakeRevision("002", "001", waiting),
                                 WithoutTransaction(MakeRevision("002", "001", waiting))}) {
    database_ = server_.CreateDatabase();
    options_ = OptionsFor(database_);
    ASSERT_EQ(Upgrade({first}).error, std::nullopt);
    Query(
        "ALTER TABLE schemaversion.ledger DROP COLUMN depends_on, DROP COLUMN down_transactional, "
        "DROP CONSTRAINT ledger_kind_check; CREATE TABLE gate (); "
        "CREATE FUNCTION passed() RETURNS int LANGUAGE plpgsql AS 'BEGIN WHILE NOT EXISTS (SELECT "
        "FROM gate) LOOP PERFORM pg_sleep(0.02); END LOOP; RETURN 1; END'");
    RunReport report;
    {
      const std::jthread runner([&] { report = Upgrade({first, second}); });
      EXPECT_TRUE(WaitUntil([&] {
        return Query(
                   "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND "
                   "datname = current_database()") == "1";
      }));
      auto seen =
          std::async(std::launch::async, [&] { return ObserveDatabase(options_, {}).has_value(); });
      EXPECT_EQ(seen.wait_for(std::chrono::seconds(20)), std::future_status::ready);
      Query("INSERT INTO gate DEFAULT VALUES");
      EXPECT_TRUE(seen.get());
    }
    EXPECT_EQ(report.error, std::nullopt);
    EXPECT_EQ(Query("SELECT count(*) FROM a"), "1");
  }
}

}  // namespace
}  // namespace schemaop::testing
