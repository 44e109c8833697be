// import alembic where the folder it writes to holds something already. What it makes of real
// Alembic projects is in tests/integration.
#include <filesystem>

#include <gtest/gtest.h>

#include "schemactl.h"

namespace schemaop::testing {
namespace {

namespace fs = std::filesystem;

class ImportTest : public ::testing::Test {
 protected:
  ImportTest() {
    WriteFile(schemactl_.folder() / "alembic.ini", "");
    // Stands for Alembic: our env.py would have written this result.
    WriteFile(schemactl_.folder() / "alembic",
              "#!/bin/sh\ncp answer.json \"$(sed -n 's/^result = //p' \"$2\")\"\n");
    fs::permissions(schemactl_.folder() / "alembic", fs::perms::owner_all);
    WriteFile(schemactl_.folder() / "answer.json",
              R"({"dialect": "postgresql", "version_table": "alembic_version",
                  "version_table_schema": "", "revisions": [)" +
                  RevisionJson("001", "") + ", " + RevisionJson("002", "\"001\"") + "]}");
  }

  static std::string RevisionJson(const std::string& id, const std::string& parents) {
    return R"({"id": ")" + id + R"(", "down_revisions": [)" + parents +
           R"(], "depends_on": [], "branch_labels": [], "message": "New", "file": "x.py",
               "upgrade": {"sql": "SELECT 1;"}, "downgrade": {"sql": ""}})";
  }

  RunResult Import(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"import", "alembic", "--alembic", "./alembic"});
    return schemactl_.Run(more);
  }

  fs::path Versions() const { return schemactl_.folder() / "migrations/versions"; }

  Schemactl schemactl_;
};

TEST_F(ImportTest, ReplacesTheFileThatDeclaresARevisionWhateverItsName) {
  schemactl_.AddTables(1);
  const RunResult refused = Import();
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_EQ(refused.err,
            "schemactl: migrations/versions/001_t.sql is there already; name another folder with "
            "--to, or overwrite with --force\n");
  const RunResult forced = Import({"--force"});
  EXPECT_EQ(forced.exit_code, 0) << forced.err;
  EXPECT_EQ(forced.out,
            "  Generating migrations/versions/001_t.sql ...  done\n"
            "  Generating migrations/versions/002_new.sql ...  done\n");
  EXPECT_EQ(schemactl_.Run({"history"}).out, "001 -> 002 (head), New\n<base> -> 001, New\n");
}

TEST_F(ImportTest, WritesNothingThatDoesNotFitWhatIsThere) {
  schemactl_.AddRevision("a.sql",
                         "-- A\n-- revision: a\n-- down_revision: none\n-- branch_labels: 002\n"
                         "-- migrate:up\n");
  const RunResult refused = Import();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(refused.err,
            "schemactl: the revisions cannot be imported as they are: branch name '002' in "
            "revision a already used by revision 002; files: a.sql, 002_new.sql\n");
  EXPECT_FALSE(fs::exists(Versions() / "001_new.sql"));
}

TEST_F(ImportTest, GoesByWhatIsLeftOfAnInterruptedOverwriting) {
  EXPECT_EQ(Import().exit_code, 0);
  WriteFile(Versions() / "001_new.sql.new", "");
  const RunResult forced = Import({"--force"});
  EXPECT_EQ(forced.exit_code, 0) << forced.err;
  fs::remove(Versions() / "001_new.sql");
  fs::create_directories(Versions() / "001_new.sql/full");
  EXPECT_EQ(Import({"--force"}).err,
            "schemactl: cannot write migrations/versions/001_new.sql: Is a directory\n");
  std::size_t entries = 0;
  for (const auto& entry : fs::directory_iterator(Versions())) entries += entry.exists() ? 1 : 0;
  EXPECT_EQ(entries, 3U);  // the two, and what was there before
}

}  // namespace
}  // namespace schemaop::testing
