// Judges every status a watch shows by the rules of conditions, from outside: JSON as any client
// sees it, nothing of this project's own types.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace schemaop::testing {

// The rules come from
//   * the API conventions (sig-architecture/api-conventions.md, "Typical status properties") and
//     metav1.Condition: required members, one condition a type, CamelCase reasons, bounded
//     messages, lastTransitionTime that moves when status flips and only then;
//   * kstatus (cli-utils, pkg/kstatus): observedGeneration at the top, Reconciling and Stalled
//     abnormal-true, never both;
//   * Flux's runtime/conditions: those two are there only while True, Ready is always there;
//   * this resource: Ready=True means nothing pending, progress only while steps run, at most ten
//     of history whose newest is lastApplied.
// Not thread-safe.
class StatusChecker {
 public:
  // The next state of an object, in the order a watch shows them. An object nobody has looked at
  // yet (status.observedGeneration -1) has nothing to be judged but that it says nothing more.
  void See(const nlohmann::json& object);

  // "NAMESPACE/NAME at resourceVersion 12: Ready is missing", in the order they were found.
  const std::vector<std::string>& violations() const { return violations_; }

  // How many states with a status of the operator's have been judged.
  std::size_t judged() const { return judged_; }

 private:
  std::map<std::string, nlohmann::json> last_;  // by uid: the status seen last
  std::vector<std::string> violations_;
  std::size_t judged_ = 0;
};

// What kstatus makes of an object (cli-utils, pkg/kstatus/status/generic.go): "Terminating",
// "InProgress", "Failed" or "Current".
std::string KStatusOf(const nlohmann::json& object);

// Whether `kubectl wait --for=condition=Ready` would end here (kubectl's condition.go).
bool MeetsKubectlWait(const nlohmann::json& object);

}  // namespace schemaop::testing
