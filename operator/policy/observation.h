// What the controller saw of the world before deciding. Failures to see are data.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "base/time.h"
#include "catalog/drift.h"
#include "revision/check.h"
#include "revision/database_state.h"
#include "revision/source.h"

namespace schemaop {

// The database a Secret names, without anything secret.
struct DatabaseIdentity {
  std::string label;           // "projects@db.engineering.svc:5432"
  std::string secret_version;  // resourceVersion of the Secret it came from

  bool operator==(const DatabaseIdentity&) const = default;
};

// The file of checks in the source.
struct ObservedChecks {
  CheckList list;
  std::string digest;  // of its text

  bool operator==(const ObservedChecks&) const = default;
};

// One look at the world. What was not looked at (a suspended object's database) is kCancelled.
struct Observation {
  Time now;
  Result<Source> source;              // the revisions, or why there are none
  Result<DatabaseIdentity> identity;  // where, or what is wrong with the Secret
  Result<DatabaseState> database;     // what is there, or why it cannot be read
  // Whether its schema is as the last migration left it, or why that cannot be told; nullopt when
  // nobody looked (spec.policy.drift is Off, or somebody else migrates).
  std::optional<Result<DriftFinding>> drift = std::nullopt;
  // What spec.checks runs, or why it cannot be; nullopt: not asked for, or the source not read.
  std::optional<Result<ObservedChecks>> checks = std::nullopt;
};

// The observation of somebody who did not look.
Observation NothingObserved(Time now);

}  // namespace schemaop
