// Folders of other tools, run by schemactl on a real server as they are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "postgres/test_postgres.h"
#include "schemactl.h"
#include "test_paths.h"

namespace schemaop::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

struct Folder {
  std::string tool;
  std::string history;    // of the whole folder
  std::string downgrade;  // as far as it can be undone
  std::string lowest;     // what `current` says then
};

void PrintTo(const Folder& folder, std::ostream* out) { *out << folder.tool; }

class LayoutsTest : public ::testing::TestWithParam<Folder> {};

TEST_P(LayoutsTest, UpgradesListsAndDowngradesAFolderOfTheTool) {
  const Folder& folder = GetParam();
  Schemactl schemactl;
  fs::copy(fs::path(SCHEMAOP_TESTDATA) / "layouts" / folder.tool, schemactl.folder() / "db");
  const std::string database = TestPostgres::Shared().CreateDatabase();
  schemactl.UseDatabase(TestPostgres::Shared().Url(database));
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--directory", "db"});
    return schemactl.Run(arguments);
  };
  const RunResult upgrade = run({"upgrade", "head"});
  ASSERT_EQ(upgrade.exit_code, 0) << upgrade.err;
  EXPECT_EQ(run({"history"}).out, folder.history);
  EXPECT_THAT(run({"current"}).out, HasSubstr(" (head)\n"));
  EXPECT_EQ(TestPostgres::Shared().Query(database,
                                         "SELECT indisvalid FROM pg_index WHERE indexrelid = "
                                         "'ix_users_name'::regclass"),
            "t");
  const RunResult downgrade = run({"downgrade", folder.downgrade});
  ASSERT_EQ(downgrade.exit_code, 0) << downgrade.err;
  EXPECT_EQ(run({"current"}).out, folder.lowest);
}

INSTANTIATE_TEST_SUITE_P(Tools, LayoutsTest,
                         ::testing::Values(Folder{"golang_migrate",
                                                  "000002 -> 000010 (head), add ada\n"
                                                  "000001 -> 000002, index names\n"
                                                  "<base> -> 000001, create users\n",
                                                  "000010", "000010 (head)\n"},
                                           Folder{"goose",
                                                  "00002 -> 20260102030405 (head), index names\n"
                                                  "00001 -> 00002, greet\n"
                                                  "<base> -> 00001, create users\n",
                                                  "base", ""},
                                           Folder{
                                               "dbmate",
                                               "20260102000000 -> 20260103000000 (head), add ada\n"
                                               "20260101000000 -> 20260102000000, index names\n"
                                               "<base> -> 20260101000000, create users\n",
                                               "20260103000000", "20260103000000 (head)\n"},
                                           Folder{"flyway",
                                                  "1.10 -> 2.0 (head), add email\n"
                                                  "1_2 -> 1.10, add ada\n"
                                                  "1 -> 1_2, index names\n"
                                                  "<base> -> 1, create users\n",
                                                  "1.10", "1.10\n"}),
                         [](const auto& folder) { return folder.param.tool; });

TEST(LayoutFailureTest, NamesTheFileOfTheDowngradeThatFails) {
  Schemactl schemactl;
  WriteFile(schemactl.folder() / "1_a.up.sql", "CREATE TABLE a (id int);\n");
  WriteFile(schemactl.folder() / "1_a.down.sql", "\nDROP TABLE wrong;\n");
  schemactl.UseDatabase(TestPostgres::Shared().Url(TestPostgres::Shared().CreateDatabase()));
  ASSERT_EQ(schemactl.Run({"-d", ".", "upgrade", "head"}).exit_code, 0);
  const RunResult downgrade = schemactl.Run({"-d", ".", "downgrade", "base"});
  EXPECT_EQ(downgrade.exit_code, 1);
  EXPECT_THAT(downgrade.err, HasSubstr("1_a.down.sql:2"));
  EXPECT_THAT(downgrade.err, HasSubstr("    2 | DROP TABLE wrong;\n"));
}

TEST(LayoutFailureTest, DoesNotWriteARevisionIntoAFolderOfAnotherTool) {
  Schemactl schemactl;
  WriteFile(schemactl.folder() / "1_a.up.sql", "CREATE TABLE a (id int);\n");
  const RunResult revision = schemactl.Run({"-d", ".", "revision", "-m", "more"});
  EXPECT_EQ(revision.exit_code, 2);
  EXPECT_THAT(revision.err, HasSubstr("1_a.up.sql is named like golang-migrate's"));
}

}  // namespace
}  // namespace schemaop::testing
