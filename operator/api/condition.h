// Conditions as the Kubernetes API conventions and kstatus want them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace schemaop {

enum class ConditionStatus { kTrue, kFalse, kUnknown };

struct Condition {
  std::string type;  // "Ready", "Reconciling", "Stalled"
  ConditionStatus status = ConditionStatus::kUnknown;
  std::string reason;   // CamelCase
  std::string message;  // for people; at most 32768 bytes
  std::int64_t observed_generation = 0;
  Time last_transition_time;  // whole seconds; moves only when `status` flips

  bool operator==(const Condition&) const = default;
};

using Conditions = std::vector<Condition>;

// The condition of `type`, or nullptr.
const Condition* FindCondition(const Conditions& conditions, std::string_view type);

// Adds or replaces `condition`, keeping the order and, while `status` stays the same,
// lastTransitionTime (meta.SetStatusCondition of apimachinery).
void SetCondition(Conditions& conditions, Condition condition);

void RemoveCondition(Conditions& conditions, std::string_view type);

}  // namespace schemaop
