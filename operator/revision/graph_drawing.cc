#include "revision/graph_drawing.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "revision/resolver.h"

namespace schemaop {
namespace {

using Index = RevisionGraph::Index;

bool IsControl(char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; }

// `text` with each character of `table` replaced, and control characters, which no picture can
// show and XML cannot hold, by spaces.
template <std::size_t N>
std::string Escape(std::string_view text,
                   const std::array<std::pair<char, std::string_view>, N>& table) {
  std::string escaped;
  for (const char c : text) {
    const auto* found =
        std::find_if(table.begin(), table.end(), [c](const auto& pair) { return pair.first == c; });
    if (found != table.end()) {
      escaped += found->second;
    } else {
      escaped += IsControl(c) ? ' ' : c;
    }
  }
  return escaped;
}

// Between '$$' Mermaid reads formulas, between '`' Markdown.
constexpr std::array<std::pair<char, std::string_view>, 8> kMermaid{{{'"', "#quot;"},
                                                                     {'#', "#35;"},
                                                                     {'<', "#lt;"},
                                                                     {'>', "#gt;"},
                                                                     {'&', "#amp;"},
                                                                     {'`', "#96;"},
                                                                     {'\\', "#92;"},
                                                                     {'$', "#36;"}}};
constexpr std::array<std::pair<char, std::string_view>, 2> kDot{{{'"', "\\\""}, {'\\', "\\\\"}}};

// Fill colours by Standing; dark text is readable on all of them.
constexpr std::array<std::string_view, 4> kFills{"#ffffff", "#fff3bf", "#d3f9d8", "#74c0fc"};
constexpr std::array<std::string_view, 4> kClasses{"unknown", "pending", "applied", "current"};

std::string FirstLine(const std::string& message) { return message.substr(0, message.find('\n')); }

std::string NodeName(Index index) { return "r" + std::to_string(index); }

// "004 (reference) (head)"
std::string Heading(const RevisionGraph& graph, Index index) {
  const auto& labels = graph.At(index).branch_labels;
  return graph.IdAt(index) + (labels.empty() ? "" : " (" + Join(labels, ", ") + ")") +
         HeadMark(graph, index);
}

// Calls `edge(below, above, is_dependency)` for each edge between drawn revisions.
template <typename Edge>
void ForEachEdge(const Drawing& drawing, const Edge& edge) {
  RevisionSet drawn(drawing.graph.size());
  for (const Index index : drawing.revisions) drawn.Insert(index);
  for (const Index index : drawing.revisions) {
    for (const Index parent : drawing.graph.Parents(index)) {
      if (drawn.Contains(parent)) edge(parent, index, false);
    }
    for (const Index dependency : drawing.graph.Dependencies(index)) {
      if (drawn.Contains(dependency)) edge(dependency, index, true);
    }
  }
}

}  // namespace

Result<std::vector<Standing>> Standings(const Drawing& drawing) {
  std::vector<Standing> standings(drawing.graph.size(), Standing::kUnknown);
  if (!drawing.rows) return standings;
  auto rows = Resolver(drawing.graph, "current").Rows(*drawing.rows);
  if (!rows) return Fail(std::move(rows.error()));
  std::fill(standings.begin(), standings.end(), Standing::kPending);
  for (const Index index : drawing.graph.Ancestors(*rows).Members()) {
    standings[index] = Standing::kApplied;
  }
  for (const Index index : *rows) standings[index] = Standing::kCurrent;
  return standings;
}

Result<std::string> DrawMermaid(const Drawing& drawing) {
  auto standings = Standings(drawing);
  if (!standings) return Fail(std::move(standings.error()));
  std::string text = "flowchart BT\n";
  for (const Index index : drawing.revisions) {
    text += "  " + NodeName(index) + "[\"" + Escape(Heading(drawing.graph, index), kMermaid) +
            "<br/>" + Escape(FirstLine(drawing.graph.At(index).message), kMermaid) + "\"]\n";
  }
  ForEachEdge(drawing, [&text](Index below, Index above, bool dependency) {
    text += "  " + NodeName(below) + (dependency ? " -.-> " : " --> ") + NodeName(above) + "\n";
  });
  for (std::size_t standing = 1; standing < kClasses.size(); ++standing) {
    std::vector<std::string> nodes;
    for (const Index index : drawing.revisions) {
      if ((*standings)[index] == static_cast<Standing>(standing)) nodes.push_back(NodeName(index));
    }
    if (nodes.empty()) continue;
    const std::string name(kClasses[standing]);
    text += "  classDef " + name + " fill:" + std::string(kFills[standing]) + ",color:#000000\n";
    text += "  class " + Join(nodes, ",") + " " + name + "\n";
  }
  return text;
}

Result<std::string> DrawDot(const Drawing& drawing) {
  auto standings = Standings(drawing);
  if (!standings) return Fail(std::move(standings.error()));
  std::string text =
      "digraph revisions {\n  rankdir=BT;\n"
      "  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\"];\n";
  for (const Index index : drawing.revisions) {
    const auto standing = static_cast<std::size_t>((*standings)[index]);
    text += "  " + NodeName(index) + " [label=\"" + Escape(Heading(drawing.graph, index), kDot) +
            "\\n" + Escape(FirstLine(drawing.graph.At(index).message), kDot) + "\", fillcolor=\"" +
            std::string(kFills[standing]) + "\"];\n";
  }
  ForEachEdge(drawing, [&text](Index below, Index above, bool dependency) {
    text += "  " + NodeName(below) + " -> " + NodeName(above) +
            (dependency ? " [style=dashed];\n" : ";\n");
  });
  return text + "}\n";
}

}  // namespace schemaop
