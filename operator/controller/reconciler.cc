#include "controller/reconciler.h"

#include <chrono>
#include <functional>
#include <optional>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "controller/api_resources.h"
#include "controller/observe_secret.h"
#include "controller/observe_source.h"
#include "controller/progress_reporter.h"
#include "engine/migrate.h"
#include "engine/observe_database.h"
#include "policy/next_status.h"
#include "policy/next_visit.h"
#include "policy/reason.h"

namespace schemaop {
namespace {

Time Now() { return std::chrono::system_clock::now(); }

std::chrono::milliseconds IntervalOf(const SchemaVersion& object) {
  return object.spec ? object.spec->interval : SchemaVersionSpec().interval;
}

bool SaysReason(const SchemaVersionStatus& status, Reason reason) {
  const Condition* ready = FindCondition(status.conditions, "Ready");
  return ready != nullptr && ready->reason == TraitsOf(reason).name;
}

RequeueAfter NextVisitOf(const SchemaVersion& object, const SchemaVersionStatus& status) {
  return {Spread(NextVisit(status, IntervalOf(object), Now()),
                 std::hash<std::string>()(object.metadata.uid))};
}

Actor ActorOf(const ReconcilerOptions& options, const ObjectMeta& metadata) {
  return {"schema-operator/" + options.version + " " + options.identity + " " + metadata.uid + "/" +
          std::to_string(metadata.generation)};
}

}  // namespace

SchemaVersionReconciler::SchemaVersionReconciler(ReconcilerOptions options, KubeClient& client,
                                                 const Store<SchemaVersion>& store,
                                                 Metrics& metrics, Logger logger)
    : options_(std::move(options)),
      client_(client),
      store_(store),
      metrics_(metrics),
      logger_(std::move(logger)),
      events_(client, options_.identity, logger_) {
  DeclareReportMetrics(metrics_);
}

ReconcileResult SchemaVersionReconciler::Reconcile(const ObjectKey& key,
                                                   const std::stop_token& stop) {
  const auto object = store_.Get(key);
  if (!object || object->metadata.deleting) {
    visits_.Forget(key);
    RemoveReportMetrics(metrics_, key);
    return ReconcileDone{};
  }
  Sighting sighting = ObserveInputs(*object, stop);
  if (visits_.IsFresh(*object, sighting.observation, Visits::Clock::now())) {
    return NextVisitOf(*object, object->status);
  }
  if (sighting.options && sighting.observation.source) {
    sighting.observation.database = ObserveDatabase(*sighting.options, stop);
  }
  // What was seen while stopping is a cut-off look, not the world.
  if (stop.stop_requested()) return ReconcileDone{};
  const Decision decision = Decide(*object, sighting.observation);
  if (std::holds_alternative<Advance>(decision)) return Migrate(*object, sighting, stop);
  return Report(*object, sighting, decision, stop);
}

SchemaVersionReconciler::Sighting SchemaVersionReconciler::ObserveInputs(
    const SchemaVersion& object, const std::stop_token& stop) {
  Sighting sighting{NothingObserved(Now()), std::nullopt};
  if (!object.spec || object.spec->suspend) return sighting;
  const std::string& namespace_name = object.metadata.namespace_name;
  sighting.observation.source = ObserveSource(client_, namespace_name, object.spec->migrations,
                                              options_.migrations_root, stop);
  auto secret = ObserveSecret(client_, namespace_name, object.spec->database, stop);
  if (!secret) {
    sighting.observation.identity = Fail(secret.error());
    return sighting;
  }
  sighting.observation.identity = secret->identity;
  sighting.options = OptionsFor(*object.spec, std::move(secret->dsn));
  return sighting;
}

ReconcileResult SchemaVersionReconciler::Report(const SchemaVersion& object,
                                                const Sighting& sighting, const Decision& decision,
                                                const std::stop_token& stop) {
  StatusReport report(Channels(), object);
  const auto wrote = report.Write(
      [&](const SchemaVersion& seen) { return NextStatus(seen, sighting.observation, decision); },
      stop);
  if (!wrote) return NotWritten(object.metadata.key(), wrote.error());
  return After(object, sighting, report.written());
}

// The store may be behind what this program itself wrote; nothing that changes a database starts
// from it.
ReconcileResult SchemaVersionReconciler::Migrate(const SchemaVersion& cached,
                                                 const Sighting& sighting,
                                                 const std::stop_token& stop) {
  const ObjectKey key = cached.metadata.key();
  const auto answer = client_.Get(ObjectPath(SchemaVersionResource(), key), stop);
  if (!answer) return NotWritten(key, answer.error().error);
  const auto live = ParseSchemaVersion(*answer);
  if (!live) return NotWritten(key, live.error());
  if (live->metadata.uid != cached.metadata.uid || live->metadata.deleting ||
      live->metadata.generation != cached.metadata.generation) {
    // The store is about to hear of it and will ask again; this is for the case that it does not.
    return RequeueAfter{std::chrono::seconds(1)};
  }
  const Decision decision = Decide(*live, sighting.observation);
  const auto* advance = std::get_if<Advance>(&decision);
  if (advance == nullptr) return Report(*live, sighting, decision, stop);
  return Run(*live, sighting, *advance, stop);
}

ReconcileResult SchemaVersionReconciler::Run(const SchemaVersion& object, const Sighting& sighting,
                                             const Advance& advance, const std::stop_token& stop) {
  const Observation& observation = sighting.observation;
  StatusReport report(Channels(), object);
  // While another session holds the lock each visit would flip the status to Migrating and back;
  // the run itself says when it got the lock.
  if (!SaysReason(object.status, Reason::kWaitingForLock)) {
    const auto wrote = report.Write(
        [&](const SchemaVersion& seen) { return NextStatus(seen, observation, advance); }, stop);
    if (!wrote) return NotWritten(object.metadata.key(), wrote.error());
  }
  ProgressReporter progress([&](const RunProgress& where, const std::stop_token& finished) {
    Observation now = observation;
    now.now = Now();
    const auto wrote = report.Write(
        [&](const SchemaVersion& seen) { return ProgressStatusOf(seen, now, advance, where); },
        finished);
    if (!wrote && !finished.stop_requested()) {
      logger_.Warning("progress not reported", {{"schemaversion", ToString(object.metadata.key())},
                                                {"error", wrote.error().message}});
    }
  });
  const RevisionGraph& graph = *observation.source->graph;
  const RunReport ended = schemaop::Migrate(
      *sighting.options, graph,
      [&](const DatabaseState& state) {
        return PlanPermitted(*object.spec, graph, state.heads, advance.goal);
      },
      ActorOf(options_, object.metadata), [&](const RunProgress& where) { progress.Say(where); },
      stop);
  progress.Finish();
  Observation after = observation;
  after.now = Now();
  // Told even when stopping: the client's deadline bounds it, and nobody else knows.
  const auto wrote = report.Write(
      [&](const SchemaVersion& seen) { return NextStatus(seen, after, advance, ended); },
      std::stop_token());
  if (!wrote) return NotWritten(object.metadata.key(), wrote.error());
  return After(object, {after, sighting.options}, report.written());
}

ReconcileResult SchemaVersionReconciler::After(const SchemaVersion& object,
                                               const Sighting& sighting,
                                               const SchemaVersionStatus& written) {
  if (SaysReason(written, Reason::kUpToDate)) {
    visits_.Settled(object, sighting.observation, Visits::Clock::now());
  } else {
    visits_.Forget(object.metadata.key());
  }
  return NextVisitOf(object, written);
}

ReconcileResult SchemaVersionReconciler::NotWritten(const ObjectKey& key,
                                                    const Error& error) const {
  if (error.code == ErrorCode::kNotFound || error.code == ErrorCode::kCancelled) {
    return ReconcileDone{};
  }
  return RequeueWithBackoff{"status of " + ToString(key) + ": " + error.message};
}

ReportChannels SchemaVersionReconciler::Channels() const {
  return {client_, events_, metrics_, logger_};
}

}  // namespace schemaop
