// Rehearsals on a real server.
#include "engine/rehearse.h"

#include <thread>

#include <gtest/gtest.h>

#include "engine/rehearsed_run.h"
#include "faultproxy/fault_proxy.h"
#include "linear_project.h"
#include "postgres/dsn.h"

namespace schemaop::testing {
namespace {

class RehearseTest : public LinearProject {
 protected:
  Result<RehearsalReport> Run(const std::vector<Revision>& revisions,
                              RehearsalCuts cuts = RehearsalCuts::kNone, const Heads& from = {},
                              const std::stop_token& stop = {}) const {
    auto graph = std::make_shared<const RevisionGraph>(RevisionGraph::Build(revisions).value());
    RehearsalRequest request{options_, graph, from, {}, cuts};
    request.steps = PlanUpgrade(*graph, from, "heads").value().steps;
    return Rehearse(request, nullptr, stop);
  }
  // "003 ..." a line a finding, its objects behind it.
  std::string Findings(const Result<RehearsalReport>& report) const {
    EXPECT_TRUE(report) << report.error().message;
    if (!report) return report.error().message;
    std::string lines;
    for (const RehearsalFinding& finding : report->findings) {
      lines += DescribeFinding(finding) + "\n";
    }
    return lines;
  }
  std::string Scratches() const {
    return Query("SELECT count(*) FROM pg_database WHERE datname LIKE 'schemaop_scratch_%'");
  }
};

Revision Irreversible(Revision revision) {
  revision.downgrade.reset();
  return revision;
}

TEST_F(RehearseTest, GoodRevisionsGoUpDownAndUp) {
  const auto report = Run({MakeRevision("001", "", "CREATE TABLE a (id int)", "DROP TABLE a"),
                           MakeRevision("002", "001", "CREATE INDEX i ON a (id)", "DROP INDEX i"),
                           Irreversible(MakeRevision("003", "002", "CREATE TABLE c (id int)")),
                           MakeRevision("004", "003", "DROP TABLE c", "CREATE TABLE c (id int)")});
  ASSERT_EQ(Findings(report), "");
  ASSERT_EQ(report->steps.size(), 4U);
  EXPECT_EQ(report->steps[2], (RehearsedStep{"003", Direction::kUpgrade, false, 0}));
  EXPECT_TRUE(report->steps[3].reversed);
  EXPECT_EQ(Scratches(), "0");
  EXPECT_FALSE(HasTable("a")) << "the database itself is not touched";
}

TEST_F(RehearseTest, ADownSectionThatLeavesSomethingIsNamed) {
  const auto report = Run({MakeRevision("001", "", "CREATE TABLE a (id int)", "DROP TABLE a"),
                           MakeRevision("002", "001",
                                        "CREATE TABLE IF NOT EXISTS b (id int); ALTER TABLE a ADD "
                                        "COLUMN IF NOT EXISTS n int",
                                        "DROP TABLE b"),
                           MakeRevision("003", "002", "CREATE INDEX i ON a (id)", "DROP INDEX i")});
  EXPECT_EQ(Findings(report),
            "revision 002: its down section does not take back what its up section did: column "
            "public.a.n added\n");
  EXPECT_EQ(report->steps.size(), 3U);
}

TEST_F(RehearseTest, AnUpSectionThatMakesSomethingElseTheSecondTimeIsNamed) {
  const auto report = Run(
      {MakeRevision("001", "", "CREATE TABLE IF NOT EXISTS a (id int)", "DROP TABLE a"),
       MakeRevision("002", "001",
                    "CREATE SEQUENCE IF NOT EXISTS once; DO $$BEGIN IF nextval('once') = 1 THEN "
                    "CREATE INDEX i ON a (id); END IF; END$$",
                    "DROP INDEX i")});
  EXPECT_EQ(Findings(report),
            "revision 002: its down section does not take back what its up section did: sequence "
            "public.once added\n"
            "revision 002: its up section makes another schema the second time: index public.i "
            "removed\n");
}

TEST_F(RehearseTest, ASectionThatFailsIsNamedWithItsPlaceAndEndsTheRehearsal) {
  const auto report = Run({MakeRevision("001", "", "CREATE TABLE a (id int)", "DROP TABLE aa"),
                           MakeRevision("002", "001", "CREATE TABLE b (id int)", "DROP TABLE b")});
  EXPECT_EQ(Findings(report),
            "revision 001: its down section fails behind its up section: 001.sql:1:1: table "
            "\"aa\" does not exist (SQLSTATE 42P01)\n");
  EXPECT_EQ(report->left_out, std::vector<RevisionId>{"002"});
}

TEST_F(RehearseTest, BeginsWhereTheDatabaseIs) {
  const auto report = Run({MakeRevision("001", "", "CREATE TABLE a (id int)", "SELECT 1"),
                           MakeRevision("002", "001", "CREATE TABLE b (id int)", "DROP TABLE b")},
                          RehearsalCuts::kNone, {"001"});
  EXPECT_EQ(Findings(report), "") << "what is applied already is not rehearsed";
  EXPECT_EQ(report->steps.size(), 1U);
}

TEST_F(RehearseTest, RunsThatAreCutOffConverge) {
  const auto report =
      Run({MakeRevision("001", "", "CREATE TABLE a (id int); CREATE TABLE b (id int)",
                        "DROP TABLE a; DROP TABLE b"),
           WithoutTransaction(MakeRevision(
               "002", "001",
               "SET maintenance_work_mem = '8MB'; CREATE INDEX CONCURRENTLY i ON a (id); CREATE "
               "INDEX CONCURRENTLY j ON b (id)",
               "DROP INDEX i; DROP INDEX j")),
           Irreversible(MakeRevision("003", "002", "CREATE TABLE c (id int)"))},
          RehearsalCuts::kEachStatement);
  ASSERT_EQ(Findings(report), "");
  ASSERT_EQ(report->steps.size(), 3U);
  EXPECT_EQ(report->steps[0].cuts, 6) << "two statements and a COMMIT, each way";
  EXPECT_EQ(report->steps[1].cuts, 3 + 6);
  EXPECT_EQ(report->steps[2].cuts, 2);
}

// A sequence remembers what is rolled back.
TEST_F(RehearseTest, ACutBeforeAStatementComesBeforeTheServerSeesIt) {
  Query("CREATE SEQUENCE sent");
  options_.lock_wait = std::chrono::seconds(10);
  const Revision first = MakeRevision("001", "", "SELECT 1");
  ASSERT_EQ(Upgrade({first}).error, std::nullopt) << "the ledger has to be there";
  const auto graph =
      RevisionGraph::Build({first, MakeRevision("002", "001",
                                                "CREATE TABLE a (id int); CREATE TABLE b AS SELECT "
                                                "nextval('sent'); CREATE TABLE c (id int)")})
          .value();
  const Step step = PlanUpgrade(graph, {"001"}, "heads").value().steps.front();
  Session watcher = Session::Connect({.dsn = options_.dsn}, {}).value();
  CutRuns runs(options_, graph, step, watcher, {});
  std::vector<std::string> sent;
  while (const auto cut = runs.Next()) {
    EXPECT_TRUE(runs.Run(*cut).value().ended) << cut->where;
    sent.push_back(cut->where + ": " + Query("SELECT last_value - (NOT is_called)::int FROM sent"));
  }
  EXPECT_EQ(sent, (std::vector<std::string>{"before statement 1: 0", "before statement 2: 0",
                                            "before statement 3: 1", "in its COMMIT: 2"}));
  EXPECT_FALSE(HasTable("a"));
}

TEST_F(RehearseTest, WhatAPersonWouldHaveToSettleIsNamed) {
  const auto report =
      Run({MakeRevision("001", "", "CREATE TABLE a (id int)", "DROP TABLE a"),
           Irreversible(WithoutTransaction(
               MakeRevision("002", "001", "DO $$BEGIN INSERT INTO a VALUES (7); COMMIT; END$$")))},
          RehearsalCuts::kEachStatement);
  const std::string doubt =
      " statement 1 nobody can prove whether the statement took effect: a person would have to "
      "look, and settle it with schemactl resolve\n";
  EXPECT_EQ(Findings(report), "revision 002: when it is cut off before" + doubt +
                                  "revision 002: when it is cut off behind" + doubt);
}

TEST_F(RehearseTest, ABlockThatFailsBehindItsCommitIsAFault) {
  const auto report =
      Run({MakeRevision("001", "", "CREATE TABLE a (id int)", "DROP TABLE a"),
           Irreversible(WithoutTransaction(MakeRevision(
               "002", "001",
               "DO $$BEGIN INSERT INTO a VALUES (7); COMMIT; RAISE EXCEPTION 'no'; END$$")))});
  EXPECT_TRUE(Findings(report).starts_with("revision 002: its up section fails: "))
      << Findings(report);
}

// The revision's own COMMIT takes the login away that would ask what became of it.
TEST_F(RehearseTest, ACommitThatNobodyCanBeAskedAboutIsNoFault) {
  const std::string role = "boss_" + database_;
  Query("CREATE ROLE " + role + " SUPERUSER LOGIN PASSWORD 'canary-pw'");
  FaultProxy proxy(server_.port());
  options_.dsn = ParseDatabaseUrl("postgresql://" + role + ":canary-pw@127.0.0.1:" +
                                  std::to_string(proxy.port()) + "/" + database_)
                     .value();
  // Reading schemas takes COMMITs, too: the next one is the revision's while it waits for this
  // lock.
  options_.lock_timeout = std::chrono::minutes(1);
  auto holder = Session::Connect({.dsn = ParseDatabaseUrl(server_.Url(database_)).value()}, {});
  ASSERT_TRUE(holder);
  ASSERT_TRUE(holder->Execute("BEGIN; ALTER ROLE " + role + " CONNECTION LIMIT 100", {}));
  std::stop_source stop;
  const std::jthread stopper([&] {
    EXPECT_TRUE(WaitUntil([&] {
      return Query(
                 "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND "
                 "usename = '" +
                 role + "'") == "1";
    }));
    proxy.Arm({.at = CommandComplete("COMMIT")});
    EXPECT_TRUE(holder->Execute("ROLLBACK", {}));
    EXPECT_TRUE(WaitUntil([&] { return proxy.struck() == 1; }));
    // It would ask for a minute otherwise.
    stop.request_stop();
  });
  const auto report =
      Run({Irreversible(MakeRevision("001", "", "ALTER ROLE " + role + " NOLOGIN"))},
          RehearsalCuts::kNone, {}, stop.get_token());
  ASSERT_FALSE(report) << Findings(report);
  EXPECT_EQ(report.error().code, ErrorCode::kInDoubt) << report.error().message;
  EXPECT_EQ(Scratches(), "0");
}

TEST_F(RehearseTest, ARoleThatMayNotCreateDatabasesIsToldWhatToGrant) {
  const std::string role = "weak_" + database_;
  Query("CREATE ROLE " + role + " LOGIN PASSWORD 'canary-pw'");
  options_.dsn = ParseDatabaseUrl(server_.Url(database_, role, "canary-pw")).value();
  const auto report = Run({MakeRevision("001", "", "SELECT 1")});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kDenied);
  EXPECT_NE(report.error().message.find("ALTER ROLE \"" + role + "\" CREATEDB"), std::string::npos)
      << report.error().message;
}

TEST_F(RehearseTest, TheStatedRoleOwnsWhatIsCutOffToo) {
  const std::string login = "login_" + database_;
  const std::string owner = "owner_" + database_;
  Query("CREATE ROLE " + owner + "; CREATE ROLE " + login +
        " LOGIN NOINHERIT CREATEDB PASSWORD 'canary-pw'; GRANT " + owner + " TO " + login);
  options_.dsn = ParseDatabaseUrl(server_.Url(database_, login, "canary-pw")).value();
  options_.role = owner;
  const auto report = Run({MakeRevision("001", "", "CREATE TABLE a (id int)", "DROP TABLE a")},
                          RehearsalCuts::kEachStatement);
  ASSERT_EQ(Findings(report), "");
  EXPECT_EQ(report->steps[0].cuts, 4);
}

}  // namespace
}  // namespace schemaop::testing
