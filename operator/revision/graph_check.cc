#include "revision/graph_check.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "base/text.h"
#include "revision/graph.h"

namespace schemaop {
namespace {

using Index = std::size_t;
using Path = std::vector<Index>;

constexpr std::string_view kSpace = " \t\r\n\v\f";

// The characters of `forbidden` that `name` holds, each once, sorted: "+, :". Empty when there is
// none.
std::string CharactersIn(std::string_view name, std::string_view forbidden) {
  std::set<char> found;
  for (char c : name) {
    if (forbidden.find(c) != std::string_view::npos) found.insert(c);
  }
  std::vector<std::string> parts;
  for (char c : found) parts.push_back(std::string(1, c));
  return Join(parts, ", ");
}

// Depth-first search for a cycle, without recursion: histories are thousands of revisions deep.
class CycleFinder {
 public:
  CycleFinder(const std::vector<RevisionEdges>& edges, bool with_dependencies)
      : edges_(edges), with_dependencies_(with_dependencies), color_(edges.size(), Color::kNew) {}

  std::optional<Path> Find() {
    for (Index start = 0; start < edges_.size(); ++start) {
      if (color_[start] != Color::kNew) continue;
      if (auto cycle = FindFrom(start)) return cycle;
    }
    return std::nullopt;
  }

 private:
  enum class Color : char { kNew, kOpen, kDone };
  struct Frame {
    Index node;
    std::size_t next = 0;
  };

  std::optional<Path> FindFrom(Index start) {
    Open(start);
    while (!stack_.empty()) {
      Frame& frame = stack_.back();
      std::optional<Index> to = EdgeAt(frame.node, frame.next++);
      if (!to) {
        color_[frame.node] = Color::kDone;
        stack_.pop_back();
      } else if (color_[*to] == Color::kOpen) {
        return PathTo(*to);
      } else if (color_[*to] == Color::kNew) {
        Open(*to);
      }
    }
    return std::nullopt;
  }

  void Open(Index node) {
    color_[node] = Color::kOpen;
    stack_.push_back({node});
  }

  std::optional<Index> EdgeAt(Index node, std::size_t number) const {
    const RevisionEdges& edges = edges_[node];
    if (number < edges.parents.size()) return edges.parents[number];
    number -= edges.parents.size();
    if (with_dependencies_ && number < edges.dependencies.size()) return edges.dependencies[number];
    return std::nullopt;
  }

  // From the open frame of `node` to the top of the stack, and back to `node`.
  Path PathTo(Index node) const {
    Path path;
    auto from =
        std::find_if(stack_.begin(), stack_.end(), [&](const Frame& f) { return f.node == node; });
    for (; from != stack_.end(); ++from) path.push_back(from->node);
    path.push_back(node);
    return path;
  }

  const std::vector<RevisionEdges>& edges_;
  const bool with_dependencies_;
  std::vector<Color> color_;
  std::vector<Frame> stack_;
};

std::string DescribeCycle(const std::vector<RevisionEdges>& graph, const Path& path,
                          std::string_view down, std::string_view kind) {
  std::vector<std::string> ids;
  std::vector<std::string> files;
  for (Index index : path) ids.push_back(graph[index].revision->id);
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    const std::string& file = graph[path[i]].revision->file;
    if (!file.empty()) files.push_back(file);
  }
  std::string text = path.size() == 2 ? std::string(kind) + "self-loop is detected in revisions"
                                      : std::string(kind) + "cycle is detected in revisions";
  text += ": " + Join(ids, " -> ");
  if (!files.empty()) text += " (" + Join(files, ", ") + ")";
  return text + "; correct " + std::string(down) + " in one of them";
}

}  // namespace

std::string NameWithFile(const Revision& revision) {
  return revision.file.empty() ? revision.id : revision.id + " (" + revision.file + ")";
}

bool IsReservedName(std::string_view name) {
  constexpr std::array<std::string_view, 4> kReserved = {"head", "heads", "base", "current"};
  return std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
}

Result<void> CheckId(const Revision& revision) {
  const std::string where = revision.file.empty() ? "" : revision.file + ": ";
  if (revision.id.empty()) {
    return Fail(ErrorCode::kInvalid, where + "the revision has no identifier; give it one");
  }
  if (std::string found = CharactersIn(revision.id, "@-+:,"); !found.empty()) {
    return Fail(ErrorCode::kInvalid, where + "character(s) '" + found +
                                         "' not allowed in revision identifier '" + revision.id +
                                         "'; use letters, digits, '_' and '.'");
  }
  if (!CharactersIn(revision.id, kSpace).empty()) {
    return Fail(ErrorCode::kInvalid, where + "revision identifier '" + revision.id +
                                         "' holds white space; use letters, digits, '_' and '.'");
  }
  if (!CharactersIn(revision.id, kActiveCharacters).empty()) {
    return Fail(ErrorCode::kInvalid, where + "revision identifier '" + revision.id +
                                         "' holds a quote, a control character or one that a "
                                         "shell acts upon; use letters, digits, '_' and '.'");
  }
  if (CountCodePoints(revision.id) > RevisionGraph::kMaxIdLength) {
    return Fail(ErrorCode::kInvalid, where + "revision identifier '" + revision.id + "' is " +
                                         std::to_string(CountCodePoints(revision.id)) +
                                         " characters long; the version table holds at most 32");
  }
  if (IsReservedName(revision.id)) {
    return Fail(ErrorCode::kInvalid, where + "revision identifier '" + revision.id +
                                         "' has a meaning of its own in targets; choose another");
  }
  return {};
}

Result<void> CheckLabels(const Revision& revision) {
  for (const std::string& label : revision.branch_labels) {
    const std::string what = "branch label '" + label + "' of revision " + NameWithFile(revision);
    if (label.empty()) return Fail(ErrorCode::kInvalid, what + " is empty; remove it");
    if (std::string found = CharactersIn(label, "@+:,"); !found.empty()) {
      return Fail(
          ErrorCode::kInvalid,
          what + " holds '" + found + "', so no target could name it; use letters, digits and '_'");
    }
    if (!CharactersIn(label, kSpace).empty()) {
      return Fail(
          ErrorCode::kInvalid,
          what + " holds white space, so no target could name it; use letters, digits and '_'");
    }
    if (IsReservedName(label)) {
      return Fail(ErrorCode::kInvalid,
                  what + " has a meaning of its own in targets; choose another");
    }
  }
  return {};
}

Result<void> CheckAcyclic(const std::vector<RevisionEdges>& graph) {
  if (auto path = CycleFinder(graph, false).Find()) {
    return Fail(ErrorCode::kInvalid, DescribeCycle(graph, *path, "down_revision", ""));
  }
  if (auto path = CycleFinder(graph, true).Find()) {
    return Fail(ErrorCode::kInvalid,
                DescribeCycle(graph, *path, "depends_on or down_revision", "dependency "));
  }
  return {};
}

}  // namespace schemaop
