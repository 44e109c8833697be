#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/text.h"
#include "graph_notation.h"
#include "revision/plan.h"

namespace schemaop {
namespace {

using Targets = std::vector<std::string>;

class StampTest : public ::testing::Test {
 protected:
  // "b,c>m" for a step that replaces two rows, ">a" for a new one, "a>" for one that goes.
  std::string Steps(const Heads& rows, const Targets& targets, bool purge = false) {
    auto plan = PlanStamp(graph_, rows, targets, purge);
    if (!plan) return plan.error().message;
    std::vector<std::string> steps;
    for (const StampStep& step : plan->steps) steps.push_back(Join(step.from, ",") + ">" + step.to);
    Heads to = plan->to;
    std::sort(to.begin(), to.end());
    return Join(steps, " ") + " = " + Join(to, " ");
  }

  const RevisionGraph graph_ = GraphOf("a; b<a [shop]; c<a; m<b,c; z");
};

TEST_F(StampTest, WritesARowWithoutRunningAnything) {
  EXPECT_EQ(Steps({}, {"m"}), ">m = m");
  EXPECT_EQ(Steps({"a"}, {"m"}), "a>m = m");
  EXPECT_EQ(Steps({"b", "c"}, {"m"}), "b,c>m = m");
  EXPECT_EQ(Steps({"m"}, {"m"}), " = m");
  EXPECT_EQ(Steps({"m"}, {"heads"}), ">z = m z");
  EXPECT_EQ(Steps({"z"}, {"shop@head"}), ">m = m z");
}

TEST_F(StampTest, GoesDownAndForgetsTheOtherBranchOfAMerge) {
  EXPECT_EQ(Steps({"m"}, {"b"}), "m>b = b");
  EXPECT_EQ(Steps({"b", "c", "z"}, {"a"}), "b,c>a = a z");
}

TEST_F(StampTest, TakesRowsAwayForBase) {
  EXPECT_EQ(Steps({"b", "z"}, {"base"}), "b> z> = ");
  EXPECT_EQ(Steps({"b", "z"}, {"shop@base"}), "b> = z");
}

TEST_F(StampTest, StartsFromNothingWhenItPurges) {
  EXPECT_EQ(Steps({"gone", "m"}, {"b"}, true), ">b = b");
  EXPECT_EQ(Steps({"gone"}, {"base"}, true), " = ");
}

TEST_F(StampTest, RefusesTargetsThatContradictEachOther) {
  EXPECT_EQ(Steps({}, {"b", "b"}), "stamp target b is named twice; name it once");
  EXPECT_EQ(Steps({"m"}, {"b", "c"}),
            "the targets of this stamp contradict each other: row m would be replaced twice; add "
            "--purge to "
            "replace all rows by the targets");
}

TEST_F(StampTest, AsksWhichHeadIsMeant) {
  EXPECT_EQ(Steps({}, {"head"}),
            "multiple heads are present: m [shop], z; name one of them, '<label>@head' for the "
            "head of one "
            "branch, or 'heads' for all of them");
}

TEST_F(StampTest, NamesWhatIsUnknown) {
  EXPECT_EQ(Steps({"gone"}, {"b"}),
            "can't locate revision identified by 'gone': the database's version table holds it but "
            "no revision "
            "file does; bring back the file, or stamp with --purge once you know what state the "
            "schema is in");
  EXPECT_EQ(Steps({}, {"+1"}),
            "can't locate revision identified by '+1': no revision or branch label has this name "
            "or a name "
            "beginning with it; 'history' lists them all");
}

}  // namespace
}  // namespace schemaop
