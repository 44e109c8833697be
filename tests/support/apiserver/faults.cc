#include "tests/support/apiserver/faults.h"

namespace schemaop::devcluster {

void Faults::Add(FaultRule rule) {
  const std::lock_guard lock(mutex_);
  rules_.push_back(std::move(rule));
}

void Faults::Clear() {
  const std::lock_guard lock(mutex_);
  rules_.clear();
}

std::optional<FaultRule> Faults::Take(const std::string& method, const std::string& path) {
  const std::lock_guard lock(mutex_);
  for (auto rule = rules_.begin(); rule != rules_.end(); ++rule) {
    if (!rule->method.empty() && rule->method != method) continue;
    if (path.find(rule->path_part) == std::string::npos) continue;
    FaultRule taken = *rule;
    if (rule->times > 0 && --rule->times == 0) rules_.erase(rule);
    return taken;
  }
  return std::nullopt;
}

}  // namespace schemaop::devcluster
