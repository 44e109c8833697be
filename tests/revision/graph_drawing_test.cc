#include "revision/graph_drawing.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "graph_notation.h"
#include "revision/graph_layout.h"
#include "revision/history.h"

namespace schemaop {
namespace {

// The whole history of a graph, ready to be drawn.
class Whole {
 public:
  explicit Whole(const std::string& notation, std::optional<Heads> rows = std::nullopt)
      : graph_(GraphOf(notation)),
        revisions_(RevisionsInRange(graph_, {}, {}).value()),
        drawing_{graph_, revisions_, std::move(rows)} {}

  const Drawing& drawing() const { return drawing_; }
  std::string Tree(Glyphs glyphs = Glyphs::kUnicode, std::size_t columns = 0) const {
    return "\n" + Join(DrawTree(drawing_, glyphs, columns).value(), "\n") + "\n";
  }

 private:
  RevisionGraph graph_;
  RevisionGraph::Indices revisions_;
  Drawing drawing_;
};

TEST(GraphDrawingTest, DrawsALineWithWhatIsAppliedAndPending) {
  EXPECT_EQ(Whole("a; b<a; c<b", Heads{"b"}).Tree(), R"(
○ c (head), doc of c
◉ b (current), doc of b
● a, doc of a

◉ current   ● applied   ○ pending
)");
  EXPECT_EQ(Whole("a; b<a", Heads{}).Tree(Glyphs::kAscii), R"(
o b (head), doc of b
o a, doc of a

@ current   * applied   o pending
)");
}

TEST(GraphDrawingTest, DrawsBranchesAndMerges) {
  EXPECT_EQ(Whole("a; b<a [shop]; c<a; d<b,c; e<d").Tree(), R"(
● e (head), doc of e
● d, doc of d
├─╮
● │ b (shop), doc of b
│ ● c, doc of c
├─╯
● a, doc of a
)");
  EXPECT_EQ(Whole("a; b<a; c<a; d<b,c; e<d").Tree(Glyphs::kAscii), R"(
* e (head), doc of e
* d, doc of d
|-.
* | b, doc of b
| * c, doc of c
|-'
* a, doc of a
)");
}

TEST(GraphDrawingTest, DrawsSeveralLinesThatMeetInOneRow) {
  EXPECT_EQ(Whole("a; b<a; c<a; d<a; m<b,c,d").Tree(), R"(
● m (head), doc of m
├─┬─╮
● │ │ b, doc of b
│ ● │ c, doc of c
│ │ ● d, doc of d
├─┴─╯
● a, doc of a
)");
}

TEST(GraphDrawingTest, NamesDependenciesAndKeepsRootsApart) {
  EXPECT_EQ(Whole("a; b<a; x; y<x~b").Tree(), R"(
● y (needs b) (head), doc of y
● x, doc of x
● b (effective head), doc of b
● a, doc of a
)");
}

TEST(GraphDrawingTest, CutsLinesToTheTerminal) {
  EXPECT_EQ(Whole("größe").Tree(Glyphs::kUnicode, 12), "\n● größe (he…\n");
  EXPECT_EQ(Whole("größe").Tree(Glyphs::kAscii, 12), "\n* größe (...\n");
  EXPECT_EQ(Whole("a").Tree(Glyphs::kUnicode, 20), "\n● a (head), doc of a\n");
}

TEST(GraphDrawingTest, LeavesOutWhatIsOutsideTheRange) {
  const RevisionGraph graph = GraphOf("a; b<a; c<a; d<b,c; e<d");
  const auto part = RevisionsInRange(graph, {}, {"b", "e"}).value();
  EXPECT_EQ(Join(DrawTree({graph, part, std::nullopt}, Glyphs::kUnicode, 0).value(), "\n"),
            "● e (head), doc of e\n● d, doc of d\n● b, doc of b");
}

TEST(GraphDrawingTest, EveryEdgeEndsWhereItsParentIs) {
  const Whole whole("a; b<a; c<a; d<b; e<b,c; f<d,e; g<f; h<c; i<g,h");
  const GraphLayout layout = LayOut(whole.drawing().graph, whole.drawing().revisions);
  std::size_t edges = 0;
  for (const LayoutRow& row : layout.rows) {
    edges += whole.drawing().graph.Parents(row.revision).size();
  }
  EXPECT_EQ(layout.edges.size(), edges);
  for (const LayoutEdge& edge : layout.edges) {
    ASSERT_LT(edge.child_row, edge.parent_row);
    EXPECT_LT(edge.lane, layout.lanes);
    for (std::size_t row = edge.child_row + 1; row < edge.parent_row; ++row) {
      EXPECT_NE(layout.rows[row].lane, edge.lane) << "a line runs through a revision";
    }
  }
}

TEST(GraphDrawingTest, DrawsAnEmptyHistory) {
  const Whole nothing("");
  EXPECT_EQ(DrawTree(nothing.drawing(), Glyphs::kUnicode, 80).value(), Lines{});
  EXPECT_EQ(DrawMermaid(nothing.drawing()).value(), "flowchart BT\n");
}

TEST(GraphDrawingTest, RefusesARowNoFileDeclares) {
  const Whole whole("a", Heads{"gone"});
  EXPECT_EQ(DrawTree(whole.drawing(), Glyphs::kUnicode, 0).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(DrawSvg(whole.drawing(), "t").error().code, ErrorCode::kNotFound);
}

TEST(GraphDrawingTest, WritesMermaid) {
  EXPECT_EQ(DrawMermaid(Whole("a; b<a; c~b", Heads{"b"}).drawing()).value(), R"(flowchart BT
  r2["c (head)<br/>doc of c"]
  r1["b (effective head)<br/>doc of b"]
  r0["a<br/>doc of a"]
  r1 -.-> r2
  r0 --> r1
  classDef pending fill:#fff3bf,color:#000000
  class r2 pending
  classDef applied fill:#d3f9d8,color:#000000
  class r0 applied
  classDef current fill:#74c0fc,color:#000000
  class r1 current
)");
}

TEST(GraphDrawingTest, WritesDot) {
  EXPECT_EQ(DrawDot(Whole("a; b<a; c~b", Heads{"a"}).drawing()).value(), R"(digraph revisions {
  rankdir=BT;
  node [shape=box, style="rounded,filled", fontname="sans-serif"];
  r2 [label="c (head)\ndoc of c", fillcolor="#fff3bf"];
  r1 [label="b (effective head)\ndoc of b", fillcolor="#fff3bf"];
  r0 [label="a\ndoc of a", fillcolor="#74c0fc"];
  r1 -> r2 [style=dashed];
  r0 -> r1;
}
)");
}

TEST(GraphDrawingTest, EscapesMessagesInEachLanguage) {
  Revision revision;
  revision.id = "a";
  revision.message = "say \"<b>&\\n#1`\x01";
  const RevisionGraph graph = RevisionGraph::Build({revision}).value();
  const RevisionGraph::Indices all{0};
  const Drawing drawing{graph, all, std::nullopt};
  EXPECT_NE(DrawMermaid(drawing)->find("say #quot;#lt;b#gt;#amp;#92;n#35;1#96;"),
            std::string::npos);
  EXPECT_NE(DrawDot(drawing)->find(R"(say \"<b>&\\n#1`)"), std::string::npos);
  EXPECT_NE(DrawSvg(drawing, "<t>")->find("say \"&lt;b&gt;&amp;\\n#1` </text>"), std::string::npos);
  EXPECT_NE(DrawSvg(drawing, "<t>")->find("<title>&lt;t&gt;</title>"), std::string::npos);
}

}  // namespace
}  // namespace schemaop
