#include "graph_notation.h"

#include <algorithm>

#include "base/text.h"

namespace schemaop {
namespace {

// Cuts what stands behind the last `mark` off `text` and returns its parts.
std::vector<std::string> CutList(std::string& text, char mark) {
  const std::size_t at = text.rfind(mark);
  if (at == std::string::npos) return {};
  std::vector<std::string> parts = SplitList(text.substr(at + 1));
  text = std::string(Trim(text.substr(0, at)));
  return parts;
}

}  // namespace

std::vector<Revision> RevisionsOf(std::string_view notation) {
  std::vector<Revision> revisions;
  for (const std::string& part : Split(notation, ';')) {
    std::string text(Trim(part));
    if (text.empty()) continue;
    Revision revision;
    std::erase(text, ']');
    revision.branch_labels = CutList(text, '[');
    revision.depends_on = CutList(text, '~');
    revision.down_revisions = CutList(text, '<');
    if (!text.ends_with('!')) revision.downgrade = Section{};
    std::erase(text, '!');
    revision.id = text;
    revision.file = text + ".sql";
    revision.message = "doc of " + text;
    revisions.push_back(std::move(revision));
  }
  return revisions;
}

RevisionGraph GraphOf(std::string_view notation) {
  return RevisionGraph::Build(RevisionsOf(notation)).value();
}

std::string BuildErrorOf(std::string_view notation) {
  auto graph = RevisionGraph::Build(RevisionsOf(notation));
  return graph ? "built" : graph.error().message;
}

}  // namespace schemaop
