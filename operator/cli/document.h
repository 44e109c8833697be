// A result for machines and for wide terminals: `-o json|yaml|table|wide|name`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace schemaop {

// kText is the command's own text, made elsewhere.
enum class OutputFormat { kText, kTable, kWide, kJson, kYaml, kName };

// Adds -o, --output to `command`. Without it `format` stays as it is. The result belongs to
// `command`.
CLI::Option* AddOutputOption(CLI::App& command, OutputFormat& format);

struct Column {
  std::string_view title;
  std::string (*text)(const nlohmann::ordered_json& row);
  bool wide = false;  // shown by `wide` alone
};

struct TableForm {
  std::vector<Column> columns;
  std::string_view name;  // the key of a row that `name` prints, a text
};

// json and yaml: `document`, the keys in their order. table and wide: a line for each of `rows`, an
// array, under a header. name: one value of each row, a line each. REQUIRES: not kText.
std::string RenderDocument(OutputFormat format, const nlohmann::ordered_json& document,
                           const nlohmann::ordered_json& rows, const TableForm& form);

// An array of texts as "a,b", for a column.
std::string TextList(const nlohmann::ordered_json& list);

}  // namespace schemaop
