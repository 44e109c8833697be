#include "controller/observer.h"

#include <utility>

#include "controller/observe_secret.h"
#include "controller/observe_source.h"
#include "policy/drift.h"

namespace schemaop {

Observer::Observer(ObserverOptions options, Effects& effects)
    : options_(std::move(options)), effects_(effects) {}

ObservedObject Observer::ObserveInputs(const SchemaVersion& object, const std::stop_token& stop) {
  ObservedObject sighting{NothingObserved(effects_.Now()), std::nullopt};
  if (!object.spec || object.spec->suspend || WrongDriftExclude(object.spec->policy)) {
    return sighting;
  }
  const std::string& namespace_name = object.metadata.namespace_name;
  SourceReading reading = ObserveSource(effects_, namespace_name, object.spec->migrations,
                                        options_.migrations_root, stop);
  sighting.observation.source = std::move(reading.source);
  if (object.spec->checks && sighting.observation.source) {
    sighting.observation.checks = ObserveChecks(reading.checks);
  }
  auto secret = ObserveSecret(effects_, namespace_name, object.spec->database, stop);
  if (!secret) {
    sighting.observation.identity = Fail(secret.error());
    return sighting;
  }
  sighting.observation.identity = secret->identity;
  sighting.options = OptionsFor(*object.spec, std::move(secret->dsn), options_.login_rights);
  return sighting;
}

void Observer::ObserveContent(const SchemaVersion& object, ObservedObject& sighting,
                              const std::stop_token& stop) {
  Observation& observation = sighting.observation;
  const DatabaseIdentity& identity = *observation.identity;
  const auto question = looks_.Due(object, identity, effects_.SteadyNow());
  auto sight =
      effects_.ObserveWithDrift(*sighting.options, *observation.source->graph, question, stop);
  if (!sight) {
    observation.database = Fail(sight.error());
    return;
  }
  observation.database = std::move(sight->state);
  if (question) {
    NoteDrift(object, observation, std::move(sight->drift));
  } else if (auto known = looks_.Known(object, identity)) {
    observation.drift = *std::move(known);
  }
}

void Observer::NoteDrift(const SchemaVersion& object, Observation& observation,
                         std::optional<Result<DriftFinding>> drift) {
  observation.drift = std::move(drift);
  if (!observation.drift || !*observation.drift) return;
  looks_.Remember(object, *observation.identity, **observation.drift, effects_.SteadyNow());
}

void Observer::LookAfterRun(const SchemaVersion& object, const ObservedObject& sighting,
                            Observation& after, const std::stop_token& stop) {
  // What was found before the run is not so any more, whatever comes of this look.
  looks_.Forget(object.metadata.key());
  DriftQuestion question;
  question.scope.exclude = object.spec->policy.drift_exclude;
  after.drift.reset();
  if (object.spec->policy.drift == DriftPolicy::kOff || stop.stop_requested()) return;
  auto drift = effects_.FindDrift(*sighting.options, question, stop);
  if (!drift) {
    NoteDrift(object, after, Fail(drift.error()));
  } else if (*drift) {
    NoteDrift(object, after, **std::move(drift));
  }
}

void Observer::Forget(const ObjectKey& key) { looks_.Forget(key); }

}  // namespace schemaop
