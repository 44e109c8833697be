// revision and merge: what they write, and what they refuse to write.
#include <filesystem>

#include <gtest/gtest.h>

#include "schemactl.h"

namespace schemaop::testing {
namespace {

std::size_t FileCount(const Schemactl& schemactl) {
  std::size_t count = 0;
  const auto versions = schemactl.folder() / "migrations" / "versions";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(versions)) {
    count += entry.is_regular_file() ? 1 : 0;
  }
  return count;
}

TEST(NewRevisionTest, StartsAProjectWithTwelveHexadecimalDigits) {
  const Schemactl schemactl;
  std::filesystem::create_directories(schemactl.folder() / "migrations" / "versions");
  const RunResult result = schemactl.Run({"revision", "-m", "first"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const std::string id = schemactl.Run({"heads", "-o", "name"}).out;
  EXPECT_EQ(id.size(), 13U) << id;
  EXPECT_EQ(id.find_first_not_of("0123456789abcdef\n"), std::string::npos);
  EXPECT_EQ(result.out,
            "  Generating migrations/versions/" + id.substr(0, 12) + "_first.sql ...  done\n");
}

TEST(NewRevisionTest, TakesEveryOption) {
  const Schemactl schemactl;
  schemactl.AddTables(3);
  const RunResult result =
      schemactl.Run({"revision", "-m", "[hotfix] Rename,\nlater", "--head", "001", "--splice",
                     "--rev-id", "r1", "--branch-label", "fix", "--depends-on", "003",
                     "--version-path", "migrations/versions/fixes"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out,
            "  Generating migrations/versions/fixes/r1_hotfix_rename_later.sql ...  done\n");
  EXPECT_EQ(schemactl.Run({"show", "r1"}).out,
            "Rev: r1 (head)\nParent: 001\nAlso depends on: 003\nBranch names: fix\n"
            "Path: migrations/versions/fixes/r1_hotfix_rename_later.sql\n\n"
            "    [hotfix] Rename, later\n\n");
}

TEST(NewRevisionTest, JoinsHeads) {
  const Schemactl schemactl;
  schemactl.AddTables(2);
  EXPECT_EQ(schemactl.Run({"revision", "-m", "other", "--head", "001", "--splice"}).exit_code, 0);
  EXPECT_EQ(schemactl.Run({"heads"}).out, "002 (head)\n003 (head)\n");
  const RunResult merge = schemactl.Run({"merge", "heads"});
  EXPECT_EQ(merge.exit_code, 0) << merge.err;
  EXPECT_EQ(merge.out, "  Generating migrations/versions/004_merge_002_and_003.sql ...  done\n");
  EXPECT_EQ(schemactl.Run({"history", "-r", "004:"}).out,
            "002, 003 -> 004 (head) (mergepoint), merge 002 and 003\n");
  EXPECT_EQ(schemactl.Run({"branches"}).out, "001 (branchpoint)\n    -> 002\n    -> 003\n\n");
}

TEST(NewRevisionTest, LeavesNoFileThatWouldBreakTheProject) {
  const Schemactl schemactl;
  schemactl.AddTables(2);
  schemactl.AddRevision("003.sql",
                        "-- C\n-- revision: 003\n-- down_revision: 002\n-- branch_labels: taken\n"
                        "-- migrate:up\n");
  const std::vector<std::vector<std::string>> refused{
      {"revision", "-m", "x", "--branch-label", "taken"},
      {"revision", "-m", "x", "--branch-label", "a b"},
      {"revision", "-m", "x", "--rev-id", "002"},
      {"revision", "-m", "x", "--rev-id", "head"},
      {"revision", "-m", "x", "--rev-id", "a-b"},
      {"revision", "-m", "x", "--rev-id", std::string(33, 'a')},
      {"revision", "-m", "x", "--depends-on", "nothing"},
      {"revision", "-m", "x", "--version-path", "elsewhere"},
      {"revision", "-m", "x", "--version-path", "migrations/versions/../.."},
      {"merge", "heads"},
      {"merge", "001", "003"},
  };
  for (const std::vector<std::string>& arguments : refused) {
    const RunResult result = schemactl.Run(arguments);
    EXPECT_EQ(result.exit_code, 2) << arguments.back() << ": " << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(FileCount(schemactl), 3U) << arguments.back();
  }
}

TEST(NewRevisionTest, NeverOverwritesAFile) {
  const Schemactl schemactl;
  schemactl.AddTables(1);
  // Its name is the next revision's, its header says otherwise.
  schemactl.AddRevision("003_x.sql",
                        "-- B\n-- revision: 002\n-- down_revision: 001\n-- migrate:up\n");
  const RunResult result = schemactl.Run({"revision", "-m", "x"});
  EXPECT_NE(result.exit_code, 0);
  EXPECT_EQ(schemactl.Run({"heads", "-o", "name"}).out, "002\n");
}

TEST(NewRevisionTest, WritesIntoThePlainFolderItIsIn) {
  const Schemactl schemactl;
  const RunResult result = schemactl.Run({"-d", ".", "revision", "-m", "x", "--rev-id", "001"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "  Generating 001_x.sql ...  done\n");
}

TEST(NewRevisionTest, TakesNoSchemaForARevision) {
  const Schemactl schemactl;
  std::filesystem::create_directory(schemactl.folder() / "plain");
  WriteFile(schemactl.folder() / "plain/001.sql", TableRevision(1));
  EXPECT_EQ(schemactl.Run({"-d", "plain", "check"}).err,
            "schemactl: there is no plain/schema.sql: it says which schema the revisions should "
            "make; to begin with what they make now, run: schemactl -d plain schema dump revisions "
            "> plain/schema.sql\n");
  WriteFile(schemactl.folder() / "plain/schema.sql", "CREATE TABLE t1 (id int);\n");
  const RunResult heads = schemactl.Run({"-d", "plain", "heads"});
  EXPECT_EQ(heads.out, "001 (head)\n") << heads.err;
}

TEST(NewRevisionTest, FindsTheProjectWhereItIsNamed) {
  const Schemactl schemactl;
  schemactl.AddTables(1);
  const std::filesystem::path migrations = schemactl.folder() / "migrations";
  EXPECT_EQ(schemactl.Run({"-d", migrations.string(), "heads"}).out, "001 (head)\n");
  EXPECT_EQ(schemactl.Run({"heads", "-d", "migrations/versions"}).out, "001 (head)\n");
  WriteFile(migrations / "schemactl.yaml", "");
  EXPECT_EQ(schemactl.Run({"-c", "migrations/schemactl.yaml", "heads"}).out, "001 (head)\n");
  ProcessOptions inside = schemactl.Options({"heads", "-v"});
  inside.working_directory = migrations;
  const RunResult result = testing::Run(inside);
  EXPECT_NE(result.out.find("Path: versions/001_t.sql\n"), std::string::npos) << result.out;
}

}  // namespace
}  // namespace schemaop::testing
