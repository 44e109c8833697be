#include "vector.h"

#include <algorithm>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "revision/history.h"

namespace schemaop {
namespace {

using nlohmann::json;

std::vector<Revision> RevisionsOfVector(const json& vector) {
  std::vector<Revision> revisions;
  for (const json& entry : vector.at("revisions")) {
    Revision revision;
    revision.id = entry.at("id");
    revision.down_revisions = entry.at("down");
    revision.depends_on = entry.at("depends_on");
    revision.branch_labels = entry.at("labels");
    revision.message = "doc of " + revision.id;
    revision.file = "/x/" + revision.id + ".py";
    revision.downgrade = Section{};
    revisions.push_back(std::move(revision));
  }
  return revisions;
}

// Independent of the code under test: takes revisions away whose needs are all gone until none is
// left to take. Unknown names are no edges.
bool HasCycle(const std::vector<Revision>& revisions) {
  std::map<std::string, std::vector<std::string>> needs;
  std::map<std::string, std::string> owner;
  for (const Revision& revision : revisions) {
    owner[revision.id] = revision.id;
    for (const std::string& label : revision.branch_labels) owner.emplace(label, revision.id);
  }
  for (const Revision& revision : revisions) {
    std::vector<std::string>& list = needs[revision.id];
    for (const auto* names : {&revision.down_revisions, &revision.depends_on}) {
      for (const std::string& name : *names) {
        if (owner.contains(name)) list.push_back(owner[name]);
      }
    }
  }
  auto is_free = [&](const auto& item) {
    return std::none_of(item.second.begin(), item.second.end(),
                        [&](const std::string& id) { return needs.contains(id); });
  };
  while (std::erase_if(needs, is_free) > 0) {
  }
  return !needs.empty();
}

// Names nothing has, names two things have, identifiers Alembic refuses. (The same id in two files
// is no error to Alembic; a vector that has it says so among its quirks.)
bool HasBadName(const std::vector<Revision>& revisions) {
  std::set<std::string> ids;
  std::set<std::string> names;
  for (const Revision& revision : revisions) ids.insert(revision.id);
  names = ids;
  for (const Revision& revision : revisions) {
    if (revision.id.find_first_of("@-+:") != std::string::npos) return true;
    for (const std::string& label : revision.branch_labels) {
      if (!names.insert(label).second) return true;
    }
  }
  return std::any_of(revisions.begin(), revisions.end(), [&](const Revision& revision) {
    const auto& down = revision.down_revisions;
    const auto& needs = revision.depends_on;
    return std::any_of(down.begin(), down.end(),
                       [&](const auto& id) { return !ids.contains(id); }) ||
           std::any_of(needs.begin(), needs.end(),
                       [&](const auto& name) { return !names.contains(name); });
  });
}

// Whether Alembic's error is about the history and not about the target.
bool IsLoadError(const json& expected) {
  if (!expected.contains("error") || expected.value("crash", false)) return false;
  const std::string text =
      expected.value("message_any", json::array()).dump() + expected.value("message", "");
  return text.find("detected in revisions") != std::string::npos ||
         text.find("already used by") != std::string::npos ||
         text.find("not allowed in revision identifier") != std::string::npos;
}

// Alembic's fact without its advice and its lists, which ours are better than: cut at "; " and "
// (".
std::string FactOf(std::string text) {
  // The database's rows as one side of a range are a Python tuple there; we show what was typed.
  if (const std::size_t open = text.find("('"); open != std::string::npos) {
    text.replace(open, text.find(')', open) + 1 - open, "current");
  }
  text = text.substr(0, text.find("; "));
  text = text.substr(0, text.find(" ("));
  return text;
}

bool StatesFact(const std::string& ours, const std::string& alembics) {
  return ToLower(ours).find(ToLower(FactOf(alembics))) != std::string::npos;
}

ErrorCode CodeOf(const std::string& error_class) {
  return error_class == "ResolutionError" ? ErrorCode::kNotFound : ErrorCode::kInvalid;
}

std::string Quoted(const json& value) { return value.dump(); }

std::vector<std::string> SortedList(std::vector<std::string> list) {
  std::sort(list.begin(), list.end());
  return list;
}

std::string TextOf(const VersionChange& change) {
  switch (change.kind) {
    case VersionChange::Kind::kInsert:
      return "INSERT " + change.to;
    case VersionChange::Kind::kUpdate:
      return "UPDATE " + change.from + " -> " + change.to;
    case VersionChange::Kind::kDelete:
      return "DELETE " + change.from;
  }
  return "";
}

// Applies `changes` to `rows` as a server would; false when one does not match exactly one row.
bool Apply(const std::vector<VersionChange>& changes, Heads& rows) {
  for (const VersionChange& change : changes) {
    if (change.kind != VersionChange::Kind::kInsert && std::erase(rows, change.from) != 1)
      return false;
    if (change.kind == VersionChange::Kind::kDelete) continue;
    if (std::find(rows.begin(), rows.end(), change.to) != rows.end()) return false;
    rows.push_back(change.to);
  }
  return true;
}

json RowsOf(const std::vector<VersionChange>& changes) {
  json rows = json::array();
  for (const VersionChange& change : changes) rows.push_back(TextOf(change));
  return rows;
}

json JsonOfStep(const Step& step) {
  return {{"op", step.direction == Direction::kUpgrade ? "upgrade" : "downgrade"},
          {"revision", step.revision},
          {"heads_after", SortedList(step.heads_after)},
          {"rows", RowsOf(step.changes)}};
}

json JsonOfStep(const StampStep& step) {
  return {{"op", "stamp"},
          {"revision", step.to.empty() ? step.from.front() : step.to},
          {"from", step.from},
          {"to", step.to.empty() ? json::array() : json::array({step.to})},
          {"heads_after", SortedList(step.heads_after)},
          {"rows", RowsOf(step.changes)}};
}

std::vector<json> JsonOfSteps(const Plan& plan) {
  std::vector<json> steps;
  for (const Step& step : plan.steps) steps.push_back(JsonOfStep(step));
  return steps;
}

// The recording has the statement that empties the table among the rows of the first step.
std::vector<json> JsonOfSteps(const StampPlan& plan) {
  std::vector<json> steps;
  for (const StampStep& step : plan.steps) steps.push_back(JsonOfStep(step));
  if (plan.purge && !steps.empty())
    steps.front()["rows"].insert(steps.front()["rows"].begin(), "DELETE *");
  return steps;
}

// Each key that the expected step has, against ours.
std::optional<std::string> StepDisagreement(const json& expected, const json& ours) {
  for (const auto& [key, value] : expected.items()) {
    json left = value;
    json right = ours.value(key, json());
    if (key == "from") {
      left = SortedList(left.get<std::vector<std::string>>());
      right = SortedList(right.get<std::vector<std::string>>());
    }
    if (left != right)
      return key + " of step " + Quoted(expected.at("revision")) + ": expected " + Quoted(left) +
             ", got " + Quoted(right);
  }
  return std::nullopt;
}

template <typename AnyPlan>
std::optional<std::string> PlanDisagreement(const json& expected, const AnyPlan& plan, Heads rows) {
  for (const auto& step : plan.steps) {
    if (!Apply(step.changes, rows))
      return "rows of step " + JsonOfStep(step).dump() + " do not match one row each";
    if (SortedList(rows) == SortedList(step.heads_after)) continue;
    return "heads_after of step " + JsonOfStep(step).dump() + " is not what its rows give";
  }
  const std::vector<json> steps = JsonOfSteps(plan);
  const json& wanted = expected.at("steps");
  for (std::size_t i = 0; i < std::min(wanted.size(), steps.size()); ++i) {
    if (auto difference = StepDisagreement(wanted[i], steps[i])) return difference;
  }
  if (wanted.size() != steps.size()) {
    return "expected " + std::to_string(wanted.size()) + " steps, got " +
           std::to_string(steps.size());
  }
  if (expected.at("heads") != json(SortedList(plan.to))) {
    return "expected heads " + Quoted(expected.at("heads")) + ", got " +
           Quoted(SortedList(plan.to));
  }
  return std::nullopt;
}

std::optional<std::string> LinesDisagreement(const json& expected, Lines lines) {
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  const Lines wanted = expected.at("lines");
  for (std::size_t i = 0; i < std::max(wanted.size(), lines.size()); ++i) {
    const std::string left = i < wanted.size() ? "'" + wanted[i] + "'" : "the end";
    const std::string right = i < lines.size() ? "'" + lines[i] + "'" : "the end";
    if (left != right)
      return "line " + std::to_string(i + 1) + ": expected " + left + ", got " + right;
  }
  return std::nullopt;
}

std::optional<std::string> ErrorDisagreement(const json& expected, const Error& error) {
  if (expected.value("crash", false)) return std::nullopt;
  const std::string error_class = expected.at("error");
  if (error.code != CodeOf(error_class)) {
    return "expected " + error_class + ", got code " + std::string(ErrorCodeName(error.code)) +
           ": " + error.message;
  }
  const json texts = expected.contains("message_any") ? expected["message_any"]
                                                      : json::array({expected.at("message")});
  for (const json& text : texts) {
    if (StatesFact(error.message, text)) return std::nullopt;
  }
  return "expected message " + Quoted(texts) + ", got \"" + error.message + "\"";
}

template <typename T>
Result<Answer> AsAnswer(Result<T> result) {
  if (!result) return Fail(std::move(result.error()));
  return Answer(std::move(*result));
}

Result<Answer> AskHistory(const RevisionGraph& graph, const json& vector, const Heads& rows,
                          Detail detail) {
  HistoryRange range;
  if (vector.at("target").is_string()) {
    auto parsed = ParseHistoryRange(vector.at("target").get<std::string>());
    if (!parsed) return Fail(std::move(parsed.error()));
    range = *parsed;
  }
  auto revisions = RevisionsInRange(graph, rows, range);
  if (!revisions) return Fail(std::move(revisions.error()));
  const bool mark = vector.value("indicate_current", false);
  return Answer(HistoryView(graph, *revisions, mark ? rows : Heads{}, detail));
}

Result<Answer> AskView(const RevisionGraph& graph, const json& vector, const Heads& rows) {
  const std::string command = vector.at("command");
  const Detail detail = vector.value("verbose", false) ? Detail::kVerbose : Detail::kBrief;
  if (command == "history") return AskHistory(graph, vector, rows, detail);
  if (command == "heads") {
    const bool resolve = vector.value("resolve_dependencies", false);
    return Answer(HeadsView(graph, resolve ? graph.RealHeads() : graph.Heads(), detail));
  }
  if (command == "branches") return Answer(BranchesView(graph, detail));
  if (command == "current") return AsAnswer(CurrentView(graph, rows, detail));
  if (command == "show")
    return AsAnswer(ShowView(graph, rows, vector.at("target").get<std::string>()));
  return Fail(ErrorCode::kInternal, "this test does not know the command " + command);
}

}  // namespace

AlembicVector::AlembicVector(const json& vector)
    : vector_(vector),
      revisions_(RevisionsOfVector(vector)),
      is_broken_(HasCycle(revisions_) || HasBadName(revisions_)) {}

std::string AlembicVector::Name() const { return vector_.at("name"); }

std::string AlembicVector::Category() const { return vector_.at("category"); }

std::optional<std::string> AlembicVector::Disagreement() const {
  const Result<Answer> answer = Ask();
  if (answer && HasCycle(revisions_)) return "expected the cycle to be refused";
  if (vector_.contains("expect_any")) {
    std::string differences;
    for (const json& expected : vector_.at("expect_any")) {
      auto difference = DisagreementWith(expected, answer);
      if (!difference) return std::nullopt;
      differences += (differences.empty() ? "" : "; or: ") + *difference;
    }
    return differences;
  }
  if (vector_.contains("expect_by_version")) {
    return DisagreementWith(vector_.at("expect_by_version").at("1.19.1"), answer);
  }
  return DisagreementWith(vector_.at("expect"), answer);
}

std::optional<std::string> AlembicVector::DisagreementWith(const json& expected,
                                                           const Result<Answer>& answer) const {
  if (!answer) {
    if (IsRefusalOfQuirk(answer.error())) return std::nullopt;
    // A broken history is refused before its target is looked at. Alembic may find fault with the
    // target first, or not notice the cycle at all; what it does then is recorded, and refusing is
    // right.
    if (is_broken_ && !IsLoadError(expected)) return std::nullopt;
    if (expected.contains("error")) return ErrorDisagreement(expected, answer.error());
    return "expected success, got \"" + answer.error().message + "\"";
  }
  if (expected.contains("error"))
    return "expected " + expected.at("error").get<std::string>() + ", got success";
  if (const auto* lines = std::get_if<Lines>(&*answer)) return LinesDisagreement(expected, *lines);
  const Heads current = vector_.at("current");
  if (const auto* stamp = std::get_if<StampPlan>(&*answer)) {
    return PlanDisagreement(expected, *stamp, stamp->purge ? Heads{} : current);
  }
  const Plan& plan = std::get<Plan>(*answer);
  if (json(plan.warnings) != expected.value("warnings", json::array())) {
    return "expected warnings " + Quoted(expected.value("warnings", json::array())) + ", got " +
           Quoted(plan.warnings);
  }
  return PlanDisagreement(expected, plan, current);
}

Result<Answer> AlembicVector::Ask() const {
  auto graph = RevisionGraph::Build(revisions_);
  if (!graph) return Fail(std::move(graph.error()));
  return AskOf(*graph);
}

Result<Answer> AlembicVector::AskOf(const RevisionGraph& graph) const {
  const Heads current = vector_.at("current");
  const std::string command = vector_.at("command");
  const json& target = vector_.at("target");
  if (command == "upgrade") return AsAnswer(PlanUpgrade(graph, current, target.get<std::string>()));
  if (command == "downgrade")
    return AsAnswer(PlanDowngrade(graph, current, target.get<std::string>()));
  if (command == "stamp") {
    const json list = target.is_array() ? target : json::array({target});
    return AsAnswer(PlanStamp(graph, current, list.get<std::vector<std::string>>(),
                              vector_.value("purge", false)));
  }
  return AskView(graph, vector_, current);
}

bool AlembicVector::HasQuirk(const std::string& quirk) const {
  const json quirks = vector_.value("quirks", json::array());
  return std::find(quirks.begin(), quirks.end(), quirk) != quirks.end();
}

// Input a careful tool may refuse counts as answered only when the quirk itself is what is refused.
bool AlembicVector::IsRefusalOfQuirk(const Error& error) const {
  auto says = [&](std::string_view text) { return error.message.find(text) != std::string::npos; };
  const bool relative = HasQuirk("relative-with-trailing-text") || HasQuirk("label-looks-relative");
  return (HasQuirk("duplicate-id") && says("is present more than once")) ||
         (relative && (says("behind the relative part") || says("reads as a relative target")));
}

}  // namespace schemaop
