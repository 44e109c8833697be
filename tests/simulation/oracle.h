// Judges a run by what must hold (reference: the invariants of README.md beside this file).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "application.h"
#include "model_effects.h"
#include "policy/decide.h"

namespace schemaop::simulation {

class Oracle {
 public:
  // Listens to `world` and `applications` from now on. They outlive it.
  Oracle(ModelWorld& world, std::vector<Application*> applications);

  // Why the operator's work on `application` is not done yet; empty when it is: status says what
  // is so, and there is nothing left to do.
  std::string NotDone(const Application& application) const;

  // What must hold when all is done. `repaired`: nothing was in the operator's way.
  void CheckEnd(const Application& application, bool repaired);

  void Violated(const std::string& what);
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  // One version of a spec, while it was the newest.
  struct SpecVersion {
    std::string uid;
    std::int64_t generation = 0;
    SchemaVersion object;
    std::optional<Moment> until;
  };

  void OnSpec(const std::string& path, const nlohmann::json* object);
  void OnStatus(const StatusWrite& write);
  void OnRow(const Application& application, const LedgerRow& row);
  void CheckTruth(const Application& application, const SchemaVersion& after);
  std::string Differs(const SchemaVersion& object, const Observation& observation,
                      const Decision& decision) const;
  const Application* At(const std::string& path) const;

  ModelWorld& world_;
  std::vector<Application*> applications_;
  std::map<std::string, std::vector<SpecVersion>> specs_;  // by path
  std::vector<std::string> violations_;
};

}  // namespace schemaop::simulation
