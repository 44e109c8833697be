#include "revision/plan.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "base/text.h"
#include "graph_notation.h"

namespace schemaop {
namespace {

std::string StepsOf(const Plan& plan) {
  std::vector<std::string> ids;
  for (const Step& step : plan.steps) ids.push_back(step.revision);
  return Join(ids, " ");
}

std::string Sorted(Heads heads) {
  std::sort(heads.begin(), heads.end());
  return Join(heads, " ");
}

// One history, asked in one line each: where to, from where, by which steps, leaving which rows.
class PlanTest : public ::testing::Test {
 protected:
  void Use(std::string_view notation) { graph_ = GraphOf(notation); }

  void AssertUpgrade(std::string_view destination, const Heads& source, std::string_view steps,
                     std::string_view heads) {
    AssertPlan(PlanUpgrade(*graph_, source, destination), Direction::kUpgrade, steps, heads);
  }
  void AssertDowngrade(std::string_view destination, const Heads& source, std::string_view steps,
                       std::string_view heads) {
    AssertPlan(PlanDowngrade(*graph_, source, destination), Direction::kDowngrade, steps, heads);
  }
  void AssertTowards(std::string_view target, const Heads& source, std::string_view steps,
                     std::string_view heads) {
    auto goal = ResolveGoal(*graph_, target);
    ASSERT_TRUE(goal) << goal.error().message;
    auto plan = PlanTowards(*graph_, source, *goal);
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_EQ(StepsOf(*plan), steps);
    EXPECT_EQ(Sorted(plan->to), heads);
  }
  std::string UpgradeError(std::string_view destination, const Heads& source) {
    auto plan = PlanUpgrade(*graph_, source, destination);
    return plan ? "planned " + StepsOf(*plan) : plan.error().message;
  }
  std::string DowngradeError(std::string_view destination, const Heads& source) {
    auto plan = PlanDowngrade(*graph_, source, destination);
    return plan ? "planned " + StepsOf(*plan) : plan.error().message;
  }
  std::string GoalError(std::string_view target) {
    auto goal = ResolveGoal(*graph_, target);
    return goal ? "resolved " + Join(goal->revisions, " ") : goal.error().message;
  }

  std::optional<RevisionGraph> graph_;

