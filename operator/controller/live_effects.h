// The effects of a reconcile on the world.
#pragma once

#include "controller/effects.h"
#include "controller/event_recorder.h"
#include "kube/client.h"

namespace schemaop {

// The client, the engine and the machine's clocks. What is created are Events, which `events` sends
// on its own time; the answer is then what was asked. Both outlive it.
class LiveEffects : public Effects {
 public:
  LiveEffects(KubeClient& client, EventRecorder& events) : client_(client), events_(events) {}

  ApiResult<nlohmann::json> Get(const std::string& path, const std::stop_token& stop) override;
  ApiResult<nlohmann::json> Create(const std::string& path, const nlohmann::json& object,
                                   const std::stop_token& stop) override;
  ApiResult<nlohmann::json> Patch(const std::string& path, const nlohmann::json& patch,
                                  const std::stop_token& stop) override;
  Result<DatabaseState> ObserveDatabase(const DatabaseOptions& options, const RevisionGraph& files,
                                        const std::stop_token& stop) override;
  Result<DatabaseSight> ObserveWithDrift(const DatabaseOptions& options, const RevisionGraph& files,
                                         const std::optional<DriftQuestion>& question,
                                         const std::stop_token& stop) override;
  Result<std::optional<DriftFinding>> FindDrift(const DatabaseOptions& options,
                                                const DriftQuestion& question,
                                                const std::stop_token& stop) override;
  RunReport Migrate(const DatabaseOptions& options, const RevisionGraph& graph, const Planner& plan,
                    const Actor& actor, const Tell& tell, const std::stop_token& stop) override;
  RunReport Stamp(const DatabaseOptions& options, const StampPlanner& plan, const Actor& actor,
                  const std::stop_token& stop) override;
  Result<CheckReport> RunChecks(const DatabaseOptions& options, const CheckList& list,
                                const std::stop_token& stop) override;
  Result<RehearsalReport> Rehearse(const RehearsalRequest& request,
                                   const std::stop_token& stop) override;
  Time Now() override;
  Steady::time_point SteadyNow() override;

 private:
  KubeClient& client_;
  EventRecorder& events_;
};

}  // namespace schemaop
