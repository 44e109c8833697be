#include "revision/views.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "graph_notation.h"
#include "revision/history.h"

namespace schemaop {
namespace {

class ViewsTest : public ::testing::Test {
 protected:
  Lines History(std::string_view range, const Heads& rows = {}) {
    auto revisions = RevisionsInRange(graph_, rows, ParseHistoryRange(range).value());
    if (!revisions) return {revisions.error().message};
    return HistoryView(graph_, *revisions, {}, Detail::kBrief);
  }

  const RevisionGraph graph_ = GraphOf("a; b<a [shop]; c<a~lib; m<b,c; t [lib]");
};

TEST_F(ViewsTest, HistoryListsTheNewestFirstWithEveryMark) {
  const Lines expected = {
      "b, c -> m (shop) (head) (current) (mergepoint), doc of m",
      "a -> b (shop), doc of b",
      "a (lib) -> c, doc of c",
      "<base> -> t (lib) (effective head), doc of t",
      "<base> -> a (branchpoint), doc of a",
  };
  const auto all = RevisionsInRange(graph_, {}, HistoryRange{});
  EXPECT_EQ(HistoryView(graph_, *all, {"m"}, Detail::kBrief), expected);
}

TEST_F(ViewsTest, HistoryRangesIncludeBothEnds) {
  EXPECT_EQ(History("a:b"),
            (Lines{"a -> b (shop), doc of b", "<base> -> a (branchpoint), doc of a"}));
  EXPECT_EQ(History(":current", {"b"}), History("a:b"));
  EXPECT_EQ(History("current:", {"m"}), (Lines{"b, c -> m (shop) (head) (mergepoint), doc of m"}));
  EXPECT_EQ(History("b:+1"),
            (Lines{"b, c -> m (shop) (head) (mergepoint), doc of m", "a -> b (shop), doc of b"}));
}

TEST_F(ViewsTest, HistoryRefusesARangeThatIsNotOneLine) {
  EXPECT_EQ(History("b:c"),
            Lines{"requested range b:c does not refer to ancestor/descendant revisions along the "
                  "same branch; start:end goes from the older to the newer one"});
  EXPECT_EQ(ParseHistoryRange("b").error().message,
            "history range requires [start]:[end], [start]:, or :[end]; got 'b'");
}

TEST_F(ViewsTest, VerboseHistoryIsALogEntryEach) {
  const Lines expected = {
      "Rev: c (current)", "Parent: a", "Also depends on: lib", "Path: c.sql", "",
      "    doc of c",     ""};
  EXPECT_EQ(LogEntry(graph_, *graph_.IndexOf("c"), {"c"}), expected);
}

TEST_F(ViewsTest, ALogEntryNamesParentsChildrenAndLabels) {
  EXPECT_EQ(LogEntry(graph_, *graph_.IndexOf("a"), {}),
            (Lines{"Rev: a (branchpoint)", "Parent: <base>", "Branches into: b, c", "Path: a.sql",
                   "", "    doc of a", ""}));
  EXPECT_EQ(LogEntry(graph_, *graph_.IndexOf("m"), {}),
            (Lines{"Rev: m (head) (mergepoint)", "Merges: b, c", "Branch names: shop",
                   "Path: m.sql", "", "    doc of m", ""}));
}

TEST_F(ViewsTest, HeadsTellsRealOnesFromThoseSomethingDependsOn) {
  EXPECT_EQ(HeadsView(graph_, graph_.Heads(), Detail::kBrief),
            (Lines{"m (shop) (head)", "t (lib) (effective head)"}));
  EXPECT_EQ(HeadsView(graph_, graph_.RealHeads(), Detail::kBrief), Lines{"m (shop) (head)"});
}

TEST_F(ViewsTest, BranchesListsEachBranchPointAndItsChildren) {
  EXPECT_EQ(BranchesView(graph_, Detail::kBrief),
            (Lines{"a (branchpoint)", "  -> b (shop)", "  -> c", ""}));
}

TEST_F(ViewsTest, CurrentShowsAlsoWhatADependencyImplies) {
  EXPECT_EQ(CurrentView(graph_, {"c"}, Detail::kBrief).value(), (Lines{"c", "t (effective head)"}));
  EXPECT_EQ(CurrentView(graph_, {}, Detail::kBrief).value(), Lines{});
  EXPECT_EQ(CurrentView(graph_, {"gone"}, Detail::kBrief).error().code, ErrorCode::kNotFound);
}

TEST_F(ViewsTest, ShowPrintsWhatANameStandsFor) {
  EXPECT_EQ(ShowView(graph_, {"b"}, "current").value(), LogEntry(graph_, *graph_.IndexOf("b"), {}));
  EXPECT_EQ(ShowView(graph_, {}, "shop").value(), LogEntry(graph_, *graph_.IndexOf("b"), {}));
  EXPECT_EQ(ShowView(graph_, {}, "shop@head").value().front(), "Rev: m (head) (mergepoint)");
}

TEST_F(ViewsTest, AMessageKeepsItsLinesInEntriesAndItsFirstParagraphInLines) {
  auto revisions = RevisionsOf("a");
  revisions[0].message = "one\ntwo\n\nthree";
  const RevisionGraph graph = RevisionGraph::Build(std::move(revisions)).value();
  EXPECT_EQ(LogEntry(graph, 0, {}), (Lines{"Rev: a (head)", "Parent: <base>", "Path: a.sql", "",
                                           "    one", "    two", "    ", "    three", ""}));
  EXPECT_EQ(HistoryView(graph, {0}, {}, Detail::kBrief), Lines{"<base> -> a (head), one\ntwo"});
}

}  // namespace
}  // namespace schemaop
