// One database passed back and forth between the real Alembic and schemactl. Both have the same
// revisions, Alembic in Python and schemactl in SQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alembic.h"
#include "postgres/test_postgres.h"
#include "schemactl.h"
#include "test_paths.h"

namespace schemaop::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const fs::path kProjects = fs::path(SCHEMAOP_TESTDATA) / "alembic";

class AlembicHandoverTest : public AlembicTest {
 protected:
  void SetUp() override {
    AlembicTest::SetUp();
    if (IsSkipped()) return;
    fs::copy(kProjects / "sql", schemactl_.folder() / "migrations", fs::copy_options::recursive);
    database_ = TestPostgres::Shared().CreateDatabase();
    alembic_.UseDatabase(TestPostgres::Shared().Url(database_));
    schemactl_.UseDatabase(TestPostgres::Shared().Url(database_));
  }

  void WithAlembic(const std::vector<std::string>& arguments) const {
    const RunResult result = alembic_.Run(arguments);
    ASSERT_EQ(result.exit_code, 0) << result.out << result.err;
  }

  void WithSchemactl(const std::vector<std::string>& arguments) const {
    const RunResult result = schemactl_.Run(arguments);
    ASSERT_EQ(result.exit_code, 0) << result.out << result.err;
  }

  // What both say about where the database is.
  void ExpectCurrent(const std::vector<std::string>& lines) const {
    EXPECT_EQ(alembic_.Current(), lines);
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    EXPECT_EQ(schemactl_.Run({"current"}).out, text);
  }

  // The schema as SQL without the ledger's, which Alembic has no part in.
  std::string SchemaWithoutLedger() const {
    TestPostgres::Shared().Query(database_, "DROP SCHEMA IF EXISTS schemaversion CASCADE");
    return TestPostgres::Shared().DumpSchema(database_);
  }

  std::string database_;
  Alembic alembic_{kProjects / "python"};
  Schemactl schemactl_;
};

TEST_F(AlembicHandoverTest, SchemactlFinishesWhatAlembicBegan) {
  WithAlembic({"upgrade", "002"});
  ExpectCurrent({"002 (branchpoint)"});
  WithSchemactl({"upgrade", "head"});
  ExpectCurrent({"004 (head)"});
  const RunResult again = alembic_.Run({"upgrade", "head"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, Not(HasSubstr("Running upgrade")));
}

TEST_F(AlembicHandoverTest, AlembicFinishesWhatSchemactlBegan) {
  WithSchemactl({"upgrade", "002"});
  ExpectCurrent({"002 (branchpoint)"});
  WithAlembic({"upgrade", "head"});
  ExpectCurrent({"004 (head)"});
  const RunResult again = schemactl_.Run({"upgrade", "head"});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.err, Not(HasSubstr("Running upgrade")));
}

TEST_F(AlembicHandoverTest, BothTakeABranchAndEitherMerges) {
  WithAlembic({"upgrade", "billing1"});
  WithSchemactl({"upgrade", "audit@head"});
  ExpectCurrent({"004 (head)"});

  WithSchemactl({"downgrade", "002"});
  WithSchemactl({"upgrade", "audit1"});
  WithAlembic({"upgrade", "billing1"});
  ExpectCurrent({"audit1", "billing1"});
  WithSchemactl({"upgrade", "audit2"});
  ExpectCurrent({"audit2", "billing1"});
  WithAlembic({"upgrade", "003"});
  ExpectCurrent({"003 (mergepoint)"});
}

TEST_F(AlembicHandoverTest, EachUndoesWhatTheOtherDid) {
  WithAlembic({"upgrade", "003"});
  WithSchemactl({"downgrade", "billing1"});  // the merge alone: both its parents stay
  ExpectCurrent({"audit2", "billing1"});
  WithAlembic({"downgrade", "audit@audit1"});
  ExpectCurrent({"audit1", "billing1"});
  WithSchemactl({"upgrade", "head"});
  ExpectCurrent({"004 (head)"});
  WithAlembic({"downgrade", "audit1"});
  ExpectCurrent({"audit1", "billing1"});
  WithSchemactl({"downgrade", "base"});
  ExpectCurrent({});
  WithAlembic({"upgrade", "head"});
  ExpectCurrent({"004 (head)"});
}

TEST_F(AlembicHandoverTest, EachStampsWhatTheOtherReads) {
  WithSchemactl({"stamp", "billing1", "audit1"});
  ExpectCurrent({"audit1", "billing1"});
  WithAlembic({"stamp", "heads"});
  ExpectCurrent({"004 (head)"});
}

TEST_F(AlembicHandoverTest, BothMakeTheSameSchemaAndTheSameVersionTable) {
  WithSchemactl({"upgrade", "head"});
  const std::string ours = SchemaWithoutLedger();
  EXPECT_THAT(ours, HasSubstr("alembic_version_pkc"));

  const std::string mine = database_;
  database_ = TestPostgres::Shared().CreateDatabase();
  alembic_.UseDatabase(TestPostgres::Shared().Url(database_));
  WithAlembic({"upgrade", "head"});
  EXPECT_EQ(ours, SchemaWithoutLedger());
}

TEST_F(AlembicHandoverTest, AutogenerateSeesNothingOfOurs) {
  WithSchemactl({"upgrade", "head"});
  ASSERT_EQ(
      TestPostgres::Shared().Query(database_, "SELECT count(*) > 0 FROM schemaversion.ledger"),
      "t");
  WithAlembic({"revision", "--autogenerate", "-m", "anything", "--rev-id", "005"});
  const std::string revision = ReadFile(alembic_.folder() / "versions" / "005_anything.py");
  EXPECT_THAT(revision, HasSubstr("down_revision = '004'"));
  EXPECT_THAT(revision, HasSubstr("def upgrade():\n    # ### commands auto generated by Alembic - "
                                  "please adjust! ###\n    pass\n"));
}

TEST_F(AlembicHandoverTest, CheckFindsNothingToDo) {
  if (version_ < std::vector{1, 9}) GTEST_SKIP() << "alembic check came with 1.9";
  WithSchemactl({"upgrade", "head"});
  const RunResult check = alembic_.Run({"check"});
  EXPECT_EQ(check.exit_code, 0) << check.err;
  EXPECT_THAT(check.out, HasSubstr("No new upgrade operations detected."));
}

}  // namespace
}  // namespace schemaop::testing
