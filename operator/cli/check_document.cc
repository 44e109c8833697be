#include "cli/check_document.h"

#include <nlohmann/json.hpp>

namespace schemaop {
namespace {

using CheckJson = nlohmann::ordered_json;

TableForm CheckForm() {
  return {{
              {"CHECK", [](const CheckJson& o) { return o["name"].get<std::string>(); }},
              {"HOLDS", [](const CheckJson& o) { return std::string(o["holds"] ? "yes" : "no"); }},
              {"EXPECTED", [](const CheckJson& o) { return o["expected"].get<std::string>(); }},
              {"SEEN", [](const CheckJson& o) { return o["seen"].get<std::string>(); }},
              {"NOTE", [](const CheckJson& o) { return o["note"].get<std::string>(); }, true},
          },
          "name"};
}

}  // namespace

std::string CheckDocument(OutputFormat format, const CheckReport& report) {
  CheckJson checks = CheckJson::array();
  for (const CheckResult& result : report.results) {
    checks.push_back({{"name", result.name},
                      {"holds", result.holds},
                      {"note", result.note},
                      {"expected", result.expected},
                      {"seen", result.seen}});
  }
  CheckJson moved = CheckJson::array();
  for (const SequenceMove& move : report.moved) {
    moved.push_back({{"sequence", move.name}, {"from", move.from}, {"to", move.to}});
  }
  const CheckJson document{
      {"holds", Failing(report).empty()}, {"checks", checks}, {"not_rolled_back", moved}};
  return RenderDocument(format, document, checks, CheckForm());
}

}  // namespace schemaop
