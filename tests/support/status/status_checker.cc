#include "status/status_checker.h"

#include <algorithm>
#include <functional>
#include <regex>
#include <set>

namespace schemaop::testing {
namespace {

using nlohmann::json;

using Complain = std::function<void(const std::string& what)>;

const json* FindCondition(const json& status, const std::string& type) {
  const auto conditions = status.find("conditions");
  if (conditions == status.end() || !conditions->is_array()) return nullptr;
  for (const json& condition : *conditions) {
    if (condition.is_object() && condition.value("type", "") == type) return &condition;
  }
  return nullptr;
}

bool Says(const json& status, const std::string& type, const std::string& value) {
  const json* condition = FindCondition(status, type);
  return condition != nullptr && condition->value("status", "") == value;
}

json StatusOf(const json& object) {
  const auto status = object.find("status");
  return status != object.end() && status->is_object() ? *status : json::object();
}

std::int64_t GenerationOf(const json& object) {
  return object.at("metadata").value("generation", std::int64_t{0});
}

std::int64_t ObservedBy(const json& status) {
  return status.value("observedGeneration", std::int64_t{-1});
}

bool IsWholeSecond(const std::string& time) {
  static const std::regex pattern(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)");
  return std::regex_match(time, pattern);
}

// metav1.Condition's own members.
void CheckMembers(const json& condition, std::int64_t observed, const Complain& complain) {
  static const std::regex reason(R"([A-Z][A-Za-z0-9]*)");
  const std::string type = condition.value("type", "");
  for (const char* member : {"type", "status", "reason", "message", "lastTransitionTime"}) {
    if (!condition.contains(member) || !condition.at(member).is_string()) {
      return complain("condition \"" + type + "\" has no " + member);
    }
  }
  const std::string status = condition.at("status");
  if (status != "True" && status != "False" && status != "Unknown") {
    complain(type + " is neither True nor False nor Unknown");
  }
  const std::string word = condition.at("reason");
  if (word.size() > 1024 || !std::regex_match(word, reason)) {
    complain(type + " has no CamelCase reason");
  }
  const std::string message = condition.at("message");
  if (message.empty()) complain(type + " has no message");
  if (message.size() > 32768) complain(type + " has an overlong message");
  if (!IsWholeSecond(condition.at("lastTransitionTime"))) {
    complain(type + " has a lastTransitionTime that is no whole second in UTC");
  }
  if (condition.value("observedGeneration", std::int64_t{-1}) != observed) {
    complain(type + " speaks of another generation than status does");
  }
}

void CheckTransition(const json* was, const json& is, const Complain& complain) {
  if (was == nullptr) return;
  const std::string type = is.value("type", "");
  const std::string before = was->value("lastTransitionTime", "");
  const std::string after = is.value("lastTransitionTime", "");
  const bool flipped = was->value("status", "") != is.value("status", "");
  if (!flipped && before != after) complain(type + " moved lastTransitionTime without a flip");
  // Both have the same format, so they compare as texts do. Two flips in one second are legal.
  if (flipped && after < before) complain(type + " flipped into the past");
}

void CheckConditions(const json& before, const json& after, const Complain& complain) {
  const std::int64_t observed = ObservedBy(after);
  std::set<std::string> types;
  for (const json& condition : after.value("conditions", json::array())) {
    const std::string type = condition.value("type", "");
    if (!types.insert(type).second) complain(type + " is there twice");
    CheckMembers(condition, observed, complain);
    CheckTransition(FindCondition(before, type), condition, complain);
  }
  for (const char* type : {"Reconciling", "Stalled"}) {
    if (types.contains(type) && !Says(after, type, "True")) {
      complain(std::string(type) + " is there without being True");
    }
  }
}

// The stable order that readers of two states compare by.
void CheckOrder(const json& before, const json& after, const Complain& complain) {
  std::vector<std::string> was;
  std::vector<std::string> is;
  for (const json& condition : before.value("conditions", json::array())) {
    if (FindCondition(after, condition.value("type", "")) != nullptr) {
      was.push_back(condition.value("type", ""));
    }
  }
  for (const json& condition : after.value("conditions", json::array())) {
    if (FindCondition(before, condition.value("type", "")) != nullptr) {
      is.push_back(condition.value("type", ""));
    }
  }
  if (was != is) complain("the conditions changed their order");
}

// Ready, Reconciling and Stalled beside each other.
void CheckSummary(const json& status, const Complain& complain) {
  if (FindCondition(status, "Ready") == nullptr) return complain("Ready is missing");
  const bool reconciling = FindCondition(status, "Reconciling") != nullptr;
  const bool stalled = FindCondition(status, "Stalled") != nullptr;
  if (reconciling && stalled) complain("Reconciling and Stalled are both there");
  if (Says(status, "Ready", "True") && (reconciling || stalled)) {
    complain("Ready is True beside Reconciling or Stalled");
  }
}

void CheckOwnMembers(const json& status, const Complain& complain) {
  const json* ready = FindCondition(status, "Ready");
  const bool suspended = ready != nullptr && ready->value("reason", "") == "Suspended";
  if (Says(status, "Ready", "True") && !suspended && status.value("pending", 0) != 0) {
    complain("Ready is True with steps pending");
  }
  if (status.contains("progress") && FindCondition(status, "Reconciling") == nullptr) {
    complain("progress is there while nothing runs");
  }
  const json history = status.value("history", json::array());
  if (history.size() > 10) complain("history has more than ten entries");
  if (!history.empty() && status.value("lastApplied", json()) != history.back()) {
    complain("lastApplied is not the newest of history");
  }
}

void CheckGenerations(const json& before, const json& after, std::int64_t generation,
                      const Complain& complain) {
  if (ObservedBy(after) > generation) complain("observedGeneration is ahead of the object");
  if (ObservedBy(after) < ObservedBy(before)) complain("observedGeneration went back");
}

}  // namespace

void StatusChecker::See(const json& object) {
  const json& metadata = object.at("metadata");
  const json status = StatusOf(object);
  json& last = last_[metadata.value("uid", "")];
  const json before = last.is_object() ? last : json::object();
  last = status;
  const Complain complain = [&](const std::string& what) {
    violations_.push_back(metadata.value("namespace", "") + "/" + metadata.value("name", "") +
                          " at resourceVersion " + metadata.value("resourceVersion", "") + ": " +
                          what);
  };
  if (ObservedBy(status) < 0) {
    if (ObservedBy(before) >= 0) complain("observedGeneration went back");
    if (status.contains("conditions")) complain("conditions without an observedGeneration");
    return;
  }
  ++judged_;
  CheckGenerations(before, status, GenerationOf(object), complain);
  CheckSummary(status, complain);
  CheckConditions(before, status, complain);
  CheckOrder(before, status, complain);
  CheckOwnMembers(status, complain);
  const std::string seen = KStatusOf(object);
  if (seen != "Terminating" && (seen == "Current") != MeetsKubectlWait(object)) {
    complain("kstatus says " + seen + " and kubectl wait another thing");
  }
}

std::string KStatusOf(const json& object) {
  const json status = StatusOf(object);
  if (object.at("metadata").contains("deletionTimestamp")) return "Terminating";
  if (ObservedBy(status) != GenerationOf(object)) return "InProgress";
  if (Says(status, "Reconciling", "True")) return "InProgress";
  if (Says(status, "Stalled", "True")) return "Failed";
  const json* ready = FindCondition(status, "Ready");
  return ready == nullptr || Says(status, "Ready", "True") ? "Current" : "InProgress";
}

bool MeetsKubectlWait(const json& object) {
  const json status = StatusOf(object);
  const json* ready = FindCondition(status, "Ready");
  if (ready == nullptr || !Says(status, "Ready", "True")) return false;
  const std::int64_t observed = ready->value("observedGeneration", ObservedBy(status));
  return observed >= GenerationOf(object);
}

}  // namespace schemaop::testing
