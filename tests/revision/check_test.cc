#include "revision/check.h"

#include <gtest/gtest.h>

namespace schemaop {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

Check Named(decltype(Check::what) what) { return {"Name", {}, std::move(what)}; }

std::string Verdict(decltype(Check::what) what, const CheckEvidence& evidence) {
  const CheckResult result = Judge(Named(std::move(what)), evidence);
  return (result.holds ? "+ " : "- ") + DescribeResult(result);
}

QuerySeen Value(const std::string& text) {
  QuerySeen seen;
  seen.value = QuerySeen::Value::kText;
  seen.text = text;
  return seen;
}

TEST(CheckTest, ObjectsMustAllBeThere) {
  const TablesCheck tables{{"a", "b", "c"}};
  EXPECT_EQ(Verdict(tables, std::vector<ObjectSeen>{{"a", ""}, {"b", ""}, {"c", ""}}), "+ Name");
  EXPECT_EQ(Verdict(tables,
                    std::vector<ObjectSeen>{
                        {"a", ""}, {"b", "there is no table b"}, {"c", "c is a view"}}),
            "- Name: expected tables a, b, c, seen there is no table b, c is a view");
  EXPECT_EQ(Verdict(tables, RefusalSeen{"42602", "invalid name syntax"}),
            "- Name: expected tables a, b, c, seen SQLSTATE 42602: invalid name syntax");
}

TEST(CheckTest, IndexesSayHowManyWereFound) {
  EXPECT_EQ(Verdict(IndexesCheck{{"i", "j"}}, std::vector<ObjectSeen>{{"i", ""}, {"j", ""}}),
            "+ Name: 2 found");
  EXPECT_EQ(Verdict(IndexesCheck{{"i"}}, std::vector<ObjectSeen>{{"i", "i is invalid"}}),
            "- Name: expected indexes i, seen i is invalid");
}

TEST(CheckTest, ARefusalCountsOnlyWithItsSqlState) {
  const RejectsCheck rejects{{}, "23514"};
  EXPECT_EQ(Verdict(rejects, RefusalSeen{"23514", "violates check"}), "+ Name");
  EXPECT_EQ(Verdict(rejects, RefusalSeen{"42601", "syntax error"}),
            "- Name: expected the statement refused with SQLSTATE 23514, seen SQLSTATE 42601: "
            "syntax error");
  EXPECT_EQ(Verdict(rejects, AcceptedSeen{}),
            "- Name: expected the statement refused with SQLSTATE 23514, seen it was accepted");
}

TEST(CheckTest, ValuesAreComparedAsNumbers) {
  QueryCheck query;
  query.at_least = 10;
  const struct {
    QuerySeen seen;
    std::string verdict;
  } cases[] = {
      {Value("10"), "+ Name"},
      {Value("9"), "- Name: expected at least 10, seen 9"},
      {Value("10.5"), "+ Name"},
      {Value("9.99"), "- Name: expected at least 10, seen 9.99"},
      {Value("9223372036854775807"), "+ Name"},
      {Value("many"), "- Name: expected at least 10, seen many"},
      {Value(""), "- Name: expected at least 10, seen "},
      {{.value = QuerySeen::Value::kNull}, "- Name: expected at least 10, seen NULL"},
      {{.value = QuerySeen::Value::kNoRow}, "- Name: expected at least 10, seen no row"},
  };
  for (const auto& [seen, verdict] : cases) EXPECT_EQ(Verdict(query, seen), verdict);
}

TEST(CheckTest, TheMedianExecutionCounts) {
  QueryCheck query;
  query.faster_than = milliseconds(10);
  QuerySeen seen;
  seen.executions = {milliseconds(900), milliseconds(9), milliseconds(2)};
  EXPECT_EQ(Verdict(query, seen), "+ Name: <10ms");
  seen.executions = {milliseconds(1), microseconds(12345), milliseconds(900)};
  EXPECT_EQ(Verdict(query, seen),
            "- Name: expected less than 10ms, seen 12.345 ms (median of 3 executions)");
  seen.executions = {milliseconds(10)};
  EXPECT_EQ(Verdict(query, seen),
            "- Name: expected less than 10ms, seen 10.000 ms (median of 1 executions)");
}

TEST(CheckTest, AnyNameOfTheIndexInThePlanCounts) {
  QueryCheck query;
  query.uses_index = "ix";
  QuerySeen seen;
  seen.names = {"ix", "ix_2026"};
  seen.indexes = {"other", "ix_2026"};
  EXPECT_EQ(Verdict(query, seen), "+ Name");
  seen.indexes = {"other"};
  seen.scans = {"Index Scan using other on t", "Seq Scan on u"};
  EXPECT_EQ(Verdict(query, seen),
            "- Name: expected a plan that uses index ix, seen Index Scan using other on t, Seq "
            "Scan on u");
  seen.scans.clear();
  EXPECT_EQ(Verdict(query, seen),
            "- Name: expected a plan that uses index ix, seen a plan that reads no table");
}

TEST(CheckTest, OfSeveralThingsAskedTheOnesThatFailAreTold) {
  QueryCheck query;
  query.at_least = 1;
  query.faster_than = milliseconds(1);
  query.uses_index = "ix";
  QuerySeen seen = Value("1");
  seen.executions = {milliseconds(3)};
  EXPECT_EQ(Verdict(query, seen),
            "- Name: expected less than 1ms; a plan that uses index ix, seen 3.000 ms (median of 1 "
            "executions); a plan that reads no table");
  EXPECT_EQ(Verdict(query, RefusalSeen{"42P01", "no such relation"}),
            "- Name: expected the query to run, seen SQLSTATE 42P01: no such relation");
}

}  // namespace
}  // namespace schemaop
