#include "model_effects.h"

#include <cstdio>
#include <utility>

#include "engine/locked_run.h"
#include "policy/progress.h"

namespace schemaop::simulation {
namespace {

using nlohmann::json;
using std::chrono::seconds;

ApiError NotLeading() {
  ApiError error;
  error.error = {ErrorCode::kUnavailable, "this process does not hold the lease now"};
  return error;
}

// controller/progress_reporter as a task instead of a thread.
class Teller {
 public:
  Teller(Scheduler& scheduler, std::shared_ptr<Life> life, Effects::Tell tell)
      : scheduler_(scheduler), state_(std::make_shared<State>()) {
    scheduler_.Spawn(std::move(life), [&scheduler, state = state_, tell = std::move(tell)] {
      while (!state->stop.stop_requested()) {
        if (!state->newest) {
          if (!scheduler.Wait(kFar, &state->said, state->stop.get_token())) break;
          continue;
        }
        const RunProgress progress = *std::exchange(state->newest, std::nullopt);
        if (state->written && !IsNews(*state->written, progress)) continue;
        tell(progress, state->stop.get_token());
        state->written = progress;
      }
      state->finished = true;
      state->ended.Notify(scheduler);
    });
  }

  void Say(const RunProgress& progress) {
    state_->newest = progress;
    state_->said.Notify(scheduler_);
  }

  // Returns when nothing is told any more.
  void Finish() {
    state_->stop.request_stop();
    while (!state_->finished && scheduler_.Wait(kFar, &state_->ended)) {
    }
  }

 private:
  struct State {
    std::optional<RunProgress> newest;
    std::optional<RunProgress> written;
    std::stop_source stop;
    Signal said;
    Signal ended;
    bool finished = false;
  };
  Scheduler& scheduler_;
  std::shared_ptr<State> state_;
};

}  // namespace

Time WallTime(Moment moment) {
  constexpr std::chrono::sys_days kBegin = std::chrono::year(2026) / 6 / 1;
  return kBegin + std::chrono::duration_cast<Time::duration>(moment);
}

void ModelWorld::Trace(const std::string& line) const {
  if (!options.trace) return;
  std::fprintf(stderr, "%10.3f  %s\n", std::chrono::duration<double>(scheduler.now()).count(),
               line.c_str());
}

Time ModelEffects::Now() { return WallTime(world_.scheduler.now() + clock_shift_); }

Effects::Steady::time_point ModelEffects::SteadyNow() {
  return Steady::time_point(world_.scheduler.now() + std::chrono::hours(1));
}

ApiResult<json> ModelEffects::Get(const std::string& path, const std::stop_token& stop) {
  return wire_.Ask<json>(kDeadline, stop, [&world = world_, path, who = identity_] {
    auto object = world.server.Get(path);
    if (object) {
      const std::string uid = object->at("metadata").at("uid").get<std::string>();
      world.live_reads[who + " " + uid] = world.scheduler.now();
    }
    return object;
  });
}

ApiResult<json> ModelEffects::Create(const std::string& path, const json& object,
                                     const std::stop_token& stop) {
  if (!leads_()) return tl::unexpected(NotLeading());
  return wire_.Ask<json>(kDeadline, stop, [&server = world_.server, path, object] {
    return server.Create(path, object);
  });
}

ApiResult<json> ModelEffects::Patch(const std::string& path, const json& patch,
                                    const std::stop_token& stop) {
  if (!leads_()) return tl::unexpected(NotLeading());
  json sent = patch;
  if (world_.options.planted == Planted::kStaleStatus) sent["metadata"].erase("resourceVersion");
  return wire_.Ask<json>(kDeadline, stop, [&server = world_.server, path, sent, who = number_] {
    return server.Patch(path, sent, who);
  });
}

std::optional<PlaceOptions> ModelEffects::PlaceOf(const DatabaseOptions& options) {
  const auto parameter = [&](const char* name) {
    const auto found = options.dsn.parameters.find(name);
    return found == options.dsn.parameters.end() ? std::string() : found->second;
  };
  const auto database = world_.databases.find(parameter("host"));
  if (database == world_.databases.end()) return std::nullopt;
  PlaceOptions place;
  place.scheduler = &world_.scheduler;
  place.faults = &world_.faults;
  place.database = database->second;
  place.life = life_;
  place.password = parameter("password");
  place.application = identity_;
  place.wall = [this] { return Now(); };
  return place;
}

Result<DatabaseState> ModelEffects::ObserveDatabase(const DatabaseOptions& options,
                                                    const RevisionGraph& files,
                                                    const std::stop_token& stop) {
  const auto place = PlaceOf(options);
  if (!place) return Fail(ErrorCode::kUnavailable, "no such host");
  const auto link = Connect(*place, stop);
  if (!link) return Fail(link.error());
  auto state = ReadState(**link, stop);
  if (!state) return state;
  auto stored = ReadStoredOf(**link, files, *state, stop);
  if (!stored) return Fail(stored.error());
  seen_.insert_or_assign(place->database->host(), *state);
  return state;
}

RunReport ModelEffects::Migrate(const DatabaseOptions& options, const RevisionGraph& graph,
                                const Planner& plan, const Actor& actor, const Tell& tell,
                                const std::stop_token& stop) {
  auto place_options = PlaceOf(options);
  if (!place_options) {
    return FailedReport({ErrorCode::kUnavailable, "no such host"});
  }
  if (world_.options.planted == Planted::kPlanNotReread) {
    place_options->stale_state = seen_[place_options->database->host()];
  }
  ++world_.figures.runs;
  const std::string uid_and_generation = actor.name.substr(actor.name.rfind(' ') + 1);
  const std::string uid = uid_and_generation.substr(0, uid_and_generation.find('/'));
  world_.run_reads[actor.name + "@" + place_options->database->host()] =
      world_.live_reads[identity_ + " " + uid];
  ModelPlace place(*place_options);
  Teller teller(world_.scheduler, life_, tell);
  RunReport report = MigrateAt(
      place, options, graph, plan, actor, [&](const RunProgress& where) { teller.Say(where); },
      stop);
  world_.figures.steps += report.applied.size();
  teller.Finish();
  return report;
}

// Model databases begin without a table, so that there is none to take over.
RunReport ModelEffects::Stamp(const DatabaseOptions&, const StampPlanner&, const Actor&,
                              const std::stop_token&) {
  return FailedReport({ErrorCode::kInvalid, "a database of the model was to be taken over"});
}

Result<CheckReport> ModelEffects::RunChecks(const DatabaseOptions& options, const CheckList& list,
                                            const std::stop_token&) {
  if (!PlaceOf(options)) return Fail(ErrorCode::kUnavailable, "no such host");
  CheckReport report;
  for (const Check& check : list.checks) {
    report.results.push_back(
        {.name = check.name, .holds = true, .note = {}, .expected = {}, .seen = {}});
  }
  return report;
}

Result<RehearsalReport> ModelEffects::Rehearse(const RehearsalRequest& request,
                                               const std::stop_token&) {
  if (!PlaceOf(request.options)) return Fail(ErrorCode::kUnavailable, "no such host");
  RehearsalReport report;
  for (const Step& step : request.steps) {
    report.steps.push_back({step.revision, step.direction, true, 0});
  }
  return report;
}

}  // namespace schemaop::simulation
