// COMMITs whose answer never comes: what the engine says of them against what happened.
#include <cstdlib>
#include <iostream>
#include <thread>

#include "faultproxy/fault_proxy.h"
#include "linear_project.h"

namespace schemaop::testing {
namespace {

using Action = FaultPlan::Action;
using Moment = FaultPlan::Moment;
using Outcome = RunReport::Outcome;

// How many commits to lose: $SCHEMAOP_IN_DOUBT_COMMITS, else a few.
int Commits() {
  const char* text = std::getenv("SCHEMAOP_IN_DOUBT_COMMITS");
  return text == nullptr ? 20 : std::atoi(text);
}

class InDoubtTest : public LinearProject {
 protected:
  InDoubtTest() {
    options_.dsn =
        ParseDatabaseUrl("postgresql://postgres@127.0.0.1:" + std::to_string(proxy_.port()) + "/" +
                         database_)
            .value();
    // The server may be slow to see the session of the run before end.
    options_.lock_wait = std::chrono::seconds(60);
    Query("CREATE TABLE applied_log (direction text)");
  }

  // The lost moments in turn: two on the way to the server, two on the way back.
  static FaultPlan Loss(int number) {
    switch (number % 4) {
      case 0:
        return {.at = schemaop::testing::Query("COMMIT"), .moment = Moment::kBefore};
      case 1:
        return {.at = CommandComplete("COMMIT"), .moment = Moment::kBefore};
      case 2:
        return {.at = schemaop::testing::Query("COMMIT"),
                .moment = Moment::kBefore,
                .action = Action::kReset};
      default:
        return {
            .at = CommandComplete("COMMIT"), .moment = Moment::kBefore, .action = Action::kReset};
    }
  }

  // Runs that have left something, and where the version table is, in one snapshot.
  std::string Truth() const {
    return Query(
        "SELECT (SELECT count(*) FROM applied_log) || ' ' || (SELECT count(*) FROM "
        "alembic_version)");
  }

