#include "cli/revision_listing.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include "base/text.h"
#include "cli/choice.h"

namespace schemaop {
namespace {

using Json = nlohmann::ordered_json;

struct Column {
  std::string_view title;
  std::string (*text)(const Json& object);
};

std::string TextList(const Json& list) {
  std::vector<std::string> parts = list;
  return Join(parts, ",");
}

std::string Marks(const Json& object) {
  std::vector<std::string> marks;
  for (const char* mark : {"head", "effective_head", "branchpoint", "mergepoint", "current"}) {
    if (object.value(mark, false)) marks.emplace_back(mark);
  }
  return Join(marks, ",");
}

constexpr std::array<Column, 7> kColumns{{
    {"REVISION", [](const Json& o) { return o["revision"].get<std::string>(); }},
    {"PARENTS",
     [](const Json& o) {
       return o["down_revisions"].empty() ? "<base>" : TextList(o["down_revisions"]);
     }},
    {"MARKS", Marks},
    {"MESSAGE", [](const Json& o) { return o["message"].get<std::string>(); }},
    {"LABELS", [](const Json& o) { return TextList(o["branch_labels"]); }},
    {"DEPENDS ON", [](const Json& o) { return TextList(o["depends_on"]); }},
    {"FILE", [](const Json& o) { return o["file"].get<std::string>(); }},
}};
constexpr std::size_t kNarrowColumns = 4;

Json Describe(const Workspace& workspace, RevisionGraph::Index index,
              const std::optional<Heads>& current) {
  const RevisionGraph& graph = *workspace.graph;
  const Revision& revision = graph.At(index);
  Json object{
      {"revision", revision.id},
      {"down_revisions", revision.down_revisions},
      {"depends_on", revision.depends_on},
      {"branch_labels", graph.Labels(index)},
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

std::string Table(const Json& objects, std::size_t columns) {
  std::vector<std::vector<std::string>> rows(1);
  for (std::size_t i = 0; i < columns; ++i) rows[0].emplace_back(kColumns[i].title);
  for (const Json& object : objects) {
    std::vector<std::string>& row = rows.emplace_back();
    for (std::size_t i = 0; i < columns; ++i) row.push_back(kColumns[i].text(object));
  }
  std::vector<std::size_t> widths(columns);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < columns; ++i) {
      widths[i] = std::max(widths[i], CountCodePoints(row[i]));
    }
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < columns; ++i) {
      line += row[i] + std::string(widths[i] - CountCodePoints(row[i]) + 3, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

void EmitYaml(YAML::Emitter& emitter, const Json& value) {
  if (value.is_array()) {
    if (value.empty()) emitter << YAML::Flow;
    emitter << YAML::BeginSeq;
    for (const Json& item : value) EmitYaml(emitter, item);
    emitter << YAML::EndSeq;
  } else if (value.is_object()) {
    emitter << YAML::BeginMap;
    for (const auto& [key, item] : value.items()) {
      emitter << YAML::Key << key << YAML::Value;
      EmitYaml(emitter, item);
    }
    emitter << YAML::EndMap;
  } else if (value.is_boolean()) {
    emitter << value.get<bool>();
  } else {
    // Quoted always: an identifier such as 004 or 1e5 must not come back as a number.
    emitter << YAML::DoubleQuoted << value.get<std::string>();
  }
}

std::string Names(const Json& objects) {
  std::string text;
  for (const Json& object : objects) text += object["revision"].get<std::string>() + "\n";
  return text;
}

}  // namespace

void AddOutputOption(CLI::App& command, OutputFormat& format) {
  AddChoice(
      command, "-o,--output", {"json", "yaml", "table", "wide", "name"},
      [&format](std::size_t word) {
        constexpr std::array kFormats{OutputFormat::kJson, OutputFormat::kYaml,
                                      OutputFormat::kTable, OutputFormat::kWide,
                                      OutputFormat::kName};
        format = kFormats[word];
      },
      "another form: json, yaml, table, wide or name");
}

std::string ListRevisions(OutputFormat format, const Workspace& workspace,
                          const RevisionGraph::Indices& revisions,
                          const std::optional<Heads>& current) {
  Json objects = Json::array();
  for (const RevisionGraph::Index index : revisions) {
    objects.push_back(Describe(workspace, index, current));
  }
  switch (format) {
    case OutputFormat::kYaml: {
      YAML::Emitter emitter;
      EmitYaml(emitter, objects);
      return std::string(emitter.c_str()) + "\n";
    }
    case OutputFormat::kTable:
      return Table(objects, kNarrowColumns);
    case OutputFormat::kWide:
      return Table(objects, kColumns.size());
    case OutputFormat::kName:
      return Names(objects);
    case OutputFormat::kText:
    case OutputFormat::kJson:
      break;
  }
  return objects.dump(2) + "\n";
}

}  // namespace schemaop
