// rehearse, on the sample project and a real server.
#include <filesystem>

#include <gtest/gtest.h>

#include "postgres/test_postgres.h"
#include "schemactl.h"
#include "test_paths.h"

namespace schemaop::testing {
namespace {

class RehearseCommandTest : public ::testing::Test {
 protected:
  RehearseCommandTest() : database_(TestPostgres::Shared().CreateDatabase()) {
    std::filesystem::copy(std::filesystem::path(SCHEMAOP_SOURCE_DIR) / "migrations",
                          schemactl_.folder() / "migrations",
                          std::filesystem::copy_options::recursive);
    schemactl_.UseDatabase(TestPostgres::Shared().Url(database_));
  }

  // In the sample's file.
  void Replace(const std::string& file, const std::string& from, const std::string& to) const {
    const auto path = schemactl_.folder() / "migrations/versions" / file;
    std::string text = ReadFile(path);
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    WriteFile(path, text.replace(at, from.size(), to));
  }

  std::string database_;
  Schemactl schemactl_;
};

TEST_F(RehearseCommandTest, TheSampleProjectGoesUpDownAndUp) {
  const RunResult result = schemactl_.Run({"rehearse"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out,
            "✅ 001: up, down, up\n✅ 002: up, down, up\n✅ 003: up, down, up\n"
            "✅ 004: up, down, up\n");
  EXPECT_EQ(result.err, "Rehearsing 001\nRehearsing 002\nRehearsing 003\nRehearsing 004\n");
  EXPECT_EQ(TestPostgres::Shared().Query(database_,
                                         "SELECT count(*) FROM pg_class WHERE relname "
                                         "IN ('projects', 'alembic_version')"),
            "0")
      << "the database itself is not touched";
}

TEST_F(RehearseCommandTest, TheSampleProjectConvergesWhereverItIsCutOff) {
  const RunResult result = schemactl_.Run({"rehearse", "--crash"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out,
            "✅ 001: up, down, up; cut off 11 times\n"
            "✅ 002: up, down, up; cut off 10 times\n"
            "✅ 003: up, down, up; cut off 18 times\n"
            "✅ 004: up, down, up; cut off 10 times\n");
}

TEST_F(RehearseCommandTest, APlantedWrongDownSectionIsCaught) {
  Replace("002_project_events.sql", "DROP FUNCTION refuse_project_event_change();", "");
  const RunResult result = schemactl_.Run({"rehearse"});
  EXPECT_EQ(result.exit_code, 3);
  for (const char* part : {"❌ 002: up, down, up\n"
                           "   its down section does not take back what its up section did\n"
                           "   * function public.refuse_project_event_change() added\n",
                           "   its up section fails the second time: "
                           "migrations/versions/002_project_events.sql:"}) {
    EXPECT_NE(result.out.find(part), std::string::npos) << part << result.out;
  }
  EXPECT_NE(result.out.find("not rehearsed, because of what comes before: 003, 004\n"),
            std::string::npos)
      << result.out;
  EXPECT_EQ(result.err,
            "Rehearsing 001\nRehearsing 002\n"
            "schemactl: the rehearsal found something wrong with 002\n");
}

TEST_F(RehearseCommandTest, GivesTheResultToPrograms) {
  Replace("004_reference_data.sql", "-- migrate:down",
          "-- migrate:down\nDROP INDEX ix_projects_customer;\n");
  const RunResult json = schemactl_.Run({"rehearse", "-o", "json"});
  EXPECT_EQ(json.exit_code, 3);
  for (const char* part :
       {"\"holds\": false,", "\"revision\": \"004\",", "\"reversed\": true,", "\"cuts\": 0,",
        "\"problem\": \"its down section does not take back what its up section did\",",
        "\"index public.ix_projects_customer removed\"", "\"left_out\": []"}) {
    EXPECT_NE(json.out.find(part), std::string::npos) << part << json.out;
  }
  EXPECT_TRUE(schemactl_.Run({"rehearse", "-o", "table"})
                  .out.starts_with("REVISION   REVERSED   CUTS   FINDINGS\n"
                                   "001        yes        0      0\n"));
}

}  // namespace
}  // namespace schemaop::testing