  FaultProxy proxy_{server_.port()};
};

TEST_F(InDoubtTest, EveryLostCommitIsResolvedAsItHappened) {
  const std::vector<Revision> revisions = {MakeRevision("001", "",
                                                        "INSERT INTO applied_log VALUES ('up')",
                                                        "INSERT INTO applied_log VALUES ('down')")};
  Query("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)");
  int effects = 0;
  bool is_up = false;
  int resolved = 0;
  int wrong = 0;
  const int commits = Commits();
  for (int i = 0; i < commits; ++i) {
    proxy_.Arm(Loss(i));
    const RunReport report = is_up ? Downgrade(revisions) : Upgrade(revisions);
    const bool says_committed = report.outcome == Outcome::kCompleted;
    const bool says_not =
        report.error && report.error->message ==
                            "the connection was lost while committing revision 001; nothing of it "
                            "was committed";
    if (says_committed || says_not) ++resolved;
    const bool is_committed = i % 2 == 1;
    if (is_committed) ++effects;
    if (is_committed) is_up = !is_up;
    const bool is_true = says_committed == is_committed && report.heads.empty() == !is_up &&
                         Truth() == std::to_string(effects) + (is_up ? " 1" : " 0");
    if (!is_true) ++wrong;
    EXPECT_TRUE(is_true) << "commit " << i << ": " << (report.error ? report.error->message : "")
                         << "; " << Truth();
  }
  std::cout << "commits: " << proxy_.struck() << " in doubt, " << resolved << " resolved, " << wrong
            << " wrong\n";
  EXPECT_EQ(proxy_.struck(), commits);
  EXPECT_EQ(resolved, commits);
}

TEST_F(InDoubtTest, AStampWhoseCommitIsLostSaysWhatBecameOfIt) {
  const StampPlan plan{
      .from = {},
      .to = {"001"},
      .purge = false,
      .steps = {{.from = {},
                 .to = "001",
                 .changes = {{.kind = VersionChange::Kind::kInsert, .from = "", .to = "001"}},
                 .heads_after = {"001"}}}};
  const auto stamp = [&] {
    return Stamp(options_, [&](const DatabaseState&) -> Result<StampPlan> { return plan; },
                 {"a person"}, {});
  };
  proxy_.Arm(Loss(0));
  EXPECT_EQ(
      stamp().error,
      (Error{ErrorCode::kUnavailable,
             "the connection was lost while committing the stamp; nothing of it was committed"}));
  EXPECT_EQ(Query("SELECT to_regclass('alembic_version') IS NULL"), "t");
  proxy_.Arm(Loss(1));
  const RunReport report = stamp();
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(report.heads, Heads{"001"});
  EXPECT_EQ(Versions(), "001");
  EXPECT_EQ(proxy_.struck(), 2);
}

// Its rows are the same before and after: only the server knows what became of it.
TEST_F(InDoubtTest, AStampThatChangesNoRowSaysWhatBecameOfItsLostCommit) {
  ASSERT_EQ(Upgrade({MakeRevision("001", "", "SELECT 1")}).error, std::nullopt);
  const auto stamp = [&] {
    return Stamp(options_,
                 [](const DatabaseState& state) -> Result<StampPlan> {
                   return StampPlan{
                       .from = state.heads, .to = state.heads, .purge = false, .steps = {}};
                 },
                 {"a person"}, {});
  };
  proxy_.Arm(Loss(0));
  EXPECT_EQ(
      stamp().error,
      (Error{ErrorCode::kUnavailable,
             "the connection was lost while committing the stamp; nothing of it was committed"}));
  EXPECT_EQ(LedgerWords(), "applied:001");
  proxy_.Arm(Loss(1));
  EXPECT_EQ(stamp().error, std::nullopt);
  EXPECT_EQ(LedgerWords(), "applied:001 stamped:001");
  EXPECT_EQ(proxy_.struck(), 2);
}

// The run goes on in another session, which has to know our tables as the first one did.
TEST_F(InDoubtTest, AStatementRunsWhenTheCommitOfItsIntentIsLost) {
  proxy_.Arm({.at = CommandComplete("COMMIT")});
  const RunReport report = Upgrade({WithoutTransaction(MakeRevision("001", "", "VACUUM"))});
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(proxy_.struck(), 1);
  EXPECT_EQ(LedgerWords(), "intent:001 done:001 applied:001");
}

// Nothing is in doubt that was never sent.
TEST_F(InDoubtTest, AStopBetweenTheIntentAndItsStatementLeavesNoDoubt) {
  Query(
      "CREATE PROCEDURE note() LANGUAGE plpgsql AS 'BEGIN INSERT INTO applied_log VALUES (''up''); "
      "COMMIT; END'");
  const std::vector<Revision> revisions = {
      WithoutTransaction(MakeRevision("001", "", "CALL note()"))};
  proxy_.Arm({.at = CommandComplete("COMMIT"),
              .action = Action::kDelay,
              .delay = std::chrono::milliseconds(2000)});
  std::stop_source stop;
  RunReport report;
  {
    const std::jthread runner([&] { report = Upgrade(revisions, stop.get_token()); });
    EXPECT_TRUE(WaitUntil([&] { return proxy_.struck() == 1; }));
    stop.request_stop();
  }
  EXPECT_EQ(report.outcome, Outcome::kCancelled);
  EXPECT_EQ(report.error, (Error{ErrorCode::kCancelled, "stopped on request"}));
  EXPECT_EQ(Query("SELECT count(*) FROM applied_log"), "0");
  EXPECT_EQ(LedgerWords(), "intent:001 failed:001");
  EXPECT_EQ(Upgrade(revisions).error, std::nullopt);
  EXPECT_EQ(Query("SELECT count(*) FROM applied_log"), "1");
}

// The lock goes with the connection: another run may do the rest before it is taken again.
TEST_F(InDoubtTest, ARunThatLostItsConnectionDoesNotRepeatWhatAnotherDidMeanwhile) {
  const std::vector<Revision> revisions = {WithoutTransaction(
      MakeRevision("001", "", "VACUUM applied_log; INSERT INTO applied_log VALUES ('up')"))};
  DatabaseOptions direct = options_;
  direct.dsn = ParseDatabaseUrl(server_.Url(database_)).value();
  // The first COMMIT is that of VACUUM's intent, the second that of its success.
  proxy_.Arm({.at = CommandComplete("COMMIT"), .turn = 2});
  RunReport report;
  {
    const std::jthread runner(
        [&] { report = Upgrade(revisions, {}, [&](const RunProgress&) { proxy_.Refuse(); }); });
    EXPECT_TRUE(WaitUntil([&] { return proxy_.struck() == 1; }));
    const auto graph = RevisionGraph::Build(revisions).value();
    const RunReport other = Migrate(direct, graph, PlanAll(revisions), {"another"}, nullptr, {});
    EXPECT_EQ(other.outcome, Outcome::kCompleted) << (other.error ? other.error->message : "");
    proxy_.Accept();
  }
  EXPECT_EQ(report.error, (Error{ErrorCode::kConflict,
                                 "the connection was lost while committing, and meanwhile another "
                                 "run changed public.alembic_version; read the database again"}));
  EXPECT_EQ(Query("SELECT count(*) FROM applied_log"), "1");
  EXPECT_EQ(Versions(), "001");
}

// The server may or may not have read the COMMIT when it finds the line cut.
TEST_F(InDoubtTest, ACommitCutWhileTheServerWorksOnItIsResolvedEitherWay) {
  proxy_.Arm({.at = schemaop::testing::Query("COMMIT"), .moment = Moment::kAfter});
  const RunReport report =
      Upgrade({MakeRevision("001", "", "INSERT INTO applied_log VALUES ('up')")});
  const bool is_committed = Query("SELECT count(*) FROM applied_log") == "1";
  EXPECT_EQ(report.outcome == Outcome::kCompleted, is_committed);
  EXPECT_EQ(report.heads, is_committed ? Heads{"001"} : Heads{});
}

// The next revision is begun in the message of the COMMIT before it, which must not blur what is
// known of that COMMIT.
TEST_F(InDoubtTest, ALostCommitIsResolvedWhenTheNextRevisionIsBegunBehindIt) {
  Query("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)");
  const std::vector<Revision> revisions = {
      MakeRevision("001", "", "INSERT INTO applied_log VALUES ('001')"),
      MakeRevision("002", "001", "INSERT INTO applied_log VALUES ('002')")};
  struct Case {
    FaultPlan loss;
    Outcome outcome;
    Heads heads;
  };
  const std::vector<Case> cases = {
      {{.at = schemaop::testing::Query("COMMIT; BEGIN; [^]*")}, Outcome::kFailed, {}},
      {{.at = CommandComplete("COMMIT")}, Outcome::kCompleted, {"002"}},
      // That of the reset behind it: the answer to the revision's own has arrived.
      {{.at = CommandComplete("COMMIT"), .turn = 2}, Outcome::kFailed, {"001"}},
  };
  // Reading the schema takes COMMITs of its own.
  options_.snapshot = SnapshotUse::kNone;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    proxy_.Arm(cases[i].loss);
    const RunReport report = Upgrade(revisions);
    EXPECT_EQ(report.outcome, cases[i].outcome) << i;
    EXPECT_EQ(report.heads, cases[i].heads) << i;
    EXPECT_EQ(report.applied.size(), cases[i].heads == Heads{"002"} ? 2 : cases[i].heads.size());
    EXPECT_EQ(Versions(), cases[i].heads.empty() ? "" : cases[i].heads.front()) << i;
    EXPECT_EQ(Upgrade(revisions).outcome, Outcome::kCompleted) << i;
    EXPECT_EQ(Query("SELECT string_agg(direction, ' ' ORDER BY direction) FROM applied_log"),
              "001 002")
        << i;
    EXPECT_EQ(Downgrade(revisions).outcome, Outcome::kCompleted) << i;
    Query("TRUNCATE applied_log");
  }
  EXPECT_EQ(proxy_.struck(), 3);
}

}  // namespace
}  // namespace schemaop::testing
