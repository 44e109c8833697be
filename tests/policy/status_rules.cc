#include "status_rules.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace schemaop {
namespace {

bool IsTrue(const Conditions& conditions, const char* type) {
  const Condition* condition = FindCondition(conditions, type);
  return condition != nullptr && condition->status == ConditionStatus::kTrue;
}

bool IsReason(const std::string& reason) {
  return !reason.empty() && std::isupper(static_cast<unsigned char>(reason[0])) != 0 &&
         std::all_of(reason.begin(), reason.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0; });
}

std::optional<std::string> BrokenCondition(const SchemaVersionStatus& before,
                                           const Condition& condition, std::int64_t generation) {
  const std::string& type = condition.type;
  if (condition.observed_generation != generation) return type + " has another generation";
  if (!IsReason(condition.reason)) return type + " has no CamelCase reason";
  if (condition.message.empty()) return type + " has no message";
  if (condition.message.size() > 32768) return type + " has an overlong message";
  if (condition.last_transition_time.time_since_epoch() % std::chrono::seconds(1) !=
      Time::duration(0)) {
    return type + " has a fraction of a second";
  }
  const Condition* was = FindCondition(before.conditions, type);
  if (was != nullptr && was->status == condition.status &&
      was->last_transition_time != condition.last_transition_time) {
    return type + " moved lastTransitionTime without a flip";
  }
  if (was != nullptr && was->status != condition.status &&
      was->last_transition_time == condition.last_transition_time) {
    return type + " flipped without moving lastTransitionTime";
  }
  return std::nullopt;
}

}  // namespace

KStatus KStatusOf(const SchemaVersionStatus& status, std::int64_t generation) {
  if (status.observed_generation != generation) return KStatus::kInProgress;
  if (IsTrue(status.conditions, "Reconciling")) return KStatus::kInProgress;
  if (IsTrue(status.conditions, "Stalled")) return KStatus::kFailed;
  if (FindCondition(status.conditions, "Ready") == nullptr) return KStatus::kCurrent;
  return IsTrue(status.conditions, "Ready") ? KStatus::kCurrent : KStatus::kInProgress;
}

std::optional<std::string> BrokenRule(const SchemaVersionStatus& before,
                                      const SchemaVersionStatus& after, std::int64_t generation) {
  if (after.observed_generation != generation) return "observedGeneration is another generation";
  if (FindCondition(after.conditions, "Ready") == nullptr) return "Ready is missing";
  std::set<std::string> types;
  for (const Condition& condition : after.conditions) {
    if (!types.insert(condition.type).second) return condition.type + " is there twice";
    if (auto broken = BrokenCondition(before, condition, generation)) return broken;
  }
  for (const char* type : {"Reconciling", "Stalled"}) {
    const Condition* condition = FindCondition(after.conditions, type);
    if (condition != nullptr && condition->status != ConditionStatus::kTrue) {
      return std::string(type) + " is there without being True";
    }
  }
  const bool reconciling = IsTrue(after.conditions, "Reconciling");
  const bool stalled = IsTrue(after.conditions, "Stalled");
  if (reconciling && stalled) return "Reconciling and Stalled are both True";
  if (IsTrue(after.conditions, "Ready") && (reconciling || stalled)) {
    return "Ready is True beside Reconciling or Stalled";
  }
  if (IsTrue(after.conditions, "Ready") && after.pending.value_or(0) != 0 &&
      FindCondition(after.conditions, "Ready")->reason != "Suspended") {
    return "Ready is True with steps pending";
  }
  if (after.progress && !reconciling) return "progress is there while nothing runs";
  if (after.history.size() > 10) return "history has more than 10 entries";
  if (!after.history.empty() && after.last_applied != after.history.back()) {
    return "lastApplied is not the newest of history";
  }
  return std::nullopt;
}

}  // namespace schemaop
