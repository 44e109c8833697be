#include "engine/check_file.h"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "test_paths.h"

namespace schemaop {
namespace {

std::string ErrorOf(const std::string& text) {
  const auto checks = ParseChecks("checks.yaml", text);
  if (checks) return "";
  EXPECT_EQ(checks.error().code, ErrorCode::kInvalid);
  return checks.error().message;
}

// What the sample project's checks say of queries that take half a millisecond.
TEST(CheckFileTest, TheSamplesLimitsAreSaidOfWhatKeepsThem) {
  std::ostringstream text;
  text << std::ifstream(SCHEMAOP_SOURCE_DIR "/migrations/checks.yaml").rdbuf();
  const auto list = ParseChecks("checks.yaml", text.str());
  ASSERT_TRUE(list) << list.error().message;
  std::vector<std::string> lines;
  for (const Check& check : list->checks) {
    const auto* query = std::get_if<QueryCheck>(&check.what);
    if (query == nullptr || !query->faster_than) continue;
    QuerySeen seen;
    seen.executions = {std::chrono::microseconds(500)};
    if (query->uses_index) seen.indexes = seen.names = {*query->uses_index};
    lines.push_back(DescribeResult(Judge(check, seen)));
  }
  EXPECT_EQ(lines, (std::vector<std::string>{"PK lookup: <1ms", "Composite index query: <10ms"}));
}

TEST(CheckFileTest, ReadsEveryKind) {
  const auto list =
      ParseChecks("checks.yaml",
                  "sample:\n"
                  "  - INSERT INTO a VALUES (1); INSERT INTO b VALUES (2)\n"
                  "checks:\n"
                  "  - {name: T, tables: [a, app.b]}\n"
                  "  - {name: I, indexes: [ia]}\n"
                  "  - {name: R, rejects: INSERT INTO a VALUES (0);, sqlstate: 23514}\n"
                  "  - {name: Q, query: SELECT 1, atLeast: 1, fasterThan: 1.5s,"
                  " usesIndex: ia}\n");
  ASSERT_TRUE(list) << list.error().message;
  ASSERT_EQ(list->sample.size(), 2U);
  EXPECT_EQ(list->sample[1].text, "INSERT INTO b VALUES (2)");
  ASSERT_EQ(list->checks.size(), 4U);
  EXPECT_EQ(list->checks[0], (Check{"T", {4, 5}, TablesCheck{{"a", "app.b"}}}));
  EXPECT_EQ(list->checks[1].what, (decltype(Check::what)(IndexesCheck{{"ia"}})));
  const auto& rejects = std::get<RejectsCheck>(list->checks[2].what);
  EXPECT_EQ(rejects.statement.text, "INSERT INTO a VALUES (0)");
  EXPECT_EQ(rejects.sqlstate, "23514");
  const auto& query = std::get<QueryCheck>(list->checks[3].what);
  EXPECT_EQ(query.statement.text, "SELECT 1");
  EXPECT_EQ(query.at_least, 1);
  EXPECT_EQ(query.faster_than, std::chrono::milliseconds(1500));
  EXPECT_EQ(query.uses_index, "ia");
}

TEST(CheckFileTest, ReadsTheSampleProjects) {
  std::ifstream file(SCHEMAOP_SOURCE_DIR "/migrations/checks.yaml");
  std::stringstream text;
  text << file.rdbuf();
  const auto list = ParseChecks("migrations/checks.yaml", text.str());
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->checks.size(), 6U);
}

TEST(CheckFileTest, SaysWhereAFileIsWrong) {
  const std::string list = "checks:\n  - ";
  const struct {
    std::string text;
    std::string error;
  } cases[] = {
      {"", "checks.yaml:1:1: checks takes a list of at least one check"},
      {"checks: []", "checks.yaml:1:9: checks takes a list of at least one check"},
      {"checks:", "checks.yaml:1:1: checks takes a list of at least one check"},
      {"- a", "checks.yaml:1:1: expected 'key: value' lines"},
      {"check: []", "checks.yaml:1:1: unknown key 'check'; known keys: sample, checks"},
      {"checks: [\n", "checks.yaml:2:1: end of sequence flow not found"},
      {"---\nchecks: []\n---\nchecks: []\n",
       "checks.yaml:4:1: expected one YAML document, found a second one"},
      {"sample: SELECT 1\n", "checks.yaml:1:9: sample takes a list of SQL statements"},
      {"sample: [[]]\n", "checks.yaml:1:10: sample takes SQL, as one text"},
      {"sample: [\"\\0\"]\n",
       "checks.yaml:1:10: in this SQL, at 1:1: a NUL byte: PostgreSQL cannot read it, remove it"},
      {list + "tables", "checks.yaml:2:5: a check is 'key: value' lines"},
      {list + "{tables: [a]}", "checks.yaml:2:5: a check needs a name"},
      {list + "{name: [a], tables: [a]}", "checks.yaml:2:12: name takes one text"},
      {list + "{name: a, name: b}", "checks.yaml:2:15: name is set twice"},
      {list + "{name: a}", "checks.yaml:2:5: a check needs one of tables, indexes, rejects, query"},
      {list + "{name: a, tabels: [a]}",
       "checks.yaml:2:15: unknown key 'tabels'; known keys: name, tables, indexes, rejects, "
       "sqlstate, query, atLeast, fasterThan, usesIndex"},
      {list + "{name: a, tables: a}", "checks.yaml:2:23: tables takes a list of names: [a, b]"},
      {list + "{name: a, indexes: [[a]]}", "checks.yaml:2:25: indexes takes a list of names"},
      {list + "{name: a, tables: [a], query: SELECT 1}",
       "checks.yaml:2:5: tables and query stand in one check: make it two"},
      {list + "{name: a, tables: [a], atLeast: 1}",
       "checks.yaml:2:37: atLeast belongs to query, not to tables"},
      {list + "{name: a, rejects: SELECT 1}",
       "checks.yaml:2:5: rejects needs the sqlstate of the refusal, such as \"23514\" of a CHECK: "
       "any other refusal may come from a slip in the statement"},
      {list + "{name: a, rejects: SELECT 1, sqlstate: 2351}",
       "checks.yaml:2:44: '2351' is no SQLSTATE of an error: five characters of 0-9 and A-Z, in "
       "quotes, such as \"23514\""},
      {list + "{name: a, rejects: SELECT 1, sqlstate: \"00000\"}",
       "checks.yaml:2:44: '00000' is no SQLSTATE of an error: five characters of 0-9 and A-Z, in "
       "quotes, such as \"23514\""},
      {list + "{name: a, rejects: SELECT 1; SELECT 2, sqlstate: 22012}",
       "checks.yaml:2:24: rejects takes one statement, not several"},
      {list + "{name: a, query: -- nothing}",
       "checks.yaml:2:22: query takes one statement, not none"},
      {list + "{name: a, query: SELECT 1}",
       "checks.yaml:2:5: query needs atLeast, fasterThan or usesIndex"},
      {list + "{name: a, query: SELECT 1, atLeast: few}",
       "checks.yaml:2:41: atLeast takes a whole number"},
      {list + "{name: a, query: SELECT 1, fasterThan: 0s}",
       "checks.yaml:2:44: fasterThan takes a duration of 1ms or more, such as 10ms"},
      {list + "{name: a, query: SELECT 1, fasterThan: 10}",
       "checks.yaml:2:44: fasterThan takes a duration of 1ms or more, such as 10ms"},
      {list + "{name: a, query: SELECT 1, usesIndex: [i]}",
       "checks.yaml:2:43: usesIndex takes one text"},
      {list + "{name: a, query: COMMIT, atLeast: 1}",
       "checks.yaml:2:22: COMMIT cannot run here: checks run in one transaction that is rolled "
       "back; remove it"},
      {list + "{name: a, query: VACUUM t, atLeast: 1}",
       "checks.yaml:2:22: VACUUM cannot run here: checks run in one transaction that is rolled "
       "back; remove it"},
      {list + "{name: a, query: \"SELECT 'x\", atLeast: 1}",
       "checks.yaml:2:22: in this SQL, at 1:8: this string is never closed: add the missing '"},
      {list + "{name: a, tables: [a]}\n  - {name: a, tables: [b]}\n",
       "checks.yaml:3:5: two checks are named 'a'"},
  };
  for (const auto& [text, error] : cases) EXPECT_EQ(ErrorOf(text), error) << text;
}

}  // namespace
}  // namespace schemaop
