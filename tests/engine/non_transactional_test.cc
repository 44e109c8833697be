// Statements that run outside a transaction, and what becomes of them when a run is cut off.
#include <thread>

#include "base/sha256.h"
#include "engine/interrupted_statement.h"
#include "engine/own_transaction.h"
#include "linear_project.h"

namespace schemaop::testing {
namespace {

using Outcome = RunReport::Outcome;

class NonTransactionalTest : public LinearProject {
 protected:
  NonTransactionalTest() { Query("CREATE TABLE a (id int); INSERT INTO a VALUES (1), (1)"); }

  static Revision Indexed(const std::string& sql) {
    return WithoutTransaction(MakeRevision("001", "", sql));
  }
  // Leaves the journal as a run that died in the first statement of `revision` does.
  void WriteIntent(const Revision& revision) const {
    auto database = TargetDatabase::Open(options_, {}).value();
    auto transaction = OwnTransaction::Begin(*database, {});
    ASSERT_TRUE(transaction && database->CreateMissing({}));
    LedgerRow row;
    row.kind = LedgerKind::kIntent;
    row.revision = revision.id;
    row.statement = 1;
    row.checksum = Sha256Hex(revision.upgrade.statements.front().text);
    ASSERT_TRUE(database->ledger().Append(row, {}));
    ASSERT_EQ(transaction->Commit({}).kind, CommitOutcome::Kind::kCommitted);
  }
  std::string IndexState(const std::string& name) const {
    return Query("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('" + name + "')");
  }
};

TEST_F(NonTransactionalTest, JournalsEachStatementAndRecordsTheRevisionAtTheEnd) {
  const auto report = Upgrade({Indexed("CREATE INDEX CONCURRENTLY i ON a (id); VACUUM a")});
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(IndexState("i"), "t");
  EXPECT_EQ(Versions(), "001");
  EXPECT_EQ(LedgerWords(), "intent:001 done:001 intent:001 done:001 applied:001");
}

TEST_F(NonTransactionalTest, RefusedStatementIsRunAgainAndDoneOnesAreNot) {
  const auto revision = Indexed(
      "CREATE INDEX CONCURRENTLY i ON a (id); CREATE UNIQUE INDEX CONCURRENTLY u ON a (id)");
  const auto report = Upgrade({revision});
  EXPECT_EQ(report.outcome, Outcome::kFailed);
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->sqlstate, "23505");
  EXPECT_EQ(report.failure->statement, 2);
  EXPECT_EQ(report.heads, Heads{});
  EXPECT_FALSE(HasTable("u")) << "the invalid unique index has to be dropped at once";
  Query("DELETE FROM a");
  EXPECT_EQ(Upgrade({revision}).error, std::nullopt);
  EXPECT_EQ(LedgerWords(),
            "intent:001 done:001 intent:001 failed:001 intent:001 done:001 applied:001");
  EXPECT_EQ(IndexState("u"), "t");
}

TEST_F(NonTransactionalTest, FinishedIndexOfACutOffRunIsTakenAsDone) {
  const auto revision = Indexed("CREATE INDEX CONCURRENTLY i ON a (id)");
  WriteIntent(revision);
  Query("CREATE INDEX i ON a (id)");
  EXPECT_EQ(Upgrade({revision}).error, std::nullopt);
  EXPECT_EQ(LedgerWords(), "intent:001 done:001 applied:001");
}

TEST_F(NonTransactionalTest, InvalidIndexOfACutOffRunIsBuiltAnew) {
  const auto revision = Indexed("CREATE INDEX CONCURRENTLY IF NOT EXISTS \"I\" ON public.a (id)");
  WriteIntent(revision);
  Query(
      "CREATE INDEX \"I\" ON a (id);"
      "UPDATE pg_index SET indisvalid = false WHERE indexrelid = '\"I\"'::regclass");
  EXPECT_EQ(Upgrade({revision}).error, std::nullopt);
  EXPECT_EQ(IndexState("\"I\""), "t");
  EXPECT_EQ(LedgerWords(), "intent:001 intent:001 done:001 applied:001");
}

TEST_F(NonTransactionalTest, StatementWhoseEffectCannotBeProvedIsInDoubtUntilAPersonStamps) {
  const auto revision = Indexed("INSERT INTO a VALUES (7)");
  WriteIntent(revision);
  const auto report = Upgrade({revision});
  EXPECT_EQ(report.outcome, Outcome::kInDoubt);
  EXPECT_EQ(
      report.error,
      (Error{
          ErrorCode::kInDoubt,
          "001.sql:1:1: an earlier run was cut off in this statement, which runs outside a "
          "transaction, and its effect cannot be proved; if it took effect, finish revision 001 "
          "by hand and stamp 001; if it did not, stamp the revision the database is at to have it "
          "run again"}));
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->statement, 1);
  EXPECT_EQ(Query("SELECT count(*) FROM a"), "2");

