// The effects of a reconcile on the model world.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "controller/effects.h"
#include "model_database.h"
#include "model_place.h"
#include "model_server.h"
#include "outcome.h"
#include "wire.h"

namespace schemaop::simulation {

// What every replica's effects act on. Outlives them.
struct ModelWorld {
  Scheduler& scheduler;
  Faults& faults;
  ModelServer& server;
  std::map<std::string, ModelDatabase*> databases;  // by host
  RunOptions options;
  Figures& figures;
  // When each process read an object last: "<process> <uid>". When it had read it when it began a
  // run: "<actor>@<host>".
  std::map<std::string, Moment> live_reads;
  std::map<std::string, Moment> run_reads;

  // Tells on standard error, when asked to trace.
  void Trace(const std::string& line) const;
};

// One process's.
class ModelEffects : public Effects {
 public:
  // `leads`: whether it may write now, as KubeClientOptions::may_write asks.
  ModelEffects(ModelWorld& world, std::shared_ptr<Life> life, int number, std::string identity,
               std::function<bool()> leads)
      : world_(world),
        life_(life),
        wire_(world.scheduler, world.faults, std::move(life)),
        number_(number),
        identity_(std::move(identity)),
        leads_(std::move(leads)) {}

  ApiResult<nlohmann::json> Get(const std::string& path, const std::stop_token& stop) override;
  ApiResult<nlohmann::json> Create(const std::string& path, const nlohmann::json& object,
                                   const std::stop_token& stop) override;
  ApiResult<nlohmann::json> Patch(const std::string& path, const nlohmann::json& patch,
                                  const std::stop_token& stop) override;
  Result<DatabaseState> ObserveDatabase(const DatabaseOptions& options, const RevisionGraph& files,
                                        const std::stop_token& stop) override;
  RunReport Migrate(const DatabaseOptions& options, const RevisionGraph& graph, const Planner& plan,
                    const Actor& actor, const Tell& tell, const std::stop_token& stop) override;
  // The model has no SQL that could be wrong: every check holds, every step can be taken back.
  RunReport Stamp(const DatabaseOptions& options, const StampPlanner& plan, const Actor& actor,
                  const std::stop_token& stop) override;
  Result<CheckReport> RunChecks(const DatabaseOptions& options, const CheckList& list,
                                const std::stop_token& stop) override;
  Result<RehearsalReport> Rehearse(const RehearsalRequest& request,
                                   const std::stop_token& stop) override;
  Time Now() override;
  Steady::time_point SteadyNow() override;

  // The process's machine set its clock.
  void ShiftClock(Moment by) { clock_shift_ += by; }
  void CorrectClock() { clock_shift_ = Moment(0); }

 private:
  std::optional<PlaceOptions> PlaceOf(const DatabaseOptions& options);

  ModelWorld& world_;
  std::shared_ptr<Life> life_;
  Wire wire_;
  int number_;
  std::string identity_;
  std::function<bool()> leads_;
  Moment clock_shift_{0};
  std::map<std::string, DatabaseState> seen_;  // for the planted bug: as observed last
};

// The world's time for people at a moment of the run.
Time WallTime(Moment moment);

}  // namespace schemaop::simulation
