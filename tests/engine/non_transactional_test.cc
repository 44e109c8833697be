// Statements that run outside a transaction, and what becomes of them when a run is cut off.
#include <thread>

#include "base/sha256.h"
#include "engine/own_transaction.h"
#include "engine/resolve_statement.h"
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
  // Leaves the journal as a run that died in statement `number` of `revision` does.
  void WriteIntent(const Revision& revision, const std::string& note = "", int number = 1) const {
    auto database = TargetDatabase::Open(options_, {}).value();
    auto transaction = OwnTransaction::Begin(*database, {});
    ASSERT_TRUE(transaction && database->CreateMissing({}));
    LedgerRow row;
    row.kind = LedgerKind::kIntent;
    row.revision = revision.id;
    row.message = note;
    row.statement = number;
    row.up_sql = revision.upgrade.statements[static_cast<std::size_t>(number) - 1].text;
    row.checksum = Sha256Hex(row.up_sql);
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

// A procedure may commit as it likes, so nobody can tell how far it came.
constexpr const char* kOpaque = "DO $$BEGIN INSERT INTO a VALUES (7); COMMIT; END$$";

TEST_F(NonTransactionalTest, StatementWhoseEffectCannotBeProvedIsInDoubt) {
  const auto revision = Indexed(kOpaque);
  WriteIntent(revision);
  const auto report = Upgrade({revision});
  EXPECT_EQ(report.outcome, Outcome::kInDoubt);
  EXPECT_EQ(
      report.error,
      (Error{ErrorCode::kInDoubt,
             "001.sql:1:1: an earlier run was cut off in this statement, which runs outside a "
             "transaction, and its effect cannot be proved: look whether it took effect, then run: "
             "schemactl resolve 001 --done, or when it did not: schemactl resolve 001 --retry"}));
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->statement, 1);
  EXPECT_FALSE(report.failure->in_transaction);
  EXPECT_EQ(Query("SELECT count(*) FROM a"), "2");
}

TEST_F(NonTransactionalTest, StampSettlesADoubtAsNotHappened) {
  const auto revision = Indexed(kOpaque);
  WriteIntent(revision);
  const auto stamped =
      Stamp(options_, [](const DatabaseState&) -> Result<StampPlan> { return StampPlan{}; },
            {"a person"}, {});
  EXPECT_EQ(stamped.error, std::nullopt);
  EXPECT_EQ(Upgrade({revision}).error, std::nullopt);
  EXPECT_EQ(Query("SELECT count(*) FROM a"), "3");
}

TEST_F(NonTransactionalTest, ResolvedAsDoneIsNotRepeated) {
  const auto revision = Indexed(kOpaque);
  WriteIntent(revision);
  const auto resolved = ResolveStatement(options_, "001", Resolution::kDone, {"a person"}, {});
  ASSERT_TRUE(resolved);
  EXPECT_EQ(resolved->statement, 1);
  EXPECT_EQ(resolved->sql, kOpaque);
  EXPECT_EQ(Upgrade({revision}).error, std::nullopt);
  EXPECT_EQ(Query("SELECT count(*) FROM a"), "2");
  EXPECT_EQ(LedgerWords(), "intent:001 resolved:001 applied:001");
  EXPECT_EQ(
      Query("SELECT actor || ' ' || message FROM schemaversion.ledger WHERE kind = 'resolved'"),
      "a person done");
}

TEST_F(NonTransactionalTest, ResolvedToRetryIsSentAgainThoughItsTextMayHaveChanged) {
  WriteIntent(Indexed(kOpaque));
  ASSERT_TRUE(ResolveStatement(options_, "001", Resolution::kRetry, {"a person"}, {}));
  const auto changed = Indexed(std::string(kOpaque) + " -- again");
  EXPECT_EQ(Upgrade({changed}).error, std::nullopt);
  EXPECT_EQ(Query("SELECT count(*) FROM a"), "3");
  EXPECT_EQ(LedgerWords(), "intent:001 resolved:001 intent:001 done:001 applied:001");
}

