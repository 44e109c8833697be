// Conditions as the Kubernetes API conventions and kstatus want them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace schemaop {

enum class ConditionStatus { kTrue, kFalse, kUnknown };

// "True", "False" or "Unknown", as the API spells them.
std::string_view ConditionStatusName(ConditionStatus status);

// One observation about an object (metav1.Condition).
struct Condition {
  std::string type;  // "Ready", "Reconciling", "Stalled"
  ConditionStatus status = ConditionStatus::kUnknown;
  std::string reason;   // CamelCase
  std::string message;  // for people; at most 32768 bytes
  std::int64_t observed_generation = 0;
  Time last_transition_time;  // whole seconds; moves only when `status` flips

  bool operator==(const Condition&) const = default;
};

// In a stable order; each type at most once. Types of other writers are kept.
using Conditions = std::vector<Condition>;

// The condition of `type`, or nullptr. The pointer lives as long as `conditions` is not changed.
const Condition* FindCondition(const Conditions& conditions, std::string_view type);

// Adds or replaces `condition`, keeping the order and, while `status` stays the same,
// lastTransitionTime (meta.SetStatusCondition of apimachinery). Cuts an overlong message and the
// fraction of a second, which the API would refuse or lose.
void SetCondition(Conditions& conditions, Condition condition);

// Removes the condition of `type`, if there is one.
void RemoveCondition(Conditions& conditions, std::string_view type);

}  // namespace schemaop
