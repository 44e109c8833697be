// Checks on a real server.
#include "engine/verify.h"

#include <gtest/gtest.h>

#include "engine/check_file.h"
#include "linear_project.h"
#include "postgres/dsn.h"
#include "postgres/session.h"

namespace schemaop::testing {
namespace {

class VerifyTest : public LinearProject {
 protected:
  VerifyTest() {
    Query(
        "CREATE TABLE parent (id int CONSTRAINT pk_parent PRIMARY KEY);"
        "CREATE TABLE child (id bigint GENERATED ALWAYS AS IDENTITY, parent int CONSTRAINT "
        "fk_child REFERENCES parent DEFERRABLE INITIALLY DEFERRED, n int CHECK (n > 0));"
        "CREATE INDEX ix_child ON child (n);"
        "CREATE VIEW looks AS SELECT 1;"
        "INSERT INTO parent SELECT generate_series(1, 3)");
  }

  Result<CheckReport> Run(const std::string& yaml) const {
    const auto list = ParseChecks("checks.yaml", yaml);
    EXPECT_TRUE(list) << list.error().message;
    return RunChecks(options_, list.value(), {});
  }
  // The verdict on one check; `rest` is what stands behind its name.
  std::string Verdict(const std::string& rest, const std::string& sample = "[]") const {
    const auto report = Run("sample: " + sample + "\nchecks:\n  - {name: N, " + rest + "}\n");
    EXPECT_TRUE(report) << report.error().message;
    if (!report) return report.error().message;
    return (report->results.front().holds ? "+ " : "- ") + DescribeResult(report->results.front());
  }
};

TEST_F(VerifyTest, LooksForTablesByTheSearchPath) {
  Query("CREATE SCHEMA app; CREATE TABLE app.inside (id int) PARTITION BY LIST (id)");
  EXPECT_EQ(Verdict("tables: [parent, CHILD, app.inside]"), "+ N");
  EXPECT_EQ(Verdict("tables: [parent, inside, looks, ix_child]"),
            "- N: expected tables parent, inside, looks, ix_child, seen there is no table inside, "
            "looks is a view, ix_child is an index");
  options_.search_path = {"app"};
  EXPECT_EQ(Verdict("tables: [inside, public.child]"), "+ N");
  EXPECT_EQ(Verdict("tables: [child]"), "- N: expected tables child, seen there is no table child");
}

TEST_F(VerifyTest, AnIndexMustBeThereAndValid) {
  EXPECT_EQ(Verdict("indexes: [ix_child, pk_parent]"), "+ N: 2 found");
  EXPECT_EQ(Verdict("indexes: [ix_nothing, parent]"),
            "- N: expected indexes ix_nothing, parent, seen there is no index ix_nothing, parent "
            "is a table");
  Query("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_child'::regclass");
  EXPECT_EQ(Verdict("indexes: [ix_child]"),
            "- N: expected indexes ix_child, seen ix_child is invalid");
}

TEST_F(VerifyTest, ANameThatIsNoneIsToldByTheServersWords) {
  EXPECT_EQ(Verdict("tables: [\"a b\"]"),
            "- N: expected tables a b, seen SQLSTATE 42602: invalid name syntax");
}

TEST_F(VerifyTest, RefusalsAreAskedOfDeferredConstraintsToo) {
  EXPECT_EQ(Verdict("rejects: INSERT INTO child (n) VALUES (0), sqlstate: \"23514\""), "+ N");
  EXPECT_EQ(Verdict("rejects: INSERT INTO child (parent) VALUES (99), sqlstate: \"23503\""), "+ N");
  EXPECT_EQ(Verdict("rejects: INSERT INTO child (parent) VALUES (1), sqlstate: \"23503\""),
            "- N: expected the statement refused with SQLSTATE 23503, seen it was accepted");
  EXPECT_EQ(Verdict("rejects: INSERT INTO chidl (n) VALUES (0), sqlstate: \"23514\""),
            "- N: expected the statement refused with SQLSTATE 23514, seen SQLSTATE 42P01: "
            "relation \"chidl\" does not exist");
}

TEST_F(VerifyTest, AQuerysFirstValueIsCompared) {
  EXPECT_EQ(Verdict("query: SELECT count(*) FROM parent, atLeast: 3"), "+ N");
  EXPECT_EQ(Verdict("query: SELECT count(*) FROM parent, atLeast: 4"),
            "- N: expected at least 4, seen 3");
  EXPECT_EQ(Verdict("query: SELECT id FROM parent WHERE false, atLeast: 1"),
            "- N: expected at least 1, seen no row");
  EXPECT_EQ(Verdict("query: \"SELECT generate_series(7, 1000000000)\", atLeast: 7"), "+ N");
}

TEST_F(VerifyTest, ExecutionIsMeasuredOnTheServer) {
  EXPECT_EQ(Verdict("query: SELECT 1, fasterThan: 24h"), "+ N: <24h");
  const std::string slow = Verdict("query: SELECT pg_sleep(0.05), fasterThan: 1ms");
  EXPECT_TRUE(slow.starts_with("- N: expected less than 1ms, seen ")) << slow;
  EXPECT_TRUE(slow.ends_with(" ms (median of 9 executions)")) << slow;
}

TEST_F(VerifyTest, AnIndexCountsWhereverItStandsInThePlan) {
  const std::string sample = "[\"INSERT INTO child (n) SELECT generate_series(1, 20000)\"]";
  EXPECT_EQ(Verdict("query: SELECT max(n) FROM (SELECT n FROM child WHERE n = 7 OFFSET 0) x, "
                    "usesIndex: ix_child",
                    sample),
            "+ N");
  EXPECT_EQ(
      Verdict("query: SELECT count(*) FROM child WHERE parent = 7, usesIndex: ix_child", sample),
      "- N: expected a plan that uses index ix_child, seen Seq Scan on child");
  Query("DROP INDEX ix_child");
  EXPECT_EQ(Verdict("query: SELECT n FROM child WHERE n = 7, usesIndex: ix_child", sample),
            "- N: expected a plan that uses index ix_child, seen Seq Scan on child");
}

TEST_F(VerifyTest, AnIndexOfAPartitionCountsAsThatOfItsTable) {
  Query(
      "CREATE TABLE log (at int, n int) PARTITION BY RANGE (at);"
      "CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (0) TO (100);"
      "CREATE INDEX ix_log ON log (n)");
  EXPECT_EQ(Verdict("query: SELECT * FROM log WHERE n = 7, usesIndex: ix_log",
                    "[\"INSERT INTO log SELECT 1, generate_series(1, 20000)\"]"),
            "+ N");
}

TEST_F(VerifyTest, NothingIsChangedAndSequencesAreNamed) {
  const std::string before = server_.DumpSchema(database_);
  const auto report =
      Run("sample:\n"
          "  - INSERT INTO parent VALUES (4)\n"
          "  - INSERT INTO child (n) SELECT generate_series(1, 5)\n"
          "checks:\n"
          "  - {name: Seen, query: SELECT count(*) FROM child, atLeast: 5}\n"
          "  - {name: Gone, query: \"DELETE FROM parent RETURNING 1\", fasterThan: 24h}\n"
          "  - {name: Back, query: SELECT count(*) FROM parent, atLeast: 4}\n"
          "  - {name: Moved, query: \"SELECT set_config('search_path', 'nowhere', false), 1\", "
          "fasterThan: 24h}\n"
          "  - {name: Still there, tables: [parent]}\n");
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(Failing(*report), std::vector<CheckResult>());
  EXPECT_EQ(report->moved, (std::vector<SequenceMove>{{"public.child_id_seq", "", "5"}}));
  EXPECT_EQ(Query("SELECT count(*) FROM parent"), "3");
  EXPECT_EQ(Query("SELECT count(*) FROM child"), "0");
  EXPECT_EQ(server_.DumpSchema(database_), before);
}

TEST_F(VerifyTest, ASampleThatIsRefusedIsAnErrorWithItsPlace) {
  const auto report =
      Run("sample:\n  - INSERT INTO parent VALUES (1)\nchecks:\n  - {name: N, tables: [parent]}\n");
  EXPECT_EQ(report, tl::unexpected(Error{
                        ErrorCode::kRejected,
                        "checks.yaml:2:5: the sample was refused: duplicate key value violates "
                        "unique constraint \"pk_parent\" (SQLSTATE 23505)"}));
}

TEST_F(VerifyTest, ALockThatCannotBeHadIsNoVerdict) {
  options_.lock_timeout = std::chrono::milliseconds(50);
  const auto list = ParseChecks(
      "checks.yaml", "checks:\n  - {name: N, query: SELECT count(*) FROM parent, atLeast: 1}\n");
  auto holder = Session::Connect({.dsn = options_.dsn}, {});
  ASSERT_TRUE(holder);
  ASSERT_TRUE(holder->Execute("BEGIN", {}));
  ASSERT_TRUE(holder->Execute("LOCK TABLE public.parent", {}));
  EXPECT_EQ(RunChecks(options_, *list, {}),
            tl::unexpected(Error{ErrorCode::kBusy,
                                 "check 'N': canceling statement due to lock timeout (SQLSTATE "
                                 "55P03)"}));
}

TEST_F(VerifyTest, WhatTheRoleMayNotSeeFailsTheCheck) {
  const std::string role = "weak_" + database_;
  Query("CREATE ROLE " + role + " LOGIN PASSWORD 'canary-pw'");
  options_.dsn = ParseDatabaseUrl(server_.Url(database_, role, "canary-pw")).value();
  EXPECT_EQ(Verdict("query: SELECT count(*) FROM parent, atLeast: 1"),
            "- N: expected the query to run, seen SQLSTATE 42501: permission denied for table "
            "parent");
}

}  // namespace
}  // namespace schemaop::testing
