// What a person reads who typed something that cannot be done, where the table of error_rows.h is
// not enough.
#include <gtest/gtest.h>

#include "schemactl.h"
#include "test_paths.h"

namespace schemaop::testing {
namespace {

TEST(UsageTest, NeverEchoesAWrongUrl) {
  Schemactl schemactl;
  schemactl.AddTables(1);
  const RunResult flag = schemactl.Run({"--url", "mysql://u:s3cret@h/d", "current"});
  EXPECT_EQ(flag.exit_code, 2);
  EXPECT_EQ(
      flag.err,
      "schemactl: --url: the database URL does not begin with postgres:// or postgresql://\n");
  schemactl.UseDatabase("postgresql://u:s3cret%ZZ@h/d");
  const RunResult variable = schemactl.Run({"current"});
  EXPECT_EQ(variable.exit_code, 2);
  EXPECT_TRUE(variable.err.starts_with("schemactl: $DATABASE_URL: ")) << variable.err;
  EXPECT_EQ(variable.err.find("s3cret"), std::string::npos);
}

// What belongs behind --url is typed in other places, too.
TEST(UsageTest, NeverEchoesThePasswordOfAUrlInAnotherPlace) {
  Schemactl schemactl;
  schemactl.AddTables(1);
  schemactl.UseDatabase("postgresql://u@127.0.0.1:1/d");
  const std::string url = "postgres://u:s3cret@h:5432/d";
  EXPECT_EQ(schemactl.Run({"upgrade", "head", url}).err,
            "schemactl: 'upgrade' does not take 'postgres://u:***@h:5432/d'; run 'schemactl "
            "upgrade --help'\n");
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"upgrade", url},
           {"upgrade", url, "--sql"},
           {"stamp", url},
           {"show", url},
           {"history", "-r", url},
           {"edit", url},
           {"ledger", "accept", url},
           {"revision", "-m", "x", "--head", url},
           {"revision", "-m", "x", "--rev-id", url},
           {"wait", "--for", url},
           {"init", url, "x"},
           {"diff", "POSTGRESQL://u:s3cret@127.0.0.1:1/d", "live"},
           {"diff", "host=h password=s3cret", "live"},
           {"completion", "postgres://u:s3cret-that-is-quite-long-for-a-password@h/d"},
           {"-d", url, "heads"},
           {url}}) {
    const RunResult result = schemactl.Run(arguments);
    EXPECT_TRUE(result.exit_code == 2 || result.exit_code == 7) << result.err;
    EXPECT_EQ(result.err.find("s3cret"), std::string::npos) << result.err;
  }
}

TEST(UsageTest, NamesTheBrokenFileFromTheWorkingFolder) {
  const Schemactl schemactl;
  schemactl.AddTables(1);
  schemactl.AddRevision("002_broken.sql",
                        "-- Broken\n-- revision: 002\n-- down_revision: 001\n\n-- migrate:up\n"
                        "CREATE TABLE t2 (name text DEFAULT 'unclosed);\n");
  const RunResult result = schemactl.Run({"heads"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(result.err.starts_with("schemactl: migrations/versions/002_broken.sql:6:36: "))
      << result.err;
}

TEST(UsageTest, PrintsTheExitCodes) {
  const Schemactl schemactl;
  const RunResult codes = schemactl.Run({"help", "exit-codes"});
  EXPECT_EQ(codes.exit_code, 0);
  EXPECT_NE(codes.out.find("  130  interrupted and rolled back\n"), std::string::npos);
}

TEST(UsageTest, SaysSoWhenTheResultCannotBeWritten) {
  const Schemactl schemactl;
  ProcessOptions options = schemactl.Options({});
  options.arguments = {"sh", "-c", std::string(SCHEMAOP_SCHEMACTL) + " version > /dev/full"};
  const RunResult result = testing::Run(options);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.err,
            "schemactl: cannot write the result to standard output: No space left on device\n");
}

}  // namespace
}  // namespace schemaop::testing
