#include "cli/rehearsal_document.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace schemaop {
namespace {

using Json = nlohmann::ordered_json;

TableForm RehearsalForm() {
  return {{
              {"REVISION", [](const Json& o) { return o["revision"].get<std::string>(); }},
              {"REVERSED", [](const Json& o) { return std::string(o["reversed"] ? "yes" : "no"); }},
              {"CUTS", [](const Json& o) { return o["cuts"].dump(); }},
              {"FINDINGS", [](const Json& o) { return o["findings"].dump(); }},
          },
          "revision"};
}

}  // namespace

std::string RehearsalDocument(OutputFormat format, const RehearsalReport& report) {
  Json revisions = Json::array();
  for (const RehearsedStep& step : report.steps) {
    const auto found = std::count_if(
        report.findings.begin(), report.findings.end(),
        [&](const RehearsalFinding& finding) { return finding.revision == step.revision; });
    revisions.push_back({{"revision", step.revision},
                         {"reversed", step.reversed},
                         {"cuts", step.cuts},
                         {"findings", found}});
  }
  Json findings = Json::array();
  for (const RehearsalFinding& finding : report.findings) {
    findings.push_back({{"revision", finding.revision},
                        {"problem", finding.problem},
                        {"objects", finding.objects},
                        {"statements", finding.statements}});
  }
  const Json document{{"holds", report.findings.empty()},
                      {"revisions", revisions},
                      {"findings", findings},
                      {"left_out", report.left_out}};
  return RenderDocument(format, document, revisions, RehearsalForm());
}

}  // namespace schemaop
