// Observing one SchemaVersion: its source, its Secret, its database, its drift.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>

#include "api/schema_version.h"
#include "controller/drift_looks.h"
#include "controller/effects.h"
#include "engine/database_options.h"
#include "policy/observation.h"

namespace schemaop {

// One look at the world, and how to act on it when the database is known.
struct ObservedObject {
  Observation observation;
  std::optional<DatabaseOptions> options;
};

// What is allowed to be seen; it does not change while the program runs.
struct ObserverOptions {
  std::filesystem::path migrations_root;  // empty: spec.migrations.path is refused
  LoginRights login_rights = LoginRights::kOwner;
};

// Changes nothing; what cannot be read is part of what was seen. Thread-safe, as long as nobody
// observes one object twice at once. `effects` outlives it.
class Observer {
 public:
  Observer(ObserverOptions options, Effects& effects);

  // The source and the Secret; neither of a suspended object, nor of one whose spec is unusable.
  ObservedObject ObserveInputs(const SchemaVersion& object, const std::stop_token& stop);

  // Reads the database and, when it is time, compares its schema; or takes what is known of that.
  // REQUIRES: `sighting` knows the database and the source.
  void ObserveContent(const SchemaVersion& object, ObservedObject& sighting,
                      const std::stop_token& stop);

  // The drift after a run, whose snapshot is what to compare with from now on.
  void LookAfterRun(const SchemaVersion& object, const ObservedObject& sighting, Observation& after,
                    const std::stop_token& stop);

  // What is remembered of `key` is no longer so.
  void Forget(const ObjectKey& key);

 private:
  void NoteDrift(const SchemaVersion& object, Observation& observation,
                 std::optional<Result<DriftFinding>> drift);

  ObserverOptions options_;
  Effects& effects_;
  DriftLooks looks_;
};

}  // namespace schemaop
