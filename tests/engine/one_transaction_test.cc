// Transaction mode Single: all steps of a run or none.
#include <thread>

#include "linear_project.h"

namespace schemaop::testing {
namespace {

using Outcome = RunReport::Outcome;

class OneTransactionTest : public LinearProject {
 protected:
  OneTransactionTest() { options_.transaction_mode = TransactionMode::kSingle; }
};

std::vector<Revision> ThreeTables(const std::string& last = "CREATE TABLE c (id int)") {
  return {MakeRevision("001", "", "CREATE TABLE a (id int)", "DROP TABLE a"),
          MakeRevision("002", "001", "CREATE TABLE b (id int)", "DROP TABLE b"),
          MakeRevision("003", "002", last, "DROP TABLE c")};
}

TEST_F(OneTransactionTest, AllStepsAndTheirRowsAreOneTransaction) {
  const auto report = Upgrade(ThreeTables());
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(report.heads, Heads{"003"});
  ASSERT_EQ(report.applied.size(), 3U);
  EXPECT_EQ(report.applied[1].revision, "002");
  EXPECT_EQ(Versions(), "003");
  EXPECT_EQ(LedgerWords(), "applied:001 applied:002 applied:003");
  EXPECT_EQ(Query("SELECT count(DISTINCT transaction_id) FROM schemaversion.ledger"), "1");
  EXPECT_EQ(Query("SELECT count(DISTINCT xmin::text) FROM pg_class WHERE relname IN ('a','b','c')"),
            "1");
  ASSERT_EQ(Downgrade(ThreeTables()).error, std::nullopt);
  EXPECT_EQ(Versions(), "");
  EXPECT_EQ(Query("SELECT count(DISTINCT transaction_id) FROM schemaversion.ledger"), "2");
  EXPECT_FALSE(HasTable("a"));
}

TEST_F(OneTransactionTest, ARefusedStatementOfALaterStepLeavesNothingOfTheEarlierOnes) {
  std::vector<RunProgress> told;
  const auto report = Upgrade(ThreeTables("CREATE TABLE c (id int); SELECT nothing"), {},
                              [&](const RunProgress& progress) { told.push_back(progress); });
  EXPECT_EQ(report.outcome, Outcome::kFailed);
  EXPECT_EQ(report.error->message,
            "003.sql:1:33: column \"nothing\" does not exist (SQLSTATE 42703)");
  EXPECT_TRUE(report.applied.empty());
  EXPECT_EQ(report.heads, Heads{});
  EXPECT_FALSE(HasTable("a"));
  EXPECT_FALSE(HasTable("alembic_version"));
  ASSERT_EQ(told.size(), 4U);
  EXPECT_EQ(told.back().step, 3);
  EXPECT_EQ(told.back().statement, 2);
  for (const RunProgress& progress : told) {
    EXPECT_TRUE(progress.applied.empty()) << "revision " << progress.revision;
    EXPECT_TRUE(progress.heads.empty());
  }
}

TEST_F(OneTransactionTest, ConstraintsStayDeferredToTheEndOfTheRun) {
  const std::string tables =
      "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int REFERENCES p DEFERRABLE "
      "INITIALLY DEFERRED); INSERT INTO c VALUES (1)";
  EXPECT_EQ(Upgrade({MakeRevision("001", "", tables),
                     MakeRevision("002", "001", "INSERT INTO c VALUES (1)")})
                .error->message,
            "001.sql, 002.sql: at COMMIT: insert or update on table \"c\" violates foreign key "
            "constraint \"c_id_fkey\" (SQLSTATE 23503)");
  EXPECT_EQ(Upgrade({MakeRevision("001", "", tables),
                     MakeRevision("002", "001", "INSERT INTO p VALUES (1)")})
                .error,
            std::nullopt);
}

TEST_F(OneTransactionTest, AStepThatCannotBeInATransactionIsRefusedBeforeAnythingRuns) {
  auto revisions = ThreeTables();
  revisions[1] = WithoutTransaction(revisions[1]);
  const auto report = Upgrade(revisions);
  EXPECT_EQ(
      report.error,
      (Error{ErrorCode::kInvalid,
             "002.sql: the upgrade of revision 002 runs outside a transaction, so these steps "
             "cannot be one transaction: give each revision its own (transactionMode: "
             "PerRevision, --transaction-mode per-revision), or go to the revisions before and "
             "behind it in runs of their own; nothing was changed"}));
  EXPECT_FALSE(HasTable("a"));
  EXPECT_FALSE(HasTable("alembic_version"));
  EXPECT_EQ(Upgrade({revisions[0]}).outcome, Outcome::kCompleted) << "it is not on this way";
}

TEST_F(OneTransactionTest, AStepDoesNotSeeTheSettingsOfTheOneBefore) {
  const auto report = Upgrade(
      {MakeRevision("001", "",
                    "CREATE SCHEMA other; SET search_path = other; SET lock_timeout = 7; "
                    "CREATE TEMP TABLE leftover (id int); PREPARE p AS SELECT 1"),
       MakeRevision("002", "001",
                    "CREATE TABLE seen AS SELECT current_setting('search_path') AS path, "
                    "current_setting('lock_timeout') AS lock, to_regclass('leftover') AS temp, "
                    "(SELECT count(*) FROM pg_prepared_statements WHERE name = 'p') AS prepared")});
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(Query("SELECT path, lock, temp, prepared FROM public.seen"),
            "\"$user\", public|100ms||0");
}

TEST_F(OneTransactionTest, AStepThatGivesTheLockAwayIsNamed) {
  auto revisions = ThreeTables();
  revisions[1] = MakeRevision("002", "001", "SELECT pg_advisory_unlock_all()");
  EXPECT_EQ(
      Upgrade(revisions).error,
      (Error{ErrorCode::kRejected,
             "002.sql:1:1: the statement gave the migration lock away; take pg_advisory_unlock and "
             "pg_advisory_unlock_all out of it"}));
  EXPECT_FALSE(HasTable("a"));
}

TEST_F(OneTransactionTest, ADeferredConstraintIsReportedForAllStepsAtCommit) {
  const auto report =
      Upgrade({MakeRevision("001", "",
                            "CREATE TABLE a (id int PRIMARY KEY, other int REFERENCES a DEFERRABLE "
                            "INITIALLY DEFERRED); INSERT INTO a VALUES (1, 2)"),
               MakeRevision("002", "001", "CREATE TABLE b (id int)")});
  EXPECT_EQ(report.error->message,
            "001.sql, 002.sql: at COMMIT: insert or update on table \"a\" violates foreign key "
            "constraint \"a_other_fkey\" (SQLSTATE 23503)");
  EXPECT_TRUE(report.applied.empty());
  EXPECT_FALSE(HasTable("b"));
}

TEST_F(OneTransactionTest, ConnectionLostInCommitBeforeItHappenedLeavesNoStep) {
  const auto report = Upgrade(ThreeTables(
      InCommit("c", "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1)")));
  EXPECT_EQ(
      report.error,
      (Error{ErrorCode::kUnavailable,
             "the connection was lost while committing revisions 001, 002, 003; nothing of it "
             "was committed"}));
  EXPECT_TRUE(report.applied.empty());
  EXPECT_EQ(report.heads, Heads{});
  EXPECT_FALSE(HasTable("a"));
}

// A COMMIT that waits for a standby has happened locally when its session is ended.
TEST(OneLostCommitTest, ConnectionLostInCommitAfterItHappenedIsFoundCommittedForAllSteps) {
  const TestPostgres server({"synchronous_standby_names = 'nobody'", "synchronous_commit = local"});
  DatabaseOptions options;
  options.dsn = ParseDatabaseUrl(server.Url("postgres")).value();
  options.transaction_mode = TransactionMode::kSingle;
  // Within COMMIT: what a step sets is reset before it.
  const auto revisions = ThreeTables(
      "CREATE TABLE c (id int); CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
      "PERFORM set_config('synchronous_commit', 'on', true); RETURN NULL; END$$; "
      "CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON c DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
      "EXECUTE FUNCTION wait(); INSERT INTO c VALUES (1)");
  const RunReport report = UpgradeCutInACommit(server, options, revisions);
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(report.heads, Heads{"003"});
  EXPECT_EQ(report.applied.size(), 3U);
  EXPECT_EQ(server.Query("postgres", "SELECT version_num FROM alembic_version"), "003");
  EXPECT_EQ(server.Query("postgres", "SELECT count(*) FROM schemaversion.ledger"), "3");
}

}  // namespace
}  // namespace schemaop::testing