TEST_F(NonTransactionalTest, NothingIsResolvedThatIsNotInDoubt) {
  // The session of the call before may still be on its way out, and holds the lock so long.
  options_.lock_wait = std::chrono::seconds(60);
  const auto refused = [&](const RevisionId& id) {
    const auto resolved = ResolveStatement(options_, id, Resolution::kDone, {"a person"}, {});
    return resolved ? "resolved" : resolved.error().error->message;
  };
  const std::string nothing =
      "nothing to resolve: no statement of revision 001 is in doubt; 'schemactl ledger' shows what "
      "ran";
  EXPECT_EQ(refused("001"), nothing) << "no ledger at all";
  WriteIntent(Indexed(kOpaque));
  ASSERT_EQ(refused("001"), "resolved");
  EXPECT_EQ(refused("001"), nothing) << "it is settled already";
  Revision other = Indexed("CREATE INDEX CONCURRENTLY i ON a (id)");
  other.id = "002";
  WriteIntent(other);
  EXPECT_EQ(refused("002"),
            "nothing to resolve: what became of statement 1 of revision 002 can be seen in the "
            "database, and the next upgrade or downgrade finds it out");
}

TEST_F(NonTransactionalTest, StatementThatMayRunInATransactionIsCommittedWithItsRow) {
  const auto report =
      Upgrade({Indexed("INSERT INTO a VALUES (7); VACUUM a; INSERT INTO missing VALUES (1)")});
  EXPECT_EQ(report.outcome, Outcome::kFailed);
  EXPECT_EQ(report.failure->statement, 3);
  EXPECT_EQ(LedgerWords(), "done:001 intent:001 done:001");
  EXPECT_EQ(Query("SELECT count(*) FROM a"), "3");
  Query("CREATE TABLE missing (id int)");
  EXPECT_EQ(Upgrade({Indexed("INSERT INTO a VALUES (7); VACUUM a; INSERT INTO missing VALUES (1)")})
                .error,
            std::nullopt);
  EXPECT_EQ(Query("SELECT count(*) FROM a"), "3");
}

TEST_F(NonTransactionalTest, AStatementThatChangedOurTablesIsNoticedBeforeTheNextOne) {
  const std::string outside =
      ", which only the migration itself may write, and it ran outside a transaction: take it out "
      "of the revision and ";
  const std::string rows = "public.alembic_version" + outside + "see that it has no row again";
  const std::string chain = "schemaversion.ledger" + outside +
                            "bring the ledger and its trigger ledger_is_append_only back from a "
                            "backup";
  for (const auto& [change, message] :
       {std::pair{std::string("INSERT INTO alembic_version VALUES (''x'')"), rows},
        std::pair{std::string("DROP TABLE alembic_version"), rows},
        std::pair{std::string("DROP TABLE schemaversion.ledger"), chain},
        std::pair{std::string("ALTER TABLE schemaversion.ledger DISABLE TRIGGER ALL"), chain}}) {
    database_ = server_.CreateDatabase();
    options_ = OptionsFor(database_);
    const auto report = Upgrade({Indexed("DO $$BEGIN EXECUTE '" + change +
                                         "'; COMMIT; END$$;\nCREATE TABLE later (id int)")});
    EXPECT_EQ(report.error,
              (Error{ErrorCode::kRejected, "001.sql:1:1: the statement changed " + message}));
    EXPECT_FALSE(HasTable("later"));
  }
}

TEST_F(NonTransactionalTest, ChangedStatementOfACutOffRunIsRefused) {
  WriteIntent(Indexed(kOpaque));
  const auto changed = Indexed("DO $$BEGIN INSERT INTO a VALUES (8); COMMIT; END$$");
  EXPECT_EQ(
      Upgrade({changed}).error,
      (Error{ErrorCode::kConflict,
             "001.sql:1:1: the statement was changed after a run had been cut off in it; put its "
             "text back or, when it had no effect, run: schemactl resolve 001 --retry"}));
  ASSERT_TRUE(ResolveStatement(options_, "001", Resolution::kRetry, {"a person"}, {}));
  EXPECT_EQ(Upgrade({changed}).error, std::nullopt);
  EXPECT_EQ(Query("SELECT count(*) FROM a WHERE id = 8"), "1");
}

