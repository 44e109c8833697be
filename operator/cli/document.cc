#include "cli/document.h"

#include <algorithm>
#include <array>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include "base/text.h"
#include "cli/choice.h"

namespace schemaop {
namespace {

using Json = nlohmann::ordered_json;

using Cells = std::vector<std::string>;

std::string Align(const std::vector<Cells>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], CountCodePoints(row[i]));
    }
  }
  std::string text;
  for (const Cells& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i] + std::string(widths[i] - CountCodePoints(row[i]) + 3, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string Table(const Json& rows, std::vector<Column> columns, bool wide) {
  std::erase_if(columns, [wide](const Column& column) { return column.wide && !wide; });
  std::vector<Cells> cells(1);
  for (const Column& column : columns) cells.front().emplace_back(column.title);
  for (const Json& row : rows) {
    Cells& line = cells.emplace_back();
    for (const Column& column : columns) line.push_back(column.text(row));
  }
  return Align(cells);
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
  } else if (value.is_string()) {
    // Quoted always: an identifier such as 004 or 1e5 must not come back as a number.
    emitter << YAML::DoubleQuoted << value.get<std::string>();
  } else if (value.is_null()) {
    emitter << YAML::Null;  // as a word it would be quoted, a text
  } else {
    emitter << value.dump();  // true, 42, 0.5: as in JSON
  }
}

std::string Yaml(const Json& document) {
  YAML::Emitter emitter;
  EmitYaml(emitter, document);
  return std::string(emitter.c_str()) + "\n";
}

std::string Names(const Json& rows, std::string_view key) {
  std::string text;
  for (const Json& row : rows) text += row.at(std::string(key)).get<std::string>() + "\n";
  return text;
}

}  // namespace

CLI::Option* AddOutputOption(CLI::App& command, OutputFormat& format) {
  return AddChoice(
      command, "-o,--output", {"json", "yaml", "table", "wide", "name"},
      [&format](std::size_t word) {
        constexpr std::array kFormats{OutputFormat::kJson, OutputFormat::kYaml,
                                      OutputFormat::kTable, OutputFormat::kWide,
                                      OutputFormat::kName};
        format = kFormats[word];
      },
      "print the result in another form");
}

std::string RenderDocument(OutputFormat format, const Json& document, const Json& rows,
                           const TableForm& form) {
  switch (format) {
    case OutputFormat::kYaml:
      return Yaml(document);
    case OutputFormat::kTable:
      return Table(rows, form.columns, false);
    case OutputFormat::kWide:
      return Table(rows, form.columns, true);
    case OutputFormat::kName:
      return Names(rows, form.name);
    case OutputFormat::kText:
    case OutputFormat::kJson:
      break;
  }
  // A name of a file need not be UTF-8.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string TextList(const Json& list) {
  const std::vector<std::string> parts = list;
  return Join(parts, ",");
}

}  // namespace schemaop
