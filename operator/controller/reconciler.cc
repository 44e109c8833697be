#include "controller/reconciler.h"

#include <chrono>
#include <functional>
#include <optional>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "base/fault_point.h"
#include "controller/api_resources.h"
#include "policy/attempt.h"
#include "policy/baseline.h"
#include "policy/drift.h"
#include "policy/events.h"
#include "policy/message.h"
#include "policy/next_status.h"
#include "policy/next_visit.h"
#include "policy/reason.h"
#include "policy/rehearsal.h"
#include "policy/verification.h"
#include "revision/lost_revisions.h"

namespace schemaop {
namespace {

std::chrono::milliseconds IntervalOf(const SchemaVersion& object) {
  return object.spec ? object.spec->interval : SchemaVersionSpec().interval;
}

bool SaysReason(const SchemaVersionStatus& status, Reason reason) {
  const Condition* ready = FindCondition(status.conditions, "Ready");
  return ready != nullptr && ready->reason == TraitsOf(reason).name;
}

// REQUIRES: source or Secret could not be read.
const Error& WhyUnread(const Observation& observation) {
  return observation.source ? observation.identity.error() : observation.source.error();
}

// What to say of a rehearsal that came to no end; nullopt when it has a verdict.
std::optional<Retry> WithoutVerdict(const Result<RehearsalReport>& rehearsed,
                                    const std::stop_token& stop) {
  if (stop.stop_requested()) {
    return Retry{
        Reason::kRetrying,
        "the operator was told to stop in the middle of a rehearsal; it is made again when "
        "the operator runs again"};
  }
  if (rehearsed || !PassesByItself(rehearsed.error())) return std::nullopt;
  return Retry{Reason::kRetrying, "the steps could not be rehearsed: " + rehearsed.error().message +
                                      "; it is tried again with pauses of up to 1m"};
}

Actor ActorOf(const ReconcilerOptions& options, const ObjectMeta& metadata) {
  return {"schema-operator/" + options.version + " " + options.identity + " " + metadata.uid + "/" +
          std::to_string(metadata.generation)};
}

}  // namespace

SchemaVersionReconciler::SchemaVersionReconciler(ReconcilerOptions options, Effects& effects,
                                                 const Store<KeptSchemaVersion>& store,
                                                 Metrics& metrics, Logger logger)
    : options_(std::move(options)),
      effects_(effects),
      store_(store),
      metrics_(metrics),
      logger_(std::move(logger)),
      events_(effects, options_.identity, logger_),
      observer_({options_.migrations_root, options_.login_rights}, effects) {
  DeclareReportMetrics(metrics_);
}

ReconcileResult SchemaVersionReconciler::Reconcile(const ObjectKey& key,
                                                   const std::stop_token& stop) {
  // Its end frees the database for who waits.
  std::optional<Turns::Visit> visit;
  if (options_.turns != nullptr) visit.emplace(*options_.turns, key);
  const auto kept = store_.Get(key);
  if (!kept || kept->metadata.deleting) {
    visits_.Forget(key);
    observer_.Forget(key);
    RemoveReportMetrics(metrics_, key);
    return ReconcileDone{};
  }
  const auto object = kept->Read();
  if (!object) return RequeueWithBackoff{object.error().message};
  ObservedObject sighting = observer_.ObserveInputs(*object, stop);
  if (visits_.IsFresh(*object, sighting.observation, effects_.SteadyNow())) {
    return NextVisitOf(*object, object->status);
  }
  if (sighting.options && sighting.observation.source) {
    if (auto later = AwaitTurn(visit, *object, sighting, stop)) return *std::move(later);
    observer_.ObserveContent(*object, sighting, stop);
  }
  // What was seen while stopping is a cut-off look, not the world.
  if (stop.stop_requested()) return ReconcileDone{};
  // One answer that did not come is no reason to take back what was found minutes ago.
  if (visits_.IsUndisputed(*object, sighting.observation, effects_.SteadyNow())) {
    return RequeueWithBackoff{WhyUnread(sighting.observation).message};
  }
  SCHEMAOP_CRASH_POINT("controller.inputs.observed");
  const Decision decision = Decide(*object, sighting.observation);
  const bool acts = std::holds_alternative<Advance>(decision) ||
                    std::holds_alternative<RehearseFirst>(decision) ||
                    std::holds_alternative<Adopt>(decision);
  if (acts) return Migrate(*object, sighting, stop);
  return Report(*object, sighting, decision, stop);
}

// What to answer when it is not this object's turn at its database; nullopt when it is.
std::optional<ReconcileResult> SchemaVersionReconciler::AwaitTurn(
    std::optional<Turns::Visit>& visit, const SchemaVersion& object, const ObservedObject& sighting,
    const std::stop_token& stop) {
  constexpr std::chrono::seconds kWorthTelling{5};
  if (!visit) return std::nullopt;
  const std::string& label = sighting.observation.identity->label;
  const std::string server = label.substr(label.rfind('@') + 1);
  std::vector<Place> places{{label, 1}};
  if (options_.most_per_server) places.push_back({"@" + server, *options_.most_per_server});
  const auto waited = visit->Take(places, effects_.SteadyNow());
  if (!waited) return std::nullopt;
  // It is called when it is its turn. Until then its source is read as ever, and what status says
  // of the same inputs is no less true than before.
  if (HasVerdict(object, sighting.observation)) return NextVisitOf(object, object.status);
  if (*waited < kWorthTelling) return RequeueAfter{kWorthTelling};
  return Report(object, sighting,
                Retry{Reason::kWaitingForLock,
                      label + " is worked on for another SchemaVersion, or " + server +
                          " for as many as --max-concurrent-reconciles-per-server allows; this "
                          "one's turn comes by itself"},
                stop);
}

ReconcileResult SchemaVersionReconciler::Report(const SchemaVersion& object,
                                                const ObservedObject& sighting,
                                                const Decision& decision,
                                                const std::stop_token& stop) {
  StatusReport report(Channels(), object);
  const auto wrote = report.Write(
      [&](const SchemaVersion& seen) { return NextStatus(seen, sighting.observation, decision); },
      stop);
  if (!wrote) return NotWritten(object.metadata.key(), wrote.error());
  return Verify(object, sighting, report, stop);
}

// The store may be behind what this program itself wrote; nothing that changes a database starts
// from it.
ReconcileResult SchemaVersionReconciler::Migrate(const SchemaVersion& cached,
                                                 const ObservedObject& sighting,
                                                 const std::stop_token& stop) {
  SCHEMAOP_CRASH_POINT("controller.object.reading");
  const auto live = ReadUnchanged(cached, stop);
  SCHEMAOP_CRASH_POINT("controller.object.read");
  if (!live) return NotBegun(cached.metadata.key(), live.error());
  const Decision decision = Decide(*live, sighting.observation);
  if (const auto* rehearse = std::get_if<RehearseFirst>(&decision)) {
    return Rehearse(*live, sighting, rehearse->plan, stop);
  }
  if (const auto* adopt = std::get_if<Adopt>(&decision)) {
    return TakeOver(*live, sighting, *adopt, stop);
  }
  const auto* advance = std::get_if<Advance>(&decision);
  if (advance == nullptr) return Report(*live, sighting, decision, stop);
  return Run(*live, sighting, *advance, stop);
}

Result<SchemaVersion> SchemaVersionReconciler::ReadUnchanged(const SchemaVersion& known,
                                                             const std::stop_token& stop) {
  const auto answer = effects_.Get(ObjectPath(SchemaVersionResource(), known.metadata.key()), stop);
  if (!answer) return Fail(answer.error().error);
  auto live = ParseSchemaVersion(*answer);
  if (!live) return live;
  if (live->metadata.uid != known.metadata.uid || live->metadata.deleting ||
      live->metadata.generation != known.metadata.generation) {
    return Fail(ErrorCode::kConflict, "the spec is another by now");
  }
  return live;
}

void SchemaVersionReconciler::NoteSnapshot(const ObjectKey& key, const RunReport& ended) const {
  if (!ended.snapshot_problem) return;
  logger_.Warning("schema not kept",
                  {{"schemaversion", ToString(key)}, {"error", ended.snapshot_problem->message}});
}

// The verdict is written and the next visit, which comes at once, acts by it.
ReconcileResult SchemaVersionReconciler::Rehearse(const SchemaVersion& object,
                                                  const ObservedObject& sighting, const Plan& plan,
                                                  const std::stop_token& stop) {
  const Observation& observation = sighting.observation;
  const auto history = CompleteFromLedger(observation.source->graph, *observation.database);
  if (!history) return NotWritten(object.metadata.key(), history.error());
  StatusReport report(Channels(), object);
  auto wrote = report.Announce(
      [&](const SchemaVersion& seen) {
        return NextStatus(seen, observation, RehearseFirst{{}, plan});
      },
      stop);
  if (!wrote) return NotBegun(object.metadata.key(), wrote.error());
  const auto rehearsed = effects_.Rehearse({.options = *sighting.options,
                                            .graph = *history,
                                            .from = observation.database->heads,
                                            .steps = plan.steps,
                                            .cuts = RehearsalCuts::kNone},
                                           stop);
  Observation after = observation;
  after.now = effects_.Now();
  if (const auto again = WithoutVerdict(rehearsed, stop)) {
    // Told even when stopping, as the end of a run is: nobody rehearses any more.
    wrote = report.Write([&](const SchemaVersion& seen) { return NextStatus(seen, after, *again); },
                         std::stop_token());
    if (!wrote) return NotWritten(object.metadata.key(), wrote.error());
    return After(object, {after, sighting.options}, report.written());
  }
  wrote = report.Write(
      [&](const SchemaVersion& seen) {
        SchemaVersion judged = seen;
        judged.status.rehearsal = RehearsalOf(seen, after, plan, rehearsed);
        return NextStatus(judged, after, Decide(judged, after));
      },
      stop);
  if (!wrote) return NotWritten(object.metadata.key(), wrote.error());
  return RequeueAfter{std::chrono::milliseconds(0)};
}

// It takes milliseconds: status tells of it when the next visit, which comes at once, has seen it.
ReconcileResult SchemaVersionReconciler::TakeOver(const SchemaVersion& object,
                                                  const ObservedObject& sighting,
                                                  const Adopt& adopt, const std::stop_token& stop) {
  const Observation& observation = sighting.observation;
  const RunReport ended = effects_.Stamp(
      *sighting.options,
      [&](const DatabaseState& state) {
        return PlanBaseline(*observation.source->graph, state, adopt.baseline);
      },
      ActorOf(options_, object.metadata), stop);
  NoteSnapshot(object.metadata.key(), ended);
  switch (ended.outcome) {
    case RunReport::Outcome::kCompleted:
      // There was nothing to compare with; now there is.
      observer_.Forget(object.metadata.key());
      events_.Post(object.metadata, {BaselineNote(observation, adopt.baseline)}, std::stop_token());
      return RequeueAfter{std::chrono::milliseconds(0)};
    case RunReport::Outcome::kCancelled:
      return ReconcileDone{};
    case RunReport::Outcome::kBusy:
      return Report(
          object, sighting,
          Retry{Reason::kWaitingForLock, WaitingForLockMessage(observation, ended.holder)}, stop);
    case RunReport::Outcome::kFailed:
    case RunReport::Outcome::kInDoubt:
      break;
  }
  const std::string what =
      AdoptingMessage(observation, adopt.baseline) + ": " + ended.error->message;
  if (ended.outcome == RunReport::Outcome::kFailed && KindOf(ended) == FailureKind::kPermanent) {
    return Report(object, sighting, Hold{Reason::kMigrationFailed, what}, stop);
  }
  return Report(object, sighting,
                Retry{Reason::kRetrying, what + "; it is tried again with pauses of up to 1m"},
                stop);
}

ReconcileResult SchemaVersionReconciler::Run(const SchemaVersion& object,
                                             const ObservedObject& sighting, const Advance& advance,
                                             const std::stop_token& stop) {
  const Observation& observation = sighting.observation;
  StatusReport report(Channels(), object);
  // While another session holds the lock each visit would flip the status to Migrating and back;
  // the run itself says when it got the lock. One that waited for its turn has not told yet where
  // the run begins.
  const bool told = !object.status.current_revision.empty();
  if (!told || !SaysReason(object.status, Reason::kWaitingForLock)) {
    const auto wrote = report.Announce(
        [&](const SchemaVersion& seen) { return NextStatus(seen, observation, advance); }, stop);
    if (!wrote) return NotBegun(object.metadata.key(), wrote.error());
  }
  const auto tell = [&](const RunProgress& where, const std::stop_token& finished) {
    Observation now = observation;
    now.now = effects_.Now();
    const auto wrote = report.Write(
        [&](const SchemaVersion& seen) { return ProgressStatusOf(seen, now, advance, where); },
        finished);
    if (!wrote && !finished.stop_requested()) {
      logger_.Warning("progress not reported", {{"schemaversion", ToString(object.metadata.key())},
                                                {"error", wrote.error().message}});
    }
  };
  SCHEMAOP_CRASH_POINT("controller.run.starting");
  const RevisionGraph& graph = *observation.source->graph;
  std::optional<Error> outlived;
  std::optional<DatabaseState> found;
  const RunReport ended = effects_.Migrate(
      *sighting.options, graph,
      [&](const DatabaseState& state) -> Result<Plan> {
        found = state;
        // Waiting for the lock can take long.
        if (auto still = ReadUnchanged(object, stop); !still) {
          outlived = still.error();
          return Fail(*outlived);
        }
        auto plan = PlanPermitted(*object.spec, observation.source->graph, state, advance.goal);
        if (!plan) return plan;
        auto rehearsed = CheckRehearsed(*object.spec, advance.plan, *plan);
        if (!rehearsed) return Fail(rehearsed.error());
        return plan;
      },
      ActorOf(options_, object.metadata), tell, stop);
  if (outlived) return NotBegun(object.metadata.key(), *outlived);
  NoteSnapshot(object.metadata.key(), ended);
  Observation after = observation;
  after.now = effects_.Now();
  // Others may have taken steps before the lock was ours.
  const bool moved = found && found->heads != observation.database->heads;
  if (found) after.database = *std::move(found);
  if (moved || !ended.applied.empty()) observer_.LookAfterRun(object, sighting, after, stop);
  // Told even when stopping: the client's deadline bounds it, and nobody else knows.
  const auto wrote = report.Write(
      [&](const SchemaVersion& seen) { return NextStatus(seen, after, advance, ended); },
      std::stop_token());
  if (!wrote) return NotWritten(object.metadata.key(), wrote.error());
  SCHEMAOP_CRASH_POINT("controller.run.reported");
  return Verify(object, {after, sighting.options}, report, stop);
}

ReconcileResult SchemaVersionReconciler::Verify(const SchemaVersion& object,
                                                const ObservedObject& sighting,
                                                StatusReport& report, const std::stop_token& stop) {
  if (!sighting.options || !ChecksAreDue(report.written(), sighting.observation)) {
    return After(object, sighting, report.written());
  }
  const auto checked =
      effects_.RunChecks(*sighting.options, (*sighting.observation.checks)->list, stop);
  // What was cut off is run again by whoever comes next.
  if (stop.stop_requested()) return ReconcileDone{};
  Observation after = sighting.observation;
  after.now = effects_.Now();
  const auto wrote = report.Write(
      [&](const SchemaVersion& seen) {
        SchemaVersionStatus status = report.written();
        status.conditions = seen.status.conditions;
        return VerifiedStatus(std::move(status), object, after, checked);
      },
      stop);
  if (!wrote) return NotWritten(object.metadata.key(), wrote.error());
  return After(object, {after, sighting.options}, report.written());
}

ReconcileResult SchemaVersionReconciler::After(const SchemaVersion& object,
                                               const ObservedObject& sighting,
                                               const SchemaVersionStatus& written) {
  const Observation& observation = sighting.observation;
  if (SaysReason(written, Reason::kUpToDate) && !ChecksAreDue(written, observation) &&
      !DriftIsOpen(object, observation)) {
    visits_.Settled(object, observation, effects_.SteadyNow());
  } else {
    visits_.Forget(object.metadata.key());
  }
  return NextVisitOf(object, written);
}

RequeueAfter SchemaVersionReconciler::NextVisitOf(const SchemaVersion& object,
                                                  const SchemaVersionStatus& status) {
  return {Spread(NextVisit(status, IntervalOf(object), effects_.Now()),
                 std::hash<std::string>()(object.metadata.uid))};
}

ReconcileResult SchemaVersionReconciler::NotWritten(const ObjectKey& key,
                                                    const Error& error) const {
  if (error.code == ErrorCode::kCancelled) return ReconcileDone{};
  // As a rule it is gone, which the store is about to hear; one answer alone does not prove it.
  if (error.code == ErrorCode::kNotFound) return RequeueAfter{std::chrono::seconds(10)};
  return RequeueWithBackoff{"status of " + ToString(key) + ": " + error.message};
}

ReconcileResult SchemaVersionReconciler::NotBegun(const ObjectKey& key, const Error& error) const {
  // The store is about to hear of it and will ask again; this is for the case that it does not.
  if (error.code == ErrorCode::kConflict) return RequeueAfter{std::chrono::seconds(1)};
  return NotWritten(key, error);
}

ReportChannels SchemaVersionReconciler::Channels() const {
  return {effects_, events_, metrics_, logger_};
}

}  // namespace schemaop