TEST_F(NonTransactionalTest, ChangedStatementOfACutOffRunThatTookEffectIsRefused) {
  WriteIntent(Indexed("CREATE INDEX CONCURRENTLY i ON a (id)"));
  Query("CREATE INDEX i ON a (id)");
  const auto changed = Indexed("CREATE INDEX CONCURRENTLY j ON a (id)");
  EXPECT_EQ(Upgrade({changed}).error,
            (Error{ErrorCode::kConflict,
                   "001.sql:1:1: the statement was changed after it had taken effect; put its text "
                   "back, or undo what it did"}));
  EXPECT_FALSE(HasTable("j"));
  Query("DROP INDEX i");
  EXPECT_EQ(Upgrade({changed}).error, std::nullopt);
  EXPECT_EQ(IndexState("j"), "t");
  EXPECT_EQ(LedgerWords(), "intent:001 intent:001 done:001 applied:001");
}

// What the text of then left half done goes first, be the new one about something else.
TEST_F(NonTransactionalTest, ChangedStatementRunsWhenNothingRemainsOfACutOffOne) {
  WriteIntent(Indexed("CREATE INDEX CONCURRENTLY i ON a (id)"));
  Query(
      "CREATE INDEX i ON a (id);"
      "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass");
  EXPECT_EQ(Upgrade({Indexed("CREATE INDEX CONCURRENTLY j ON a (id)")}).error, std::nullopt);
  EXPECT_FALSE(HasTable("i"));
  EXPECT_EQ(IndexState("j"), "t");
  EXPECT_EQ(LedgerWords(), "intent:001 intent:001 done:001 applied:001");
}

TEST_F(NonTransactionalTest, ChangedStatementRunsWithoutWhatAFailedOneLeft) {
  ASSERT_EQ(Upgrade({Indexed("CREATE UNIQUE INDEX CONCURRENTLY u ON a (id)")}).outcome,
            Outcome::kFailed);
  // As one that was used for too long to be removed at once.
  Query(
      "CREATE INDEX u ON a (id);"
      "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'u'::regclass");
  EXPECT_EQ(Upgrade({Indexed("CREATE INDEX CONCURRENTLY j ON a (id)")}).error, std::nullopt);
  EXPECT_FALSE(HasTable("u"));
  EXPECT_EQ(IndexState("j"), "t");
}

// The index may be invalid by now, and nobody else would drop it.
TEST_F(NonTransactionalTest, ChangedDropOfACutOffRunRunsWhenItDropsTheSame) {
  WriteIntent(Indexed("DROP INDEX CONCURRENTLY i"));
  Query("CREATE INDEX i ON a (id); CREATE INDEX j ON a (id)");
  EXPECT_EQ(
      Upgrade({Indexed("DROP INDEX CONCURRENTLY j")}).error,
      (Error{ErrorCode::kConflict,
             "001.sql:1:1: the statement was changed after it may have taken effect, or a part "
             "of it; "
             "put its text back"}));
  EXPECT_EQ(Upgrade({Indexed("DROP INDEX CONCURRENTLY IF EXISTS i")}).error, std::nullopt);
  EXPECT_FALSE(HasTable("i"));
  EXPECT_TRUE(HasTable("j"));
}

TEST_F(NonTransactionalTest, ChangedStatementThatIsDoneIsRefused) {
  ASSERT_EQ(Upgrade({Indexed("INSERT INTO a VALUES (7); INSERT INTO missing VALUES (1)")}).outcome,
            Outcome::kFailed);
  EXPECT_EQ(Upgrade({Indexed("INSERT INTO a VALUES (8); INSERT INTO missing VALUES (1)")}).error,
            (Error{ErrorCode::kConflict,
                   "001.sql:1:1: the statement was changed after it had been run; put its text "
                   "back"}));
}

