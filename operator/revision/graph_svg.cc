#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "revision/graph_drawing.h"
#include "revision/graph_layout.h"

namespace schemaop {
namespace {

using Index = RevisionGraph::Index;

// Lengths in user units, one to a pixel.
constexpr std::size_t kRowHeight = 28;
constexpr std::size_t kLaneWidth = 20;
constexpr std::size_t kMargin = 20;
constexpr std::size_t kRadius = 6;
constexpr std::size_t kCharacterWidth = 8;  // of the widest usual letters at 13 pixels

constexpr std::string_view kStyle =
    "<style>text{font:13px sans-serif;fill:#212529}.id{font-weight:bold}"
    "path{fill:none;stroke:#868e96;stroke-width:2}"
    "circle{stroke:#343a40;stroke-width:2;fill:#ffffff}"
    ".pending{fill:#ffffff;stroke-dasharray:3 2}.applied{fill:#40c057}.current{fill:#228be6}"
    "</style>\n";

std::string Escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else {
      // XML 1.0 has no way to write a control character.
      escaped += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return escaped;
}

std::string X(std::size_t lane) { return std::to_string(kMargin + lane * kLaneWidth); }
std::string Y(std::size_t row) { return std::to_string(kMargin + row * kRowHeight); }

// Out of the child into the lane within half a row, down the lane, into the parent within half a
// row.
std::string EdgePath(const GraphLayout& layout, const LayoutEdge& edge) {
  const std::string lane = X(edge.lane);
  const std::size_t top = kMargin + edge.child_row * kRowHeight;
  const std::size_t bottom = kMargin + edge.parent_row * kRowHeight;
  const auto curve = [](const std::string& x1, std::size_t y, const std::string& x2,
                        std::size_t y2) {
    const std::string middle = std::to_string((y + y2) / 2);
    return " C" + x1 + " " + middle + " " + x2 + " " + middle + " " + x2 + " " + std::to_string(y2);
  };
  const std::string from = X(layout.rows[edge.child_row].lane);
  const std::string to = X(layout.rows[edge.parent_row].lane);
  return "<path d=\"M" + from + " " + std::to_string(top) +
         curve(from, top, lane, top + kRowHeight / 2) + " V" +
         std::to_string(bottom - kRowHeight / 2) +
         curve(lane, bottom - kRowHeight / 2, to, bottom) + "\"/>\n";
}

struct Label {
  std::string id;
  std::string rest;
};

Label LabelOf(const RevisionGraph& graph, Index index) {
  const Revision& revision = graph.At(index);
  Label label{revision.id, ""};
  if (!revision.branch_labels.empty()) {
    label.rest += " (" + Join(revision.branch_labels, ", ") + ")";
  }
  if (!revision.depends_on.empty()) {
    label.rest += " (needs " + Join(revision.depends_on, ", ") + ")";
  }
  label.rest +=
      HeadMark(graph, index) + " " + revision.message.substr(0, revision.message.find('\n'));
  return label;
}

std::string_view ClassOf(Standing standing) {
  switch (standing) {
    case Standing::kPending:
      return " class=\"pending\"";
    case Standing::kApplied:
      return " class=\"applied\"";
    case Standing::kCurrent:
      return " class=\"current\"";
    case Standing::kUnknown:
      break;
  }
  return "";
}

std::string_view WordFor(Standing standing) {
  switch (standing) {
    case Standing::kPending:
      return ": pending";
    case Standing::kApplied:
      return ": applied";
    case Standing::kCurrent:
      return ": current";
    case Standing::kUnknown:
      break;
  }
  return "";
}

std::string Node(const LayoutRow& row, std::size_t number, const Label& label, Standing standing,
                 std::size_t text_lane) {
  return "<g><title>" + Escape(label.id + std::string(WordFor(standing))) +
         "</title><circle cx=\"" + X(row.lane) + "\" cy=\"" + Y(number) + "\" r=\"" +
         std::to_string(kRadius) + "\"" + std::string(ClassOf(standing)) + "/><text x=\"" +
         X(text_lane) + "\" y=\"" + std::to_string(kMargin + number * kRowHeight + 4) +
         "\"><tspan class=\"id\">" + Escape(label.id) + "</tspan>" + Escape(label.rest) +
         "</text></g>\n";
}

}  // namespace

Result<std::string> DrawSvg(const Drawing& drawing, const std::string& title) {
  auto standings = Standings(drawing);
  if (!standings) return Fail(std::move(standings.error()));
  const GraphLayout layout = LayOut(drawing.graph, drawing.revisions);
  std::string edges;
  for (const LayoutEdge& edge : layout.edges) edges += EdgePath(layout, edge);
  std::string nodes;
  std::size_t longest = 0;
  for (std::size_t number = 0; number < layout.rows.size(); ++number) {
    const LayoutRow& row = layout.rows[number];
    const Label label = LabelOf(drawing.graph, row.revision);
    longest = std::max(longest, CountCodePoints(label.id + label.rest));
    nodes += Node(row, number, label, (*standings)[row.revision], layout.lanes);
  }
  const std::size_t width = 2 * kMargin + layout.lanes * kLaneWidth + longest * kCharacterWidth;
  const std::size_t height = kMargin + std::max<std::size_t>(1, layout.rows.size()) * kRowHeight;
  const std::string size = std::to_string(width) + "\" height=\"" + std::to_string(height);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"" + size +
         "\" viewBox=\"0 0 " + std::to_string(width) + " " + std::to_string(height) +
         "\">\n<title>" + Escape(title) + "</title>\n" + std::string(kStyle) + edges + nodes +
         "</svg>\n";
}

}  // namespace schemaop
