#include "cli/revision_listing.h"

#include <algorithm>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace schemaop {
namespace {

using Json = nlohmann::ordered_json;

std::string Marks(const Json& object) {
  std::vector<std::string> marks;
  for (const char* mark : {"head", "effective_head", "branchpoint", "mergepoint", "current"}) {
    if (object.value(mark, false)) marks.emplace_back(mark);
  }
  return Join(marks, ",");
}

TableForm Form() {
  return {{
              {"REVISION", [](const Json& o) { return o["revision"].get<std::string>(); }},
              {"PARENTS",
               [](const Json& o) {
                 return o["down_revisions"].empty() ? "<base>" : TextList(o["down_revisions"]);
               }},
              {"MARKS", Marks},
              {"MESSAGE", [](const Json& o) { return o["message"].get<std::string>(); }},
              {"LABELS", [](const Json& o) { return TextList(o["branch_labels"]); }, true},
              {"DEPENDS ON", [](const Json& o) { return TextList(o["depends_on"]); }, true},
              {"FILE", [](const Json& o) { return o["file"].get<std::string>(); }, true},
          },
          "revision"};
}

Json Describe(const Workspace& workspace, RevisionGraph::Index index,
              const std::optional<Heads>& current) {
  const RevisionGraph& graph = *workspace.graph;
  const Revision& revision = graph.At(index);
  Json object{
      {"revision", revision.id},
      {"down_revisions", revision.down_revisions},
      {"depends_on", revision.depends_on},
      {"branch_labels", graph.Labels(index)},
      {"children", graph.Ids(graph.Children(index))},
      {"message", revision.message.substr(0, revision.message.find('\n'))},
      {"created", revision.created},
      {"file", RevisionPath(workspace.project, revision.file)},
      {"head", graph.IsRealHead(index)},
      {"effective_head", graph.IsHead(index) && !graph.IsRealHead(index)},
      {"branchpoint", graph.IsBranchPoint(index)},
      {"mergepoint", graph.IsMergePoint(index)},
  };
  if (current) {
    object["current"] = std::find(current->begin(), current->end(), revision.id) != current->end();
  }
  return object;
}

}  // namespace

std::string ListRevisions(OutputFormat format, const Workspace& workspace,
                          const RevisionGraph::Indices& revisions,
                          const std::optional<Heads>& current) {
  Json objects = Json::array();
  for (const RevisionGraph::Index index : revisions) {
    objects.push_back(Describe(workspace, index, current));
  }
  return RenderDocument(format, objects, objects, Form());
}

}  // namespace schemaop