TEST_F(NonTransactionalTest, ChangedSettingOfACutOffRunIsRefused) {
  WriteIntent(Indexed("ALTER SYSTEM SET work_mem = '5MB'"));
  const Error refused{ErrorCode::kConflict,
                      "001.sql:1:1: the statement was changed after it may have taken effect, or a "
                      "part of it; put its text back"};
  EXPECT_EQ(Upgrade({Indexed("ALTER SYSTEM SET work_mem = '6MB'")}).error, refused);
  EXPECT_EQ(Upgrade({Indexed("VACUUM a")}).error, refused);
}

TEST_F(NonTransactionalTest, StatementInDoubtMayNotBeTakenOutOfTheFile) {
  const auto revision = Indexed("INSERT INTO a VALUES (5); " + std::string(kOpaque));
  const auto shorter = Indexed("INSERT INTO a VALUES (5)");
  WriteIntent(revision, "", 2);
  const auto report = Upgrade({shorter});
  EXPECT_EQ(
      report.error,
      (Error{ErrorCode::kConflict,
             "001.sql: statement 2 of an earlier text may have run outside a transaction, and "
             "the revision no longer has it; put that text back or, when it had no effect, "
             "run: schemactl resolve 001 --retry"}));
  ASSERT_TRUE(report.failure);
  EXPECT_FALSE(report.failure->retryable);
  EXPECT_EQ(Query("SELECT count(*) FROM a WHERE id = 5"), "0");
  ASSERT_TRUE(ResolveStatement(options_, "001", Resolution::kRetry, {"a person"}, {}));
  EXPECT_EQ(Upgrade({shorter}).error, std::nullopt);
}

TEST_F(NonTransactionalTest, DoneStatementMayNotBeTakenOutOfTheFile) {
  const std::string index = "CREATE INDEX CONCURRENTLY i ON a (id)";
  EXPECT_NE(Upgrade({Indexed("VACUUM a; " + index + "; VACUUM missing")}).error, std::nullopt);
  EXPECT_EQ(Upgrade({Indexed("VACUUM a")}).error,
            (Error{ErrorCode::kConflict,
                   "001.sql: statement 2 of an earlier text was run outside a transaction, and the "
                   "revision no longer has it; put that text back"}));
  EXPECT_EQ(Upgrade({Indexed("VACUUM a; " + index)}).error, std::nullopt)
      << "the last had failed and left nothing";
}

TEST_F(NonTransactionalTest, WhatWasRunOutsideATransactionIsNotRunAgainInOne) {
  const std::string insert = "INSERT INTO a VALUES (5)";
  EXPECT_NE(Upgrade({Indexed(insert + "; VACUUM missing")}).error, std::nullopt);
  EXPECT_EQ(Upgrade({MakeRevision("001", "", insert)}).error,
            (Error{ErrorCode::kConflict,
                   "001.sql: statement 1 of an earlier text was run outside a transaction, where "
                   "the revision is run whole by now; put that text back"}));
  EXPECT_EQ(Query("SELECT count(*) FROM a WHERE id = 5"), "1");
  EXPECT_EQ(Upgrade({Indexed(insert)}).error, std::nullopt);
  EXPECT_EQ(Query("SELECT count(*) FROM a WHERE id = 5"), "1");
}

TEST_F(NonTransactionalTest, WhatIsInDoubtIsNotRunAgainInATransaction) {
  const auto first = MakeRevision("000", "", "SELECT 1");
  const auto whole = MakeRevision("001", "000", "INSERT INTO a VALUES (7)");
  WriteIntent(Indexed(kOpaque));
  const auto report = Upgrade({first, whole});
  EXPECT_EQ(report.error,
            (Error{ErrorCode::kConflict,
                   "001.sql: statement 1 of an earlier text may have run outside a transaction, "
                   "where the revision is run whole by now; put that text back or, when it had no "
                   "effect, run: schemactl resolve 001 --retry"}));
  EXPECT_EQ(Versions(), "000") << "the revision before is not held up";
  EXPECT_EQ(Query("SELECT count(*) FROM a WHERE id = 7"), "0");
}

