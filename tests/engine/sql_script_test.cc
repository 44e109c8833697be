#include "engine/sql_script.h"

#include <gtest/gtest.h>

namespace schemaop::testing {
namespace {

// psql itself reads these in tests/cli/offline_test.cc.
TEST(SqlScriptTest, EscapesWhatPsqlWouldTakeForItsVariables) {
  const std::vector<std::pair<std::string, std::string>> statements{
      {"SELECT a[1:USER]", "SELECT a[1\\:USER]"},
      {"SELECT a[lo:\"HOST\"], b[1:'2']", "SELECT a[lo\\:\"HOST\"], b[1\\:'2']"},
      {"SELECT :{?x}", "SELECT \\:{?x}"},
      {"SELECT 1::text, a[2::int:USER]", "SELECT 1::text, a[2::int\\:USER]"},
      {"CALL f(x := 1)", "CALL f(x := 1)"},
      {"SELECT a[1: 2], a[:]", "SELECT a[1: 2], a[:]"},
      {"SELECT ':USER', $$:USER$$, \":USER\" /* :USER */",
       "SELECT ':USER', $$:USER$$, \":USER\" /* :USER */"}};
  for (const auto& [statement, escaped] : statements) {
    EXPECT_EQ(EscapeForPsql(statement), escaped);
  }
}

TEST(SqlScriptTest, KeepsRemarksOnTheirLines) {
  const DatabaseOptions options;
  SqlScript script(options, {}, {"tag: a\n\\! rm\rx"});
  const std::string text = std::move(script).Finish();
  EXPECT_TRUE(text.starts_with("\\set ON_ERROR_STOP on\n\\set AUTOCOMMIT on\n-- tag: a \\! rm x\n"))
      << text;
}

TEST(SqlScriptTest, QuotesGuardsByATagThatNothingInThemEnds) {
  DatabaseOptions options;
  options.version_table = "odd$schemactl$";
  const std::string text = SqlScript(options, {}, {}).Finish();
  EXPECT_NE(text.find("DO $schemactl_$\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("DO $schemactl$\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace schemaop::testing