  const auto stamped =
      Stamp(options_, [](const DatabaseState&) -> Result<StampPlan> { return StampPlan{}; },
            {"a person"}, {});
  EXPECT_EQ(stamped.error, std::nullopt);
  EXPECT_EQ(Upgrade({revision}).error, std::nullopt);
  EXPECT_EQ(Query("SELECT count(*) FROM a"), "3");
}

TEST_F(NonTransactionalTest, ChangedStatementOfACutOffRunIsRefused) {
  WriteIntent(Indexed("CREATE INDEX CONCURRENTLY i ON a (id)"));
  EXPECT_EQ(Upgrade({Indexed("CREATE INDEX CONCURRENTLY j ON a (id)")}).error,
            (Error{ErrorCode::kConflict,
                   "001.sql:1:1: the statement was changed after it had been run"}));
}

TEST_F(NonTransactionalTest, StopLeavesNoInvalidIndexAndCanBeTakenUpAgain) {
  const auto blocker = [&] {
    auto session = Session::Connect({.dsn = options_.dsn}, {}).value();
    EXPECT_TRUE(session.Execute("BEGIN", {}) &&
                session.Execute("INSERT INTO public.a VALUES (2)", {}));
    return session;
  };
  const auto revision = Indexed("CREATE INDEX CONCURRENTLY i ON a (id)");
  std::stop_source stop;
  RunReport report;
  {
    auto writer = std::make_unique<Session>(blocker());
    const std::jthread runner([&] { report = Upgrade({revision}, stop.get_token()); });
    EXPECT_TRUE(WaitUntil([&] {
      return Query(
                 "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX C%' "
                 "AND wait_event_type = 'Lock' AND datname = current_database()") == "1";
    }));
    stop.request_stop();
    EXPECT_TRUE(WaitUntil([&] {
      return Query(
                 "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX C%' "
                 "AND state = 'active' AND datname = current_database()") == "0";
    }));
    writer.reset();
  }
  EXPECT_EQ(report.outcome, Outcome::kCancelled);
  EXPECT_FALSE(HasTable("i"));
  EXPECT_EQ(Upgrade({revision}).error, std::nullopt);
  EXPECT_EQ(IndexState("i"), "t");
}

TEST_F(NonTransactionalTest, DeadlineEndsAStatement) {
  options_.non_transactional_timeout = std::chrono::milliseconds(100);
  const auto report = Upgrade({Indexed("SELECT pg_sleep(100)")});
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->message, "cancelled: the statement took longer than it may");
  EXPECT_EQ(LedgerWords(), "intent:001 failed:001");
}

TEST_F(NonTransactionalTest, LostConnectionIsRetryableAndVerifiedByTheNextRun) {
  const auto revision = Indexed("VACUUM a; SELECT pg_sleep(100)");
  RunReport report;
  {
    const std::jthread runner([&] { report = Upgrade({revision}); });
    EXPECT_TRUE(WaitUntil([&] {
      return Query(
                 "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                 "WHERE query = 'SELECT pg_sleep(100)' AND datname = current_database()") == "1";
    }));
  }
  EXPECT_EQ(report.error->code, ErrorCode::kUnavailable);
  EXPECT_TRUE(report.failure->retryable);
  EXPECT_EQ(Upgrade({revision}).outcome, Outcome::kInDoubt);
}

TEST(ParseConcurrentIndexTest, FindsTheIndex) {
  struct Case {
    const char* sql;
    std::optional<ConcurrentIndex> index;
  };
  for (const Case& c : {
           Case{"create unique index concurrently if not exists I on only S.\"T t\" (a)",
                ConcurrentIndex{true, "i", "s", "T t"}},
           Case{"CREATE INDEX CONCURRENTLY \"a\"\"b\" ON t USING gin (x)",
                ConcurrentIndex{true, "a\"b", "", "t"}},
           Case{"DROP INDEX CONCURRENTLY IF EXISTS s.i", ConcurrentIndex{false, "i", "s", ""}},
           Case{"DROP INDEX CONCURRENTLY a, b", std::nullopt},
           Case{"CREATE INDEX CONCURRENTLY ON t (a)", std::nullopt},
           Case{"CREATE INDEX i ON t (a)", std::nullopt},
           Case{"CREATE INDEX CONCURRENTLY \"open", std::nullopt},
           Case{"VACUUM", std::nullopt},
           Case{"", std::nullopt},
       }) {
    EXPECT_EQ(ParseConcurrentIndex(c.sql), c.index) << c.sql;
  }
}

}  // namespace
}  // namespace schemaop::testing