TEST_F(NonTransactionalTest, WhatFailedOutsideATransactionMayBeRunInOne) {
  EXPECT_NE(Upgrade({Indexed("VACUUM missing")}).error, std::nullopt);
  EXPECT_EQ(Upgrade({MakeRevision("001", "", "INSERT INTO a VALUES (5)")}).error, std::nullopt);
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
  EXPECT_TRUE(server_.WaitUntilAlone(database_));
  EXPECT_EQ(Upgrade({revision}).outcome, Outcome::kInDoubt);
}

// What a block committed before it failed remains.
TEST_F(NonTransactionalTest, BlockThatFailsAfterACommitIsInDoubtAndNotRepeated) {
  const auto revision =
      Indexed("DO $$BEGIN INSERT INTO a VALUES (7); COMMIT; PERFORM 1 / 0; END$$");
  const auto report = Upgrade({revision});
  EXPECT_EQ(report.outcome, Outcome::kInDoubt);
  EXPECT_EQ(
      report.error,
      (Error{ErrorCode::kInDoubt,
             "001.sql:1:1: division by zero; the statement runs outside a transaction and "
             "may have committed a part of its work before it failed (SQLSTATE 22012), and its "
             "effect cannot be proved: look whether it took effect, then run: schemactl "
             "resolve 001 --done, or when it did not: schemactl resolve 001 --retry"}));
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->sqlstate, "22012");
  EXPECT_FALSE(report.failure->retryable);
  EXPECT_EQ(Upgrade({revision}).outcome, Outcome::kInDoubt);
  EXPECT_EQ(Query("SELECT count(*) FROM a"), "3");
  EXPECT_EQ(LedgerWords(), "intent:001");
  ASSERT_TRUE(ResolveStatement(options_, "001", Resolution::kDone, {"a person"}, {}));
  EXPECT_EQ(Upgrade({revision}).error, std::nullopt);
  EXPECT_EQ(Query("SELECT count(*) FROM a"), "3");
}

// The server gives each of its transactions another virtual id: one that had no other in it left
// nothing.
TEST_F(NonTransactionalTest, BlockThatFailsBeforeItCommittedIsRunAgain) {
  Query(
      "CREATE PROCEDURE fill() LANGUAGE plpgsql AS 'BEGIN INSERT INTO a VALUES (7); INSERT INTO "
      "later VALUES (7); COMMIT; END'");
  const auto revision = Indexed("CALL fill()");
  const auto report = Upgrade({revision});
  EXPECT_EQ(report.outcome, Outcome::kFailed);
  EXPECT_EQ(report.failure->sqlstate, "42P01");
  EXPECT_EQ(LedgerWords(), "intent:001 failed:001");
  Query("CREATE TABLE later (id int)");
  EXPECT_EQ(Upgrade({revision}).error, std::nullopt);
  EXPECT_EQ(Query("SELECT count(*) FROM a"), "3");
}

TEST_F(NonTransactionalTest, OutcomeIsNotedAfterAStop) {
  const auto revision = Indexed("VACUUM a; SELECT pg_sleep(100)");
  std::stop_source stop;
  RunReport report;
  {
    const std::jthread runner([&] { report = Upgrade({revision}, stop.get_token()); });
    EXPECT_TRUE(WaitUntil([&] {
      return Query(
                 "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(100)' AND "
                 "state = 'active' AND datname = current_database()") == "1";
    }));
    stop.request_stop();
  }
  EXPECT_EQ(report.outcome, Outcome::kCancelled);
  EXPECT_EQ(report.interrupted, (InterruptedStep{"001", false, 1}));
  EXPECT_EQ(LedgerWords(), "intent:001 done:001 intent:001 failed:001");
  EXPECT_EQ(Upgrade({Indexed("VACUUM a; SELECT 1")}).error, std::nullopt);
}

