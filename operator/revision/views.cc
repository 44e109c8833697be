#include "revision/views.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "revision/resolver.h"
#include "revision/sort.h"
#include "revision/walk.h"

namespace schemaop {
namespace {

using Index = RevisionGraph::Index;
using Indices = RevisionGraph::Indices;

bool IsRow(const RevisionGraph& graph, Index index, const Heads& rows) {
  return std::find(rows.begin(), rows.end(), graph.IdAt(index)) != rows.end();
}

std::string ParentsOf(const RevisionGraph& graph, Index index) {
  if (graph.IsBase(index)) return "<base>";
  return Join(graph.At(index).down_revisions, ", ");
}

std::vector<std::string> ChildrenOf(const RevisionGraph& graph, Index index) {
  std::vector<std::string> ids = graph.Ids(graph.Children(index));
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::string TreeMarks(const RevisionGraph& graph, Index index) {
  return std::string(graph.IsBranchPoint(index) ? " (branchpoint)" : "") +
         (graph.IsMergePoint(index) ? " (mergepoint)" : "");
}

std::string LabelMark(const RevisionGraph& graph, Index index) {
  const std::vector<std::string>& labels = graph.Labels(index);
  return labels.empty() ? "" : " (" + Join(labels, ", ") + ")";
}

std::string FirstParagraph(const std::string& message) {
  return message.substr(0, message.find("\n\n"));
}

// "down1, down2 (dep) -> id (label) (head) (current) (branchpoint), message"
std::string HistoryLine(const RevisionGraph& graph, Index index, const Heads& rows) {
  const Revision& revision = graph.At(index);
  std::string line = ParentsOf(graph, index);
  if (!revision.depends_on.empty()) line += " (" + Join(revision.depends_on, ", ") + ")";
  line += " -> " + revision.id + LabelMark(graph, index) + HeadMark(graph, index);
  if (IsRow(graph, index, rows)) line += " (current)";
  return line + TreeMarks(graph, index) + ", " + FirstParagraph(revision.message);
}

void Append(Lines& lines, const Lines& more) {
  lines.insert(lines.end(), more.begin(), more.end());
}

}  // namespace

std::string HeadMark(const RevisionGraph& graph, Index index) {
  if (graph.At(index).from_ledger) return " (no file, kept in the ledger)";
  if (graph.IsRealHead(index)) return " (head)";
  return graph.IsHead(index) ? " (effective head)" : "";
}

Lines LogEntry(const RevisionGraph& graph, Index index, const Heads& rows) {
  const Revision& revision = graph.At(index);
  Lines lines;
  lines.push_back("Rev: " + revision.id + (graph.IsHead(index) ? " (head)" : "") +
                  TreeMarks(graph, index) + (IsRow(graph, index, rows) ? " (current)" : ""));
  lines.push_back((graph.IsMergePoint(index) ? "Merges: " : "Parent: ") + ParentsOf(graph, index));
  if (!revision.depends_on.empty())
    lines.push_back("Also depends on: " + Join(revision.depends_on, ", "));
  if (graph.IsBranchPoint(index))
    lines.push_back("Branches into: " + Join(ChildrenOf(graph, index), ", "));
  if (!graph.Labels(index).empty())
    lines.push_back("Branch names: " + Join(graph.Labels(index), ", "));
  lines.push_back("Path: " + revision.file);
  lines.push_back("");
  if (revision.message.empty()) {
    lines.push_back("");
  } else {
    for (const std::string& line : Split(Trim(revision.message), '\n'))
      lines.push_back("    " + line);
  }
  lines.push_back("");
  return lines;
}

Lines HistoryView(const RevisionGraph& graph, const Indices& revisions, const Heads& rows,
                  Detail detail) {
  Lines lines;
  for (Index index : revisions) {
    if (detail == Detail::kVerbose) {
      Append(lines, LogEntry(graph, index, rows));
    } else {
      lines.push_back(HistoryLine(graph, index, rows));
    }
  }
  return lines;
}

Lines HeadsView(const RevisionGraph& graph, const Indices& heads, Detail detail) {
  Lines lines;
  for (Index index : heads) {
    if (detail == Detail::kVerbose) {
      Append(lines, LogEntry(graph, index, {}));
    } else {
      lines.push_back(graph.IdAt(index) + LabelMark(graph, index) + HeadMark(graph, index));
    }
  }
  return lines;
}

Lines BranchesView(const RevisionGraph& graph, Detail detail) {
  const bool verbose = detail == Detail::kVerbose;
  RevisionSet all(graph.size());
  for (Index index = 0; index < graph.size(); ++index) all.Insert(index);
  Lines lines;
  for (Index index : SortDownwards(graph, all, graph.RealHeads())) {
    if (!graph.IsBranchPoint(index)) continue;
    const RevisionId& id = graph.IdAt(index);
    if (verbose) {
      Append(lines, LogEntry(graph, index, {}));
    } else {
      lines.push_back(id + LabelMark(graph, index) + HeadMark(graph, index) +
                      TreeMarks(graph, index));
    }
    for (const std::string& child_id : ChildrenOf(graph, index)) {
      const Index child = *graph.IndexOf(child_id);
      lines.push_back(std::string(CountCodePoints(id), ' ') + " -> " + child_id +
                      LabelMark(graph, child) + HeadMark(graph, child) + TreeMarks(graph, child) +
                      (verbose ? ", " + FirstParagraph(graph.At(child).message) : ""));
    }
    lines.push_back("");
  }
  return lines;
}

Result<Indices> CurrentRevisions(const RevisionGraph& graph, const Heads& rows) {
  auto applied = Resolver(graph, "current").Rows(rows);
  if (!applied) return applied;
  Indices tips = graph.TipsByDown(graph.Ancestors(*applied));
  std::sort(tips.begin(), tips.end(),
            [&](Index a, Index b) { return graph.IdAt(a) < graph.IdAt(b); });
  return tips;
}

Result<Lines> CurrentView(const RevisionGraph& graph, const Heads& rows, Detail detail) {
  auto tips = CurrentRevisions(graph, rows);
  if (!tips) return Fail(std::move(tips.error()));
  Lines lines;
  for (Index index : *tips) {
    if (detail == Detail::kVerbose) {
      Append(lines, LogEntry(graph, index, {}));
    } else {
      lines.push_back(graph.IdAt(index) + HeadMark(graph, index) + TreeMarks(graph, index));
    }
  }
  return lines;
}

Result<Indices> RevisionsShown(const RevisionGraph& graph, const Heads& rows,
                               std::string_view name) {
  const Resolver resolver(graph, name);
  if (name == "current") return resolver.Rows(rows);
  auto points = PointsNamed(resolver, name);
  if (!points) return Fail(std::move(points.error()));
  Indices shown;
  for (const std::optional<WalkPoint>& point : *points) {
    const Index* index = point ? std::get_if<Index>(&*point) : nullptr;
    if (index == nullptr) {
      return Fail(ErrorCode::kInvalid,
                  "'" + std::string(name) + "' reaches below the first revision; name a revision");
    }
    shown.push_back(*index);
  }
  return shown;
}

Result<Lines> ShowView(const RevisionGraph& graph, const Heads& rows, std::string_view name) {
  auto shown = RevisionsShown(graph, rows, name);
  if (!shown) return Fail(std::move(shown.error()));
  Lines lines;
  for (Index index : *shown) Append(lines, LogEntry(graph, index, {}));
  return lines;
}

}  // namespace schemaop
