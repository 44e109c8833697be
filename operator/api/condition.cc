#include "api/condition.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/text.h"

namespace schemaop {
namespace {

// The API server's own bound on a condition's message.
constexpr std::size_t kMaxMessage = 32768;

template <typename Range>
auto FindByType(Range& conditions, std::string_view type) {
  return std::find_if(conditions.begin(), conditions.end(),
                      [&](const Condition& condition) { return condition.type == type; });
}

}  // namespace

std::string_view ConditionStatusName(ConditionStatus status) {
  switch (status) {
    case ConditionStatus::kTrue:
      return "True";
    case ConditionStatus::kFalse:
      return "False";
    case ConditionStatus::kUnknown:
      return "Unknown";
  }
  return "Unknown";
}

const Condition* FindCondition(const Conditions& conditions, std::string_view type) {
  const auto found = FindByType(conditions, type);
  return found == conditions.end() ? nullptr : &*found;
}

void SetCondition(Conditions& conditions, Condition condition) {
  condition.message = Truncate(condition.message, kMaxMessage);
  condition.last_transition_time =
      std::chrono::floor<std::chrono::seconds>(condition.last_transition_time);
  const auto found = FindByType(conditions, condition.type);
  if (found == conditions.end()) {
    conditions.push_back(std::move(condition));
    return;
  }
  if (found->status == condition.status) {
    condition.last_transition_time = found->last_transition_time;
  }
  *found = std::move(condition);
}

void RemoveCondition(Conditions& conditions, std::string_view type) {
  std::erase_if(conditions, [&](const Condition& condition) { return condition.type == type; });
}

}  // namespace schemaop