// Without the row it would be in doubt although its outcome is known.
TEST_F(NonTransactionalTest, OutcomeIsNotedOnceOthersLetGoOfTheLedger) {
  options_.lock_timeout = std::chrono::milliseconds(300);
  Query(
      "CREATE PROCEDURE fill() LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(7); INSERT "
      "INTO a VALUES (7); END'");
  const auto holding = [&](const std::string& sql) {
    auto session = Session::Connect({.dsn = options_.dsn}, {}).value();
    EXPECT_TRUE(session.Execute("BEGIN", {}) && session.Execute(sql, {}));
    return std::make_unique<Session>(std::move(session));
  };
  const auto waits_for = [&](const std::string& what) {
    return Query(
               "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND "
               "wait_event = '" +
               what + "' AND datname = current_database()") == "1";
  };
  auto gate = holding("SELECT pg_catalog.pg_advisory_xact_lock(7)");
  RunReport report;
  {
    const std::jthread runner([&] { report = Upgrade({Indexed("CALL fill()")}); });
    EXPECT_TRUE(WaitUntil([&] { return waits_for("advisory"); }));
    auto other = holding("LOCK TABLE schemaversion.ledger");
    gate.reset();
    EXPECT_TRUE(WaitUntil([&] { return waits_for("relation"); }));
    EXPECT_TRUE(WaitUntil([&] { return !waits_for("relation"); }));
    other.reset();
  }
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(LedgerWords(), "intent:001 done:001 applied:001");
}

// What a downgrade took away is not there any more.
TEST_F(NonTransactionalTest, DoneStatementsAreJudgedAgainAfterADowngrade) {
  const auto table = MakeRevision("001", "", "CREATE TABLE t (id int)", "DROP TABLE t");
  const auto indexed = WithoutTransaction(MakeRevision(
      "002", "001", "CREATE INDEX CONCURRENTLY i ON t (id); SELECT count(*) FROM later"));
  ASSERT_EQ(Upgrade({table, indexed}).outcome, Outcome::kFailed);
  EXPECT_EQ(IndexState("i"), "t");
  ASSERT_EQ(Downgrade({table}).error, std::nullopt);
  Query("CREATE TABLE later (id int)");
  EXPECT_EQ(Upgrade({table, indexed}).error, std::nullopt);
  EXPECT_EQ(IndexState("i"), "t");
}

TEST_F(NonTransactionalTest, DoneStatementThatCannotBeJudgedIsInDoubtAfterADowngrade) {
  const auto table = MakeRevision("001", "", "CREATE TABLE t (id int)", "DROP TABLE t");
  const auto filled = WithoutTransaction(
      MakeRevision("002", "001", "INSERT INTO t VALUES (1); SELECT count(*) FROM later"));
  ASSERT_EQ(Upgrade({table, filled}).outcome, Outcome::kFailed);
  ASSERT_EQ(Downgrade({table}).error, std::nullopt);
  Query("CREATE TABLE later (id int)");
  EXPECT_EQ(Upgrade({table, filled}).outcome, Outcome::kInDoubt);
  ASSERT_TRUE(ResolveStatement(options_, "002", Resolution::kRetry, {"a person"}, {}));
  EXPECT_EQ(Upgrade({table, filled}).error, std::nullopt);
  EXPECT_EQ(Query("SELECT count(*) FROM t"), "1");
}

