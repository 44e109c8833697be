// What submitted SQL may do to the transaction and the session it runs in.
#include "engine/own_transaction.h"
#include "engine/session_guard.h"
#include "linear_project.h"
#include "postgres/dsn.h"

namespace schemaop::testing {
namespace {

using Outcome = RunReport::Outcome;

class TransactionGuardTest : public LinearProject {};

TEST_F(TransactionGuardTest, SettingsAndTemporaryTablesOfOneRevisionDoNotReachTheNext) {
  const auto report = Upgrade(
      {MakeRevision(
           "001", "",
           "SET search_path = pg_catalog; SET work_mem = '5MB'; CREATE TEMP TABLE t (id int);"
           "SET lock_timeout = 7; PREPARE p AS SELECT 1"),
       MakeRevision(
           "002", "001",
           "CREATE TABLE seen AS SELECT current_setting('search_path') AS path, "
           "current_setting('work_mem') AS memory, current_setting('lock_timeout') AS lock, "
           "to_regclass('pg_temp.t') IS NULL AS no_table, "
           "(SELECT count(*) FROM pg_prepared_statements WHERE name = 'p') AS prepared")});
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(Query("SELECT * FROM public.seen"), "\"$user\", public|4MB|100ms|t|0");
}

TEST_F(TransactionGuardTest, SessionSearchPathOfARevisionDoesNotMoveTheVersionTable) {
  const auto report =
      Upgrade({MakeRevision("001", "", "SELECT pg_catalog.set_config('search_path', '', false)"),
               MakeRevision("002", "001", "CREATE TABLE b (id int)")});
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(Versions(), "002");
  EXPECT_TRUE(HasTable("public.b"));
}

TEST_F(TransactionGuardTest, FunctionsInPublicCannotShadowOurOwnStatements) {
  Query(
      "CREATE FUNCTION public.txid_current() RETURNS bigint LANGUAGE sql AS 'SELECT 1/0::bigint';"
      "CREATE FUNCTION public.max(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 1/0::bigint'");
  options_.search_path = {"public", "pg_catalog"};
  EXPECT_EQ(Upgrade({MakeRevision("001", "", "SELECT 1")}).error, std::nullopt);
}

TEST_F(TransactionGuardTest, DeferredConstraintFailsAtCommitAndRollsBack) {
  const auto report = Upgrade({MakeRevision("001", "",
                                            "CREATE TABLE p (id int PRIMARY KEY);"
                                            "CREATE TABLE c (id int REFERENCES p DEFERRABLE "
                                            "INITIALLY DEFERRED); INSERT INTO c VALUES (1)")});
  EXPECT_EQ(report.outcome, Outcome::kFailed);
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->sqlstate, "23503");
  EXPECT_EQ(report.failure->statement, 0);
  EXPECT_EQ(report.error->message,
            "001.sql: at COMMIT: insert or update on table \"c\" violates foreign key constraint "
            "\"c_id_fkey\" (SQLSTATE 23503)");
  EXPECT_FALSE(HasTable("p"));
  EXPECT_FALSE(HasTable("alembic_version"));
}

TEST_F(TransactionGuardTest, CopyDataIsLoadedWithTheRevision) {
  std::string rows;
  for (int i = 0; i < 50000; ++i) rows += std::to_string(i) + "\tname " + std::to_string(i) + "\n";
  const auto report = Upgrade({MakeRevision(
      "001", "",
      "CREATE TABLE a (id int, name text);\nCOPY a FROM STDIN;\n" + rows + "\\.\nSELECT 1")});
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(Query("SELECT count(*), sum(id) FROM a"), "50000|1249975000");
}

TEST_F(TransactionGuardTest, BadCopyDataFailsTheRevision) {
  const auto report = Upgrade(
      {MakeRevision("001", "", "CREATE TABLE a (id int);\nCOPY a FROM STDIN;\n1\nx\n\\.\n")});
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->sqlstate, "22P02");
  EXPECT_EQ(report.failure->line, 2);
  EXPECT_FALSE(HasTable("a"));
}

TEST_F(TransactionGuardTest, ErrorPositionsCountCharactersNotBytes) {
  const auto report = Upgrade(
      {MakeRevision("001", "", "SELECT 1;\n\nSELECT 'Grüße 🐘',\n  '日本', missing FROM pg_class")});
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->line, 4);
  EXPECT_EQ(report.failure->column, 9);
}

TEST_F(TransactionGuardTest, DetailWithRowValuesIsNotReported) {
  const auto report = Upgrade({MakeRevision(
      "001", "",
      "CREATE TABLE a (secret text PRIMARY KEY); INSERT INTO a VALUES ('hunter2'), ('hunter2')")});
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->message, "duplicate key value violates unique constraint \"a_pkey\"");
  EXPECT_EQ(report.error->message.find("hunter2"), std::string::npos);
}

// A cancel that meets the guard's question leaves a failed transaction behind it.
TEST_F(TransactionGuardTest, AStopInTheQuestionIsNotLaidToTheStatement) {
  auto database = TargetDatabase::Open(options_, {}).value();
  auto transaction = OwnTransaction::Begin(*database, {});
  ASSERT_TRUE(transaction && database->CreateMissing({}));
  const SessionGuard guard(*database, *transaction, {}, 0);
  ASSERT_FALSE(database->session().Execute("SELECT 1 / 0", {}));
  const SqlError stopped{.code = ErrorCode::kCancelled, .message = "stopped on request"};
  const PipelineAnswer answer{.done = {}, .error = stopped};
  EXPECT_EQ(guard.Judge(answer, SessionGuard::Culprit::kStatement, {}).error(),
            (Error{ErrorCode::kCancelled, "stopped on request"}));
  ASSERT_TRUE(database->session().Execute("ROLLBACK", {}));
  EXPECT_EQ(guard.Judge(answer, SessionGuard::Culprit::kStatement, {}).error().code,
            ErrorCode::kRejected);
}

}  // namespace
}  // namespace schemaop::testing
