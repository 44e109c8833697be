// The commands of the project's guide (migrations/README.md), in order, on the sample project and a
// real server.
#include <filesystem>
#include <regex>

#include <gtest/gtest.h>

#include "postgres/test_postgres.h"
#include "schemactl.h"
#include "test_paths.h"

namespace schemaop::testing {
namespace {

// The sample project below the working folder, as services/api/migrations is below services/api.
class GuideTest : public ::testing::Test {
 protected:
  GuideTest() : database_(TestPostgres::Shared().CreateDatabase()) {
    std::filesystem::copy(std::filesystem::path(SCHEMAOP_SOURCE_DIR) / "migrations",
                          schemactl_.folder() / "migrations",
                          std::filesystem::copy_options::recursive);
    schemactl_.UseDatabase(TestPostgres::Shared().Url(database_));
  }

  std::string Current() const { return schemactl_.Run({"current"}).out; }

  std::string database_;
  Schemactl schemactl_;
};

TEST_F(GuideTest, BringsTheSampleToItsHeadAndSaysSo) {
  const RunResult upgrade = schemactl_.Run({"upgrade", "head"});
  EXPECT_EQ(upgrade.exit_code, 0);
  EXPECT_EQ(upgrade.out, "");
  EXPECT_EQ(upgrade.err,
            "Running upgrade  -> 001, Create projects and their payloads.\n"
            "Running upgrade 001 -> 002, Record what happens to projects.\n"
            "Running upgrade 002 -> 003, Create the engineering reference tables.\n"
            "Running upgrade 003 -> 004, Seed the reference data.\n");
  EXPECT_EQ(Current(), "004 (head)\n");
  const RunResult checked = schemactl_.Run({"current", "--check-heads"});
  EXPECT_EQ(checked.exit_code, 0);
}

TEST_F(GuideTest, GoesUpAndDownAsTheGuideTypesIt) {
  EXPECT_EQ(schemactl_.Run({"upgrade", "002"}).exit_code, 0);
  EXPECT_EQ(Current(), "002\n");
  EXPECT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  const RunResult one_down = schemactl_.Run({"downgrade", "-1"});
  EXPECT_EQ(one_down.exit_code, 0);
  EXPECT_EQ(one_down.err, "Running downgrade 004 -> 003, Seed the reference data.\n");
  EXPECT_EQ(Current(), "003\n");
  EXPECT_EQ(schemactl_.Run({"downgrade", "001"}).exit_code, 0);
  EXPECT_EQ(Current(), "001\n");
  EXPECT_EQ(schemactl_.Run({"upgrade", "+1"}).exit_code, 0);
  EXPECT_EQ(Current(), "002\n");
  const RunResult base = schemactl_.Run({"downgrade", "base"});
  EXPECT_EQ(base.exit_code, 0);
  EXPECT_TRUE(
      base.err.ends_with("Running downgrade 001 -> , Create projects and their payloads.\n"))
      << base.err;
  EXPECT_EQ(Current(), "");
  EXPECT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  EXPECT_EQ(Current(), "004 (head)\n");
}

TEST_F(GuideTest, ListsTheHistoryNewestFirst) {
  const RunResult history = schemactl_.Run({"history"});
  EXPECT_EQ(history.exit_code, 0);
  EXPECT_EQ(history.out,
            "003 -> 004 (reference) (head), Seed the reference data.\n"
            "002 -> 003 (reference), Create the engineering reference tables.\n"
            "001 -> 002 (reference), Record what happens to projects.\n"
            "<base> -> 001 (reference), Create projects and their payloads.\n");
  EXPECT_EQ(schemactl_.Run({"upgrade", "003"}).exit_code, 0);
  const RunResult around = schemactl_.Run({"history", "-r", "002:current", "-i"});
  EXPECT_EQ(around.out,
            "002 -> 003 (reference) (current), Create the engineering reference tables.\n"
            "001 -> 002 (reference), Record what happens to projects.\n");
}

// How fast a machine is does not count here: the file's own limits are shown by CheckFileTest.
TEST_F(GuideTest, VerifiesTheSchemaAndItsSpeed) {
  const std::filesystem::path checks = schemactl_.folder() / "migrations/checks.yaml";
  WriteFile(checks,
            std::regex_replace(ReadFile(checks), std::regex("fasterThan: .*"), "fasterThan: 10s"));
  EXPECT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  const RunResult verify = schemactl_.Run({"verify"});
  EXPECT_EQ(verify.exit_code, 0);
  EXPECT_EQ(verify.out,
            "✅ All tables created\n"
            "✅ Constraints enforced\n"
            "✅ Indexes created: 9 found\n"
            "✅ Seed data loaded\n"
            "✅ PK lookup: <10s\n"
            "✅ Composite index query: <10s\n"
            "✅ All DDL tests passed!\n");
  EXPECT_EQ(verify.err, "");
}

TEST_F(GuideTest, WritesTheNextRevisionAndRunsIt) {
  const RunResult revision = schemactl_.Run({"revision", "-m", "description"});
  EXPECT_EQ(revision.exit_code, 0);
  EXPECT_EQ(revision.out, "  Generating migrations/versions/005_description.sql ...  done\n");
  EXPECT_EQ(schemactl_.Run({"heads"}).out, "005 (reference) (head)\n");
  EXPECT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  EXPECT_EQ(Current(), "005 (head)\n");
}

}  // namespace
}  // namespace schemaop::testing