// A stamp answers what a run was cut off in, and not what another revision's downgrade may have
// undone.
TEST_F(NonTransactionalTest, StampDoesNotRepeatWhatWasDoneBeforeADowngrade) {
  const auto first = MakeRevision("001", "", "SELECT 1");
  const auto second = WithoutTransaction(MakeRevision(
      "002", "001", "INSERT INTO a VALUES (7); CREATE UNIQUE INDEX CONCURRENTLY u ON a (id)"));
  ASSERT_EQ(Upgrade({first, second}).outcome, Outcome::kFailed);
  ASSERT_EQ(Downgrade({first}).error, std::nullopt);
  const auto stamped = Stamp(
      options_,
      [](const DatabaseState&) -> Result<StampPlan> {
        return StampPlan{
            .from = {},
            .to = {"001"},
            .purge = false,
            .steps = {{.from = {},
                       .to = "001",
                       .changes = {{.kind = VersionChange::Kind::kInsert, .from = "", .to = "001"}},
                       .heads_after = {"001"}}}};
      },
      {"a person"}, {});
  ASSERT_EQ(stamped.error, std::nullopt);
  const auto report = Upgrade({first, second});
  EXPECT_EQ(report.outcome, Outcome::kInDoubt);
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->statement, 1);
  EXPECT_EQ(Query("SELECT count(*) FROM a WHERE id = 7"), "1");
}

// The run and schemactl resolve speak of the same statement, whatever a downgrade opened again.
TEST_F(NonTransactionalTest, StatementInDoubtIsSettledBeforeThoseThatADowngradeMayHaveUndone) {
  const auto first = MakeRevision("001", "", "SELECT 1");
  const auto second = WithoutTransaction(
      MakeRevision("002", "001",
                   "INSERT INTO a VALUES (7); "
                   "DO $$BEGIN INSERT INTO a VALUES (8); COMMIT; PERFORM 1 / 0; END$$"));
  const auto resolve = [&](Resolution resolution) {
    return ResolveStatement(options_, "002", resolution, {"a person"}, {}).value().statement;
  };
  const auto doubtful = [&] {
    const auto report = Upgrade({first, second});
    return report.outcome == Outcome::kInDoubt ? report.failure->statement : 0;
  };
  ASSERT_EQ(doubtful(), 2);
  ASSERT_EQ(Downgrade({first}).error, std::nullopt);
  EXPECT_EQ(doubtful(), 2);
  EXPECT_EQ(resolve(Resolution::kDone), 2);
  EXPECT_EQ(doubtful(), 1);
  EXPECT_EQ(resolve(Resolution::kDone), 1);
  EXPECT_EQ(Upgrade({first, second}).error, std::nullopt);
  EXPECT_EQ(Query("SELECT string_agg(id::text, ' ' ORDER BY id) FROM a"), "1 1 7 8");
}

// What can be seen is no reason to ask, and does not keep a person from settling the rest.
TEST_F(NonTransactionalTest, StatementThatADowngradeMayHaveUndoneIsSettledBesideACutOffIndex) {
  const auto first = MakeRevision("001", "", "SELECT 1");
  auto second = WithoutTransaction(MakeRevision(
      "002", "001", "INSERT INTO a VALUES (7); CREATE INDEX CONCURRENTLY i ON missing (id)"));
  ASSERT_EQ(Upgrade({first, second}).outcome, Outcome::kFailed);
  Query(
      "CREATE TABLE missing (id int); ALTER TABLE schemaversion.ledger DISABLE TRIGGER ALL; "
      "DELETE FROM schemaversion.ledger WHERE kind = 'failed'; "
      "ALTER TABLE schemaversion.ledger ENABLE TRIGGER ALL");
  ASSERT_EQ(Downgrade({first}).error, std::nullopt);
  const auto report = Upgrade({first, second});
  EXPECT_EQ(report.outcome, Outcome::kInDoubt);
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->statement, 1);
  EXPECT_EQ(
      ResolveStatement(options_, "002", Resolution::kDone, {"a person"}, {}).value().statement, 1);
  EXPECT_EQ(Upgrade({first, second}).error, std::nullopt);
  EXPECT_EQ(Query("SELECT count(*) FROM a WHERE id = 7"), "1");
}

