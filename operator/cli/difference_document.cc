#include "cli/difference_document.h"

#include <nlohmann/json.hpp>

namespace schemaop {
namespace {

using DifferenceJson = nlohmann::ordered_json;

TableForm ChangeForm() {
  return {{{"CHANGE", [](const DifferenceJson& o) { return o["change"].get<std::string>(); }}},
          "change"};
}

}  // namespace

std::string DifferenceDocument(OutputFormat format, const std::vector<std::string>& changes,
                               const std::string& sql) {
  DifferenceJson rows = DifferenceJson::array();
  for (const std::string& change : changes) rows.push_back({{"change", change}});
  const DifferenceJson document{{"agree", changes.empty()}, {"changes", changes}, {"sql", sql}};
  return RenderDocument(format, document, rows, ChangeForm());
}

}  // namespace schemaop
