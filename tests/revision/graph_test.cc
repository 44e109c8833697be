#include "revision/graph.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "graph_notation.h"
#include "revision/plan.h"

namespace schemaop {
namespace {

using Ids = std::vector<RevisionId>;

TEST(GraphTest, AnEmptyGraphHasNoEnds) {
  const RevisionGraph graph = GraphOf("");
  EXPECT_EQ(graph.size(), 0U);
  EXPECT_TRUE(graph.HeadIds().empty());
  EXPECT_TRUE(PlanUpgrade(graph, {}, "head").value().steps.empty());
}

TEST(GraphTest, FindsEndsAndForksInLoadOrder) {
  const RevisionGraph graph = GraphOf("m<c,b; a; b<a; c<a; z; y<z~m");
  EXPECT_EQ(graph.HeadIds(), (Ids{"m", "y"}));
  EXPECT_EQ(graph.Ids(graph.RealHeads()), Ids{"y"});
  EXPECT_EQ(graph.Ids(graph.Bases()), (Ids{"a", "z"}));
  EXPECT_TRUE(graph.IsBranchPoint(*graph.IndexOf("a")));
  EXPECT_TRUE(graph.IsMergePoint(*graph.IndexOf("m")));
  EXPECT_EQ(graph.Ids(graph.Parents(*graph.IndexOf("m"))), (Ids{"c", "b"}));
  EXPECT_EQ(graph.Ids(graph.Children(*graph.IndexOf("a"))), (Ids{"b", "c"}));
  EXPECT_EQ(graph.Ids(graph.Dependents(*graph.IndexOf("m"))), Ids{"y"});
}

TEST(GraphTest, ReachesByDownEdgesAloneOrByDependenciesToo) {
  const RevisionGraph graph = GraphOf("a; b<a; z; y<z~a");
  const auto at = [&](std::string_view id) { return RevisionGraph::Indices{*graph.IndexOf(id)}; };
  EXPECT_EQ(graph.Ids(graph.Ancestors(at("y")).Members()), (Ids{"a", "z", "y"}));
  EXPECT_EQ(graph.Ids(graph.AncestorsByDown(at("y")).Members()), (Ids{"z", "y"}));
  EXPECT_EQ(graph.Ids(graph.Descendants(at("a")).Members()), (Ids{"a", "b", "y"}));
  EXPECT_EQ(graph.Ids(graph.DescendantsByDown(at("a")).Members()), (Ids{"a", "b"}));
}

TEST(GraphTest, DropsDependenciesAnAncestorDeclaresAlready) {
  const RevisionGraph graph = GraphOf("t [lib]; a~lib; b<a~t; c<b~t,a");
  EXPECT_EQ(graph.Ids(graph.Requires(*graph.IndexOf("a"))), Ids{"t"});
  EXPECT_EQ(graph.Ids(graph.Requires(*graph.IndexOf("b"))), Ids{"a"});
  // A dependency that is itself a plain ancestor stays, as in Alembic.
  EXPECT_EQ(graph.Ids(graph.Requires(*graph.IndexOf("c"))), (Ids{"b", "a"}));
  EXPECT_EQ(graph.Ids(graph.Dependencies(*graph.IndexOf("c"))), (Ids{"t", "a"}));
}

TEST(GraphTest, ShowsALabelOnItsWholeBranch) {
  const RevisionGraph graph = GraphOf("a; b<a; c<b [shop]; d<c; x<a [lib]; m<d,x");
  const auto labels = [&](std::string_view id) { return graph.Labels(*graph.IndexOf(id)); };
  EXPECT_TRUE(labels("a").empty());
  EXPECT_EQ(labels("c"), std::vector<std::string>{"shop"});
  EXPECT_EQ(labels("d"), std::vector<std::string>{"shop"});
  EXPECT_EQ(labels("m"), (std::vector<std::string>{"lib", "shop"}));
}

TEST(GraphTest, CarriesALabelDownToTheBranchPoint) {
  const RevisionGraph graph = GraphOf("a; b<a; c<b; d<c [shop]; x<a");
  EXPECT_EQ(graph.Labels(*graph.IndexOf("b")), std::vector<std::string>{"shop"});
  EXPECT_TRUE(graph.Labels(*graph.IndexOf("a")).empty());
}

TEST(GraphTest, TellsWhatAVersionTableHoldsFromWhatCurrentShows) {
  const RevisionGraph graph = GraphOf("t; q~t");
  const RevisionSet applied = graph.Ancestors({*graph.IndexOf("q")});
  EXPECT_EQ(graph.Ids(graph.EffectiveHeads(applied)), Ids{"q"});
  EXPECT_EQ(graph.Ids(graph.TipsByDown(applied)), (Ids{"t", "q"}));
}

TEST(GraphTest, RefusesWhatIsNamedButNotThere) {
  EXPECT_EQ(BuildErrorOf("a; b<gone"),
            "revision 'gone' referenced from b (b.sql) is not present; correct its down_revision "
            "or add the "
            "missing file");
  EXPECT_EQ(BuildErrorOf("a; b<a~gone"),
            "revision 'gone' referenced from b (b.sql) is not present; correct its depends_on or "
            "add the missing "
            "file");
  // A label is no parent.
  EXPECT_EQ(BuildErrorOf("a [shop]; b<shop"),
            "revision 'shop' referenced from b (b.sql) is not present; correct its down_revision "
            "or add the "
            "missing file");
}

TEST(GraphTest, RefusesTheSameIdInTwoFilesNamingBoth) {
  auto revisions = RevisionsOf("a; b<a; a");
  revisions[2].file = "copy.sql";
  auto graph = RevisionGraph::Build(std::move(revisions));
  ASSERT_FALSE(graph);
  EXPECT_EQ(graph.error().message,
            "revision a is present more than once: a (a.sql) and a (copy.sql); give one of them "
            "another id");
}

TEST(GraphTest, PrintsACycleAsItsPath) {
  EXPECT_EQ(BuildErrorOf("a<c; b<a; c<b"),
            "cycle is detected in revisions: a -> c -> b -> a (a.sql, c.sql, b.sql); correct "
            "down_revision in one "
            "of them");
  EXPECT_EQ(
      BuildErrorOf("a<a"),
      "self-loop is detected in revisions: a -> a (a.sql); correct down_revision in one of them");
  EXPECT_EQ(BuildErrorOf("a~a"),
            "dependency self-loop is detected in revisions: a -> a (a.sql); correct depends_on or "
            "down_revision in "
            "one of them");
  EXPECT_EQ(BuildErrorOf("a~b; b<a"),
            "dependency cycle is detected in revisions: a -> b -> a (a.sql, b.sql); correct "
            "depends_on or "
            "down_revision in one of them");
  EXPECT_EQ(BuildErrorOf("a~shop [shop]"),
            "dependency self-loop is detected in revisions: a -> a (a.sql); correct depends_on or "
            "down_revision in "
            "one of them");
}

TEST(GraphTest, RefusesTheCycleAlembicDoesNotNotice) {
  // It lies between a base and a head: Alembic runs c before e, which c needs.
  EXPECT_EQ(BuildErrorOf("a; b<a; c<b,e; d<c; e<d; f<e"),
            "cycle is detected in revisions: c -> e -> d -> c (c.sql, e.sql, d.sql); correct "
            "down_revision in one "
            "of them");
}

TEST(GraphTest, RefusesIdsAVersionTableOrATargetCannotHold) {
  EXPECT_EQ(BuildErrorOf("a-b"),
            "a-b.sql: character(s) '-' not allowed in revision identifier 'a-b'; use letters, "
            "digits, '_' and '.'");
  EXPECT_EQ(
      BuildErrorOf("a b"),
      "a b.sql: revision identifier 'a b' holds white space; use letters, digits, '_' and '.'");
  // Names are pasted into shells.
  EXPECT_EQ(BuildErrorOf("a$x"),
            "a$x.sql: revision identifier 'a$x' holds a quote, a control character or one that a "
            "shell acts upon; use letters, digits, '_' and '.'");
  for (const char* id : {"a\x1bm", "a'b", "a\"b", "a`b", "a\\b", "a&b", "a|b", "a\x7f"}) {
    EXPECT_NE(BuildErrorOf(id), "built") << id;
  }
  EXPECT_EQ(BuildErrorOf("\xC3\xA9t\xC3\xA9_1.0#/?="), "built");
  EXPECT_EQ(
      BuildErrorOf("head"),
      "head.sql: revision identifier 'head' has a meaning of its own in targets; choose another");
  const std::string longest(32, 'x');
  EXPECT_EQ(BuildErrorOf(longest), "built");
  EXPECT_EQ(BuildErrorOf(longest + "y"),
            longest + "y.sql: revision identifier '" + longest +
                "y' is 33 characters long; the version table holds at most 32");
}

TEST(GraphTest, RefusesLabelsNoTargetCouldName) {
  EXPECT_EQ(BuildErrorOf("a [x@y]"),
            "branch label 'x@y' of revision a (a.sql) holds '@', so no target could name it; use "
            "letters, digits "
            "and '_'");
  EXPECT_EQ(BuildErrorOf("a [x y]"),
            "branch label 'x y' of revision a (a.sql) holds white space, so no target could name "
            "it; use letters, "
            "digits and '_'");
  EXPECT_EQ(BuildErrorOf("a [base]"),
            "branch label 'base' of revision a (a.sql) has a meaning of its own in targets; choose "
            "another");
}

TEST(GraphTest, RefusesALabelUsedTwice) {
  EXPECT_EQ(BuildErrorOf("a [shop]; b<a [shop]"),
            "branch name 'shop' in revision b already used by revision a; files: b.sql, a.sql");
  EXPECT_EQ(BuildErrorOf("a [a]"),
            "branch name 'a' in revision a already used by revision a; files: a.sql, a.sql");
}

TEST(GraphTest, RefusesAParentNamedTwice) {
  EXPECT_EQ(BuildErrorOf("a; b<a,a"), "revision b (b.sql) names its parent a twice; remove one");
}

TEST(GraphTest, PlansTenThousandRevisions) {
  constexpr int kRevisions = 10000;
  std::string notation = "r0";
  for (int i = 1; i < kRevisions; ++i) {
    notation += ";r" + std::to_string(i) + "<r" + std::to_string(i - 1);
  }
  const RevisionGraph graph = GraphOf(notation);
  const Plan up = PlanUpgrade(graph, {}, "head").value();
  ASSERT_EQ(up.steps.size(), static_cast<std::size_t>(kRevisions));
  EXPECT_EQ(up.steps.back().revision, "r9999");
  const Plan down = PlanDowngrade(graph, up.to, "base").value();
  EXPECT_EQ(down.steps.size(), static_cast<std::size_t>(kRevisions));
  EXPECT_TRUE(down.to.empty());
}

}  // namespace
}  // namespace schemaop
