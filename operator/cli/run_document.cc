#include "cli/run_document.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/time.h"
#include "sql/classify.h"

namespace schemaop {
namespace {

using Json = nlohmann::ordered_json;

std::string_view OutcomeName(RunReport::Outcome outcome) {
  switch (outcome) {
    case RunReport::Outcome::kCompleted:
      return "completed";
    case RunReport::Outcome::kBusy:
      return "busy";
    case RunReport::Outcome::kFailed:
      return "failed";
    case RunReport::Outcome::kInDoubt:
      return "in_doubt";
    case RunReport::Outcome::kCancelled:
      return "cancelled";
  }
  return "failed";
}

std::string_view DirectionName(Direction direction) {
  return direction == Direction::kUpgrade ? "upgrade" : "downgrade";
}

// The section a step runs; nullptr for a downgrade that there is none of.
const Section* SectionOf(const Revision& revision, Direction direction) {
  if (direction == Direction::kUpgrade) return &revision.upgrade;
  return revision.downgrade ? &*revision.downgrade : nullptr;
}

Json StepObject(const Workspace& workspace, const RevisionId& id, Direction direction) {
  Json step{{"revision", id}, {"direction", DirectionName(direction)}};
  const Revision* revision = workspace.graph->Find(id);
  if (revision == nullptr) {  // its file is gone, the ledger knew what to run
    step["message"] = "";
    step["file"] = "";
    return step;
  }
  step["message"] = revision->message.substr(0, revision->message.find('\n'));
  step["file"] = revision->file.empty() ? "" : RevisionPath(workspace.project, revision->file);
  return step;
}

Json Rows(const std::optional<Heads>& heads) {
  return heads ? Json(*heads) : Json();  // none at all is base, and null is not known
}

Json Object(const TypedCommand& typed, std::string_view outcome, const std::optional<Heads>& from,
            const std::optional<Heads>& heads, Json steps) {
  return {{"command", typed.name}, {"target", typed.target}, {"outcome", outcome},
          {"from", Rows(from)},    {"heads", Rows(heads)},   {"steps", std::move(steps)}};
}

Json FailureObject(const RunReport& report, const Workspace& workspace) {
  if (!report.failure) return nullptr;
  const StatementFailure& failure = *report.failure;
  return {{"revision", failure.revision},
          {"file", failure.file.empty() ? "" : RevisionPath(workspace.project, failure.file)},
          {"line", failure.line},
          {"column", failure.column},
          {"statement", failure.statement},
          {"sqlstate", failure.sqlstate},
          {"message", failure.message},
          {"hint", failure.hint}};
}

void AddError(Json& document, const RunReport& report) {
  if (report.outcome == RunReport::Outcome::kCompleted) return;
  document["error"] = report.error ? report.error->message : "";
}

std::string Text(const Json& row, const char* key) { return row.value(key, std::string()); }

TableForm PlanForm() {
  return {{{"REVISION", [](const Json& row) { return Text(row, "revision"); }},
           {"DIRECTION", [](const Json& row) { return Text(row, "direction"); }},
           {"DESTROYS", [](const Json& row) { return TextList(row["destroys"]); }},
           {"MESSAGE", [](const Json& row) { return Text(row, "message"); }},
           {"TRANSACTION", [](const Json& row) { return row["transaction"].dump(); }, true},
           {"FILE", [](const Json& row) { return Text(row, "file"); }, true}},
          "revision"};
}

TableForm RunForm() {
  return {{{"REVISION", [](const Json& row) { return Text(row, "revision"); }},
           {"DIRECTION", [](const Json& row) { return Text(row, "direction"); }},
           {"SECONDS", [](const Json& row) { return row["seconds"].dump(); }},
           {"MESSAGE", [](const Json& row) { return Text(row, "message"); }},
           {"AT", [](const Json& row) { return Text(row, "at"); }, true},
           {"FILE", [](const Json& row) { return Text(row, "file"); }, true}},
          "revision"};
}

TableForm StampForm() {
  return {{{"FROM", [](const Json& row) { return TextList(row["from"]); }},
           {"REVISION", [](const Json& row) { return Text(row, "revision"); }}},
          "revision"};
}

}  // namespace

std::vector<std::string> Destroys(const Step& step, const RevisionGraph& graph) {
  std::vector<std::string> losses;
  const Revision* revision = graph.Find(step.revision);
  const Section* section = revision == nullptr ? nullptr : SectionOf(*revision, step.direction);
  if (section == nullptr) return losses;
  for (const Statement& statement : section->statements) {
    const auto loss = Classify(statement).destroys;
    if (loss && std::find(losses.begin(), losses.end(), *loss) == losses.end()) {
      losses.push_back(*loss);
    }
  }
  return losses;
}

std::string PlanDocument(OutputFormat format, const TypedCommand& typed, const Workspace& workspace,
                         const Plan& plan) {
  Json steps = Json::array();
  for (const Step& step : plan.steps) {
    Json& object = steps.emplace_back(StepObject(workspace, step.revision, step.direction));
    const Revision* revision = workspace.graph->Find(step.revision);
    const Section* section = revision == nullptr ? nullptr : SectionOf(*revision, step.direction);
    object["transaction"] = section == nullptr || section->transactional;
    object["destroys"] = Destroys(step, *workspace.graph);
  }
  return RenderDocument(format, Object(typed, "planned", plan.from, plan.to, steps), steps,
                        PlanForm());
}

std::string RunDocument(OutputFormat format, const TypedCommand& typed, const Workspace& workspace,
                        const std::optional<Heads>& from, const RunReport& report) {
  Json steps = Json::array();
  for (const AppliedStep& applied : report.applied) {
    Json& object = steps.emplace_back(StepObject(workspace, applied.revision, applied.direction));
    object["at"] = FormatRfc3339(applied.at);
    object["seconds"] = static_cast<double>(applied.duration.count()) / 1000;
  }
  const auto heads = from ? std::optional(report.heads) : std::nullopt;
  Json document = Object(typed, OutcomeName(report.outcome), from, heads, steps);
  AddError(document, report);
  if (report.outcome != RunReport::Outcome::kCompleted) {
    document["failure"] = FailureObject(report, workspace);
  }
  return RenderDocument(format, document, steps, RunForm());
}

std::string StampDocument(OutputFormat format, const TypedCommand& typed,
                          const std::optional<StampPlan>& plan, const RunReport& report) {
  Json steps = Json::array();
  std::optional<Heads> from;
  std::optional<Heads> heads;
  if (plan) {
    const bool done = report.outcome == RunReport::Outcome::kCompleted;
    from = plan->from;
    heads = done ? plan->to : report.heads;
    for (const StampStep& step : plan->steps) {
      if (done) steps.push_back({{"from", step.from}, {"revision", step.to}});
    }
  }
  Json document = Object(typed, OutcomeName(report.outcome), from, heads, steps);
  AddError(document, report);
  return RenderDocument(format, document, steps, StampForm());
}

}  // namespace schemaop
