#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "revision/graph_drawing.h"
#include "revision/graph_layout.h"

namespace schemaop {
namespace {

using Index = RevisionGraph::Index;

struct Alphabet {
  std::string_view standing[4];  // by Standing
  std::string_view down, across, start, join, last_join, fork, last_fork;
  std::string_view cut;
};

constexpr Alphabet kUnicode{{"●", "○", "●", "◉"}, "│", "─", "├", "┴", "╯", "┬", "╮", "…"};
constexpr Alphabet kAscii{{"*", "o", "*", "@"}, "|", "-", "|", "'", "'", ".", ".", "..."};

const Alphabet& AlphabetOf(Glyphs glyphs) { return glyphs == Glyphs::kUnicode ? kUnicode : kAscii; }

std::string Trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

// A row of lines in which `ends` are joined to `lane`, to their left.
std::string Connector(const Alphabet& glyphs, const std::vector<bool>& lines, std::size_t lane,
                      const std::vector<std::size_t>& ends, bool joining) {
  const std::size_t last = ends.back();
  std::string text;
  for (std::size_t i = 0; i < std::max(lines.size(), last + 1); ++i) {
    const bool inside = i > lane && i <= last;
    const bool is_end = std::find(ends.begin(), ends.end(), i) != ends.end();
    const bool runs = i < lines.size() && lines[i];
    if (i == lane) {
      text += glyphs.start;
    } else if (is_end && i == last) {
      text += joining ? glyphs.last_join : glyphs.last_fork;
    } else if (is_end) {
      text += joining ? glyphs.join : glyphs.fork;
    } else if (runs) {
      text += glyphs.down;
    } else if (inside) {
      text += glyphs.across;
    } else {
      text += " ";
    }
    if (i >= lane && i < last) {
      text += glyphs.across;
    } else {
      text += " ";
    }
  }
  return Trimmed(std::move(text));
}

std::string NodeRow(const Alphabet& glyphs, const LayoutRow& row, Standing standing) {
  std::string text;
  std::size_t last = row.lane;
  for (std::size_t i = 0; i < row.beside.size(); ++i) {
    if (row.beside[i]) last = std::max(last, i);
  }
  for (std::size_t i = 0; i <= last; ++i) {
    if (i == row.lane) {
      text += glyphs.standing[static_cast<std::size_t>(standing)];
    } else {
      text += i < row.beside.size() && row.beside[i] ? glyphs.down : " ";
    }
    text += " ";
  }
  return text;
}

// "004 (reference) (head) (current), message"
std::string Caption(const RevisionGraph& graph, Index index, Standing standing) {
  const Revision& revision = graph.At(index);
  std::string text = revision.id;
  if (!revision.branch_labels.empty()) text += " (" + Join(revision.branch_labels, ", ") + ")";
  if (!revision.depends_on.empty()) text += " (needs " + Join(revision.depends_on, ", ") + ")";
  text += HeadMark(graph, index);
  if (standing == Standing::kCurrent) text += " (current)";
  return text + ", " + revision.message.substr(0, revision.message.find('\n'));
}

std::string Cut(std::string line, std::size_t columns, const Alphabet& glyphs) {
  if (columns == 0 || CountCodePoints(line) <= columns) return line;
  const std::size_t room = columns - std::min(columns, CountCodePoints(glyphs.cut));
  std::size_t characters = 0;
  std::size_t end = 0;
  while (end < line.size()) {
    if (!IsInsideCharacter(line[end]) && characters++ == room) break;
    ++end;
  }
  return line.substr(0, end) + std::string(glyphs.cut);
}

std::string Legend(const Alphabet& glyphs) {
  const auto of = [&glyphs](Standing standing) {
    return std::string(glyphs.standing[static_cast<std::size_t>(standing)]);
  };
  return of(Standing::kCurrent) + " current   " + of(Standing::kApplied) + " applied   " +
         of(Standing::kPending) + " pending";
}

}  // namespace

Result<Lines> DrawTree(const Drawing& drawing, Glyphs glyphs, std::size_t columns) {
  auto standings = Standings(drawing);
  if (!standings) return Fail(std::move(standings.error()));
  const Alphabet& alphabet = AlphabetOf(glyphs);
  Lines lines;
  for (const LayoutRow& row : LayOut(drawing.graph, drawing.revisions).rows) {
    if (!row.joining.empty()) {
      lines.push_back(Connector(alphabet, row.above, row.lane, row.joining, true));
    }
    const Standing standing = (*standings)[row.revision];
    lines.push_back(
        Cut(NodeRow(alphabet, row, standing) + Caption(drawing.graph, row.revision, standing),
            columns, alphabet));
    if (!row.forking.empty()) {
      lines.push_back(Connector(alphabet, row.below, row.lane, row.forking, false));
    }
  }
  if (drawing.rows && !lines.empty()) {
    lines.emplace_back();
    lines.push_back(Legend(alphabet));
  }
  return lines;
}

}  // namespace schemaop
