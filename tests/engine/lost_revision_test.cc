// A database at revisions whose files are gone: what the ledger keeps takes them back.
#include "linear_project.h"
#include "revision/changed_revision.h"
#include "revision/lost_revisions.h"
#include "revision/source.h"

namespace schemaop::testing {
namespace {

class LostRevisionTest : public LinearProject {
 protected:
  // A revision file; `parents` as in its header.
  static SourceFile File(const std::string& id, const std::string& parents, const std::string& up,
                         const std::string& down, const std::string& depends_on = "") {
    return {id + ".sql", "-- Revision " + id + "\n--\n-- revision: " + id +
                             "\n-- down_revision: " + parents +
                             (depends_on.empty() ? "" : "\n-- depends_on: " + depends_on) +
                             "\n\n-- migrate:up\n" + up + "\n\n-- migrate:down" + down + "\n"};
  }
  // The same, creating and dropping table t<id>.
  static SourceFile Table(const std::string& id, const std::string& parents,
                          const std::string& depends_on = "") {
    return File(id, parents, "CREATE TABLE t" + id + " ();", "\nDROP TABLE t" + id + ";",
                depends_on);
  }

  // Brings the database to `target` of `files`, as an operator that may downgrade does.
  RunReport Towards(const std::vector<SourceFile>& files, const std::string& target) const {
    const auto graph = LoadSource(files).value().graph;
    const auto goal = ResolveGoal(*graph, target).value();
    return Migrate(options_, *graph,
                   [&](const DatabaseState& state) -> Result<Plan> {
                     auto history = CompleteFromLedger(graph, state);
                     if (!history) return Fail(history.error());
                     return PlanTowards(**history, state.heads, goal);
                   },
                   {"a test"}, nullptr, {});
  }
  std::string Tables() const {
    return Query(
        "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relkind = 'r' "
        "AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'");
  }
  std::string Rows() const {
    return Query("SELECT string_agg(version_num, ' ' ORDER BY version_num) FROM alembic_version");
  }
};

TEST_F(LostRevisionTest, RevisionThatTheSourceLostIsTakenBackWithTheStoredSql) {
  std::vector<SourceFile> files = {Table("001", "none"), Table("002", "001")};
  ASSERT_EQ(Towards(files, "head").error, std::nullopt);
  files.pop_back();
  const RunReport report = Towards(files, "head");
  EXPECT_EQ(report.error, std::nullopt);
  ASSERT_EQ(report.applied.size(), 1U);
  EXPECT_EQ(report.applied[0].direction, Direction::kDowngrade);
  EXPECT_EQ(Rows(), "001");
  EXPECT_EQ(Tables(), "t001");
  EXPECT_EQ(
      Query("SELECT direction || ' ' || down_sql FROM schemaversion.ledger WHERE sequence = 3"),
      "downgrade DROP TABLE t002;");
  EXPECT_EQ(
      Query("SELECT count(DISTINCT checksum) FROM schemaversion.ledger WHERE revision = '002'"),
      "1");
  EXPECT_EQ(Towards(files, "head").applied.size(), 0U);
}

TEST_F(LostRevisionTest, MergeItsBranchAndADependencyAreTakenBackInOrder) {
  const std::vector<SourceFile> kept = {Table("001", "none"), Table("002", "001"),
                                        Table("x01", "none")};
  std::vector<SourceFile> all = kept;
  all.push_back(Table("b01", "001", "x01"));
  all.push_back(Table("b02", "b01"));
  all.push_back(Table("m01", "002, b02"));
  ASSERT_EQ(Towards(all, "heads").error, std::nullopt);
  EXPECT_EQ(Rows(), "m01");
  const RunReport report = Towards(kept, "heads");
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(report.applied.size(), 3U);
  EXPECT_EQ(Rows(), "002 x01");
  EXPECT_EQ(Tables(), "t001 t002 tx01");
}

TEST_F(LostRevisionTest, StoredTransactionModeIsKept) {
  std::vector<SourceFile> files = {
      Table("001", "none"),
      File("002", "001", "CREATE INDEX CONCURRENTLY i ON pg_temp_target (id);",
           " transaction:false\nDROP INDEX CONCURRENTLY i;\nSELECT 1;"),
      File("003", "002", "SELECT 1;", " transaction:false\nSELECT txid_current();\nSELECT 2;")};
  Query("CREATE TABLE pg_temp_target (id int)");
  ASSERT_EQ(Towards(files, "head").error, std::nullopt);
  files.resize(1);
  EXPECT_EQ(Towards(files, "head").error, std::nullopt);
  EXPECT_EQ(Rows(), "001");
  EXPECT_FALSE(HasTable("i"));
  EXPECT_EQ(Query("SELECT string_agg(kind || ':' || revision, ' ' ORDER BY sequence) FROM "
                  "schemaversion.ledger WHERE direction = 'downgrade'"),
            "intent:003 done:003 intent:003 done:003 applied:003 "
            "intent:002 done:002 intent:002 done:002 applied:002");
}

TEST_F(LostRevisionTest, FailureInStoredSqlNamesTheLedger) {
  std::vector<SourceFile> files = {
      Table("001", "none"), File("002", "001", "SELECT 1;", "\nSELECT 1;\nDROP TABLE missing;")};
  ASSERT_EQ(Towards(files, "head").error, std::nullopt);
  files.pop_back();
  EXPECT_EQ(Towards(files, "head").error,
            (Error{ErrorCode::kRejected,
                   "ledger:002:2:1: table \"missing\" does not exist (SQLSTATE 42P01)"}));
  EXPECT_EQ(Rows(), "002");
}

TEST_F(LostRevisionTest, WhatTheLedgerDoesNotKeepStaysUnknown) {
  std::vector<SourceFile> files = {Table("001", "none")};
  ASSERT_EQ(Towards(files, "head").error, std::nullopt);
  Query("UPDATE alembic_version SET version_num = '9f3c'");
  EXPECT_EQ(Towards(files, "head").error,
            (Error{ErrorCode::kNotFound, "revision 9f3c is in no file and not in the ledger"}));
}

TEST_F(LostRevisionTest, EveryRowOfARunHasTheHashOfItsPlan) {
  std::vector<SourceFile> files = {Table("001", "none"),
                                   File("002", "001", "VACUUM;", "\nSELECT 1;")};
  ASSERT_EQ(Towards(files, "head").error, std::nullopt);
  EXPECT_EQ(Query("SELECT count(DISTINCT plan_hash) || ' ' || min(length(plan_hash)) || ' ' || "
                  "count(*) FROM schemaversion.ledger"),
            "1 64 4");
  ASSERT_EQ(Towards(files, "base").error, std::nullopt);
  EXPECT_EQ(Query("SELECT count(DISTINCT plan_hash) FROM schemaversion.ledger"), "2");
}

TEST_F(LostRevisionTest, ChangedFileIsFoundByItsLedgerRow) {
  std::vector<SourceFile> files = {Table("001", "none"), Table("002", "001")};
  ASSERT_EQ(Towards(files, "head").error, std::nullopt);
  const auto changed = [&] {
    const auto graph = LoadSource(files).value().graph;
    return FindChangedRevisions(*graph, ObserveDatabase(options_, *graph, {}).value());
  };
  EXPECT_EQ(changed().size(), 0U);
  files[0].text += "-- a remark\n";
  const auto found = changed();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].revision, "001");
  EXPECT_EQ(found[0].file, "001.sql");
}

}  // namespace
}  // namespace schemaop::testing