 private:
  static void AssertPlan(const Result<Plan>& plan, Direction direction, std::string_view steps,
                         std::string_view heads) {
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_EQ(StepsOf(*plan), steps);
    EXPECT_EQ(Sorted(plan->to), heads);
    for (const Step& step : plan->steps) EXPECT_EQ(step.direction, direction);
    EXPECT_EQ(plan->to, plan->steps.empty() ? plan->from : plan->steps.back().heads_after);
  }
};

class LinearPlanTest : public PlanTest {
 protected:
  LinearPlanTest() { Use("a1b2; c3d4<a1b2; e5f6<c3d4; a7b8<e5f6"); }
};

TEST_F(LinearPlanTest, UpgradesFromWhereTheDatabaseIs) {
  AssertUpgrade("head", {}, "a1b2 c3d4 e5f6 a7b8", "a7b8");
  AssertUpgrade("heads", {"c3d4"}, "e5f6 a7b8", "a7b8");
  AssertUpgrade("e5f6", {"a1b2"}, "c3d4 e5f6", "e5f6");
  AssertUpgrade("e5", {"a1b2"}, "c3d4 e5f6", "e5f6");
  AssertUpgrade("+2", {}, "a1b2 c3d4", "c3d4");
  AssertUpgrade("+1", {"c3d4"}, "e5f6", "e5f6");
  AssertUpgrade("head-1", {"c3d4"}, "e5f6", "e5f6");
  AssertUpgrade("a1b2+2", {}, "a1b2 c3d4 e5f6", "e5f6");
}

TEST_F(LinearPlanTest, DoesNothingWhenAlreadyThereOrAbove) {
  AssertUpgrade("head", {"a7b8"}, "", "a7b8");
  AssertUpgrade("a1b2", {"e5f6"}, "", "e5f6");
  AssertUpgrade("base", {"e5f6"}, "", "e5f6");
  AssertDowngrade("e5f6", {"e5f6"}, "", "e5f6");
  AssertDowngrade("base", {}, "", "");
}

TEST_F(LinearPlanTest, DowngradesToWhatIsNamedAndKeepsIt) {
  AssertDowngrade("base", {"e5f6"}, "e5f6 c3d4 a1b2", "");
  AssertDowngrade("a1b2", {"e5f6"}, "e5f6 c3d4", "a1b2");
  AssertDowngrade("-1", {"e5f6"}, "e5f6", "c3d4");
  AssertDowngrade("-3", {"e5f6"}, "e5f6 c3d4 a1b2", "");
  AssertDowngrade("head-2", {"a7b8"}, "a7b8 e5f6", "c3d4");
}

TEST_F(LinearPlanTest, EachStepUpdatesTheOneRow) {
  const Plan plan = PlanUpgrade(*graph_, {"a1b2"}, "+2").value();
  const std::vector<VersionChange> first = {{VersionChange::Kind::kUpdate, "a1b2", "c3d4"}};
  const std::vector<VersionChange> second = {{VersionChange::Kind::kUpdate, "c3d4", "e5f6"}};
  EXPECT_EQ(plan.steps[0].changes, first);
  EXPECT_EQ(plan.steps[1].changes, second);
}

TEST_F(LinearPlanTest, SaysWhatIsWrongWithATargetAndWhatToType) {
  EXPECT_EQ(UpgradeError("zzz", {}),
            "can't locate revision identified by 'zzz': no revision or branch label has this name "
            "or a name "
            "beginning with it; 'history' lists them all");
  EXPECT_EQ(UpgradeError("a", {}),
            "can't locate revision identified by 'a': several begin with it (a1b2, a7b8); type "
            "more of it");
  EXPECT_EQ(UpgradeError("+5", {"c3d4"}),
            "relative revision +5 didn't produce 5 migrations: fewer revisions are left above; "
            "type 'head' to go "
            "all the way");
  EXPECT_EQ(UpgradeError("-1", {"c3d4"}),
            "relative revision -1 didn't produce 1 migrations: an upgrade goes up; type +N, or use "
            "downgrade");
  EXPECT_EQ(UpgradeError("+0", {"c3d4"}),
            "relative revision 0 didn't produce 0 migrations: an upgrade goes up; type +N, or use "
            "downgrade");
  EXPECT_EQ(DowngradeError("+1", {"c3d4"}),
            "relative revision +1 didn't produce 1 migrations: a downgrade goes down; type -N, or "
            "use upgrade");
  EXPECT_EQ(DowngradeError("-1", {}),
            "relative revision -1 didn't produce 1 migrations: the database is at base");
  EXPECT_EQ(UpgradeError("a1b2:e5f6", {}),
            "range revision not allowed: 'a1b2:e5f6'; name one target");
  EXPECT_EQ(
      UpgradeError("a1b2+1x", {}),
      "target 'a1b2+1x' has 'x' behind the relative part; type 'a1b2+1' if that is what you mean");
  EXPECT_EQ(UpgradeError("", {}), "the target is empty; name a revision, head, heads or base");
}

TEST_F(LinearPlanTest, NamesARowNoFileExplains) {
  EXPECT_EQ(UpgradeError("head", {"gone"}),
            "can't locate revision identified by 'gone': the database's version table holds it but "
            "no revision "
            "file does; bring back the file, or stamp with --purge once you know what state the "
            "schema is in");
}

TEST_F(PlanTest, RefusesToGoThroughAnIrreversibleRevision) {
  Use("a; b!<a; c<b");
  EXPECT_EQ(DowngradeError("a", {"c"}),
            "revision b (b.sql) is irreversible: it has no '-- migrate:down' section, so the "
            "database cannot go "
            "below it; add the section, or choose a target that keeps it");
  AssertDowngrade("b", {"c"}, "c", "b");
}

class BranchPlanTest : public PlanTest {
 protected:
  BranchPlanTest() { Use("a; b<a [shop]; c<b; d<a [ledger]; e<d"); }
};

TEST_F(BranchPlanTest, UpgradesBranchesOneAfterTheOther) {
  AssertUpgrade("heads", {}, "a d e b c", "c e");
  AssertUpgrade("shop@head", {}, "a b c", "c");
  AssertUpgrade("ledger@head", {"c"}, "d e", "c e");
  AssertUpgrade("shop@+1", {"a"}, "b", "b");
  AssertUpgrade("shop@+1", {"b", "e"}, "c", "c e");
}

TEST_F(BranchPlanTest, DowngradesOnlyTheNamedBranchWhenThereIsAChoice) {
  AssertDowngrade("a", {"c", "e"}, "c b e d", "a");
  AssertDowngrade("shop@a", {"c", "e"}, "c b", "e");
  AssertDowngrade("shop@-1", {"c", "e"}, "c", "b e");
  // One base: there is nothing to choose between, so the label does not keep the other branch.
  AssertDowngrade("shop@base", {"c", "e"}, "c b e d a", "");
}

TEST_F(BranchPlanTest, AsksWhichBranchIsMeant) {
  EXPECT_EQ(UpgradeError("head", {}),
            "multiple head revisions are present for given argument 'head': c [shop], e [ledger]; "
            "name one of "
            "them, '<label>@head' for the head of one branch, or 'heads' for all of them");
  EXPECT_EQ(UpgradeError("+1", {"b", "d"}),
            "ambiguous upgrade from multiple current revisions (b, d); name the branch, as in "
            "'<label>@+1', or a "
            "revision");
  EXPECT_EQ(UpgradeError("+1", {"a"}),
            "ambiguous walk: from revision a it leads to b and d; name one of them");
}

TEST_F(BranchPlanTest, WarnsWhenTheOrderOfRowsDecides) {
  const Plan plan = PlanDowngrade(*graph_, {"e", "c"}, "-1").value();
  EXPECT_EQ(StepsOf(plan), "e");
  EXPECT_EQ(plan.warnings, std::vector<std::string>{
                               "downgrade -1 from multiple heads is ambiguous; this usage will be "
                               "disallowed in a future release."});
}

class MergePlanTest : public PlanTest {
 protected:
  MergePlanTest() { Use("a; b<a; c<a; m<b,c; z<m"); }
};

TEST_F(MergePlanTest, MergesRowsAndPartsThemAgain) {
  AssertUpgrade("head", {}, "a c b m z", "z");
  AssertUpgrade("m", {"b"}, "c m", "m");
  AssertDowngrade("m", {"z"}, "z", "m");
  AssertDowngrade("b", {"z"}, "z m", "b c");
}

TEST_F(MergePlanTest, WritesTheRowsOfAMergeAndOfItsUndoing) {
  const std::vector<VersionChange> merge = {{VersionChange::Kind::kDelete, "b", ""},
                                            {VersionChange::Kind::kUpdate, "c", "m"}};
  const std::vector<VersionChange> unmerge = {{VersionChange::Kind::kInsert, "", "b"},
                                              {VersionChange::Kind::kUpdate, "m", "c"}};
  EXPECT_EQ(PlanUpgrade(*graph_, {"b", "c"}, "m").value().steps[0].changes, merge);
  EXPECT_EQ(PlanDowngrade(*graph_, {"m"}, "b").value().steps[0].changes, unmerge);
}

TEST_F(MergePlanTest, CannotStepBelowAMergeWithoutNamingAParent) {
  EXPECT_EQ(DowngradeError("-1", {"m"}),
            "ambiguous walk: from revision m it leads to b and c; name one of them");
}

class DependencyPlanTest : public PlanTest {
 protected:
  DependencyPlanTest() { Use("t1; t2<t1; q1; q2<q1~t1"); }
};

TEST_F(DependencyPlanTest, AppliesWhatIsDependedOnFirst) {
  AssertUpgrade("q2", {}, "t1 q1 q2", "q2");
  AssertUpgrade("heads", {"q2"}, "t2", "q2 t2");
}

TEST_F(DependencyPlanTest, GivesADependencyItsRowBack) {
  AssertDowngrade("q1", {"q2"}, "q2", "q1 t1");
  AssertDowngrade("q2@base", {"q2"}, "q2 q1", "t1");
  AssertDowngrade("t1@base", {"q2"}, "q2 t1", "q1");
}

class GoalTest : public PlanTest {
 protected:
  GoalTest() { Use("a; b<a [shop]; c<b; d<a [ledger]; e<d; f5678; f5699<f5678~e"); }
};

TEST_F(GoalTest, GoesUpWhenPartOfItIsMissingAndDownWhenMoreIsThere) {
  AssertTowards("c", {}, "a b c", "c");
  AssertTowards("c", {"c"}, "", "c");
  AssertTowards("b", {"c", "e"}, "c", "b e");
  AssertTowards("heads", {"c"}, "d e f5678 f5699", "c f5699");
  AssertTowards("heads", {"c", "f5699"}, "", "c f5699");
  AssertTowards("base", {"b"}, "b a", "");
}

TEST_F(GoalTest, LeavesAloneWhatOnlyDependsOnIt) {
  AssertTowards("e", {"f5699"}, "", "f5699");
  AssertTowards("d", {"f5699"}, "f5699 e", "d f5678");
}

TEST_F(GoalTest, RefusesAGoalThatMoves) {
  EXPECT_EQ(
      GoalError("+1"),
      "target '+1' is relative: a desired state that moves each time it is read has no end; name a "
      "revision, head, heads or base");
  EXPECT_EQ(GoalError("head-1"),
            "target 'head-1' is relative: a desired state that moves each time it is read has no "
            "end; name a "
            "revision, head, heads or base");
}

TEST_F(GoalTest, ListsCandidatesOfAnAmbiguousName) {
  EXPECT_EQ(GoalError("f56"),
            "can't locate revision identified by 'f56': several begin with it (f5678, f5699); type "
            "more of it");
  EXPECT_EQ(GoalError("head"),
            "multiple head revisions are present for given argument 'head': c [shop], e [ledger], "
            "f5699; name one "
            "of them, '<label>@head' for the head of one branch, or 'heads' for all of them");
}

TEST_F(GoalTest, RefusesToTakeOneBranchAway) {
  EXPECT_EQ(GoalError("shop@base"),
            "target 'shop@base' takes one branch away and says nothing about the others; name the "
            "revision to "
            "stay at, or base to remove every revision");
}

TEST_F(GoalTest, NamesARowNoFileExplains) {
  auto plan = PlanTowards(*graph_, {"gone"}, {{"c"}});
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace schemaop