// Both schemas have one of this name, and the first was meant.
class TwoSchemasTest : public NonTransactionalTest {
 protected:
  TwoSchemasTest() {
    Query("CREATE SCHEMA tenant; CREATE TABLE tenant.a (id int); CREATE INDEX i ON public.a (id)");
    options_.search_path = {"tenant", "public"};
  }
};

TEST_F(TwoSchemasTest, DroppedIndexOfACutOffRunIsNotLookedForInTheNextSchema) {
  const auto revision = Indexed("DROP INDEX CONCURRENTLY i");
  WriteIntent(revision, "in tenant");
  EXPECT_EQ(Upgrade({revision}).error, std::nullopt);
  EXPECT_EQ(IndexState("public.i"), "t");
  EXPECT_EQ(LedgerWords(), "intent:001 done:001 applied:001");
}

TEST_F(TwoSchemasTest, TheJournalSaysInWhichSchemaAStatementWorks) {
  Query("CREATE INDEX i ON tenant.a (id)");
  EXPECT_EQ(Upgrade({Indexed("DROP INDEX CONCURRENTLY i")}).error, std::nullopt);
  EXPECT_EQ(IndexState("public.i"), "t");
  EXPECT_FALSE(HasTable("tenant.i"));
  EXPECT_EQ(Query("SELECT message FROM schemaversion.ledger WHERE kind = 'intent'"), "in tenant");
}

TEST_F(TwoSchemasTest, AnIndexInAnotherSchemaIsNotTakenForOneThatWasThereBefore) {
  EXPECT_EQ(Upgrade({Indexed("CREATE INDEX CONCURRENTLY i ON a (id)")}).error, std::nullopt);
  EXPECT_EQ(IndexState("tenant.i"), "t");
  EXPECT_EQ(Query("SELECT message FROM schemaversion.ledger WHERE kind = 'intent'"), "in tenant");
}

// Autovacuum gives way to whoever works on its table: nobody need wait for its end.
TEST(AutovacuumTest, AnInvalidIndexIsBuiltAnewWhileItWorksOnTheTable) {
  const TestPostgres server(
      {"autovacuum = on", "autovacuum_naptime = 1s", "deadlock_timeout = 100ms"});
  const auto query = [&](const std::string& sql) { return server.Query("postgres", sql); };
  DatabaseOptions options;
  options.dsn = ParseDatabaseUrl(server.Url("postgres")).value();
  options.snapshot = SnapshotUse::kNone;
  const auto revision =
      WithoutTransaction(MakeRevision("001", "", "CREATE UNIQUE INDEX CONCURRENTLY i ON a (id)"));
  const std::vector<Revision> revisions = {revision};
  const auto graph = RevisionGraph::Build(revisions).value();
  const auto upgrade = [&] {
    return Migrate(options, graph, PlanAll(revisions), {"a person"}, {}, {});
  };
  query(
      "CREATE TABLE a (id int) WITH (autovacuum_vacuum_cost_delay = 100, "
      "autovacuum_vacuum_cost_limit = 1); INSERT INTO a SELECT 1 FROM generate_series(1, 100000)");
  EXPECT_EQ(upgrade().outcome, Outcome::kFailed);
  query("DELETE FROM a");
  // What a run leaves that died in the statement.
  query(
      "CREATE INDEX i ON a (id); "
      "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass; "
      "ALTER TABLE schemaversion.ledger DISABLE TRIGGER ALL; "
      "DELETE FROM schemaversion.ledger WHERE kind = 'failed'; "
      "ALTER TABLE schemaversion.ledger ENABLE TRIGGER ALL");
  ASSERT_TRUE(WaitUntil([&] {
    return query(
               "SELECT count(*) > 0 FROM pg_locks l JOIN pg_stat_activity s USING (pid) WHERE "
               "s.backend_type = 'autovacuum worker' AND l.relation = 'a'::regclass AND l.mode = "
               "'ShareUpdateExclusiveLock'") == "t";
  }));
  EXPECT_EQ(upgrade().error, std::nullopt);
  EXPECT_EQ(query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"), "t");
}

}  // namespace
}  // namespace schemaop::testing
