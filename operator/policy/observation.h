// What the controller saw of the world before deciding. Failures to see are data.
#pragma once

#include <string>

#include "base/error.h"
#include "base/time.h"
#include "revision/database_state.h"
#include "revision/source.h"

namespace schemaop {

// The database a Secret names, without anything secret.
struct DatabaseIdentity {
  std::string label;           // "projects@db.engineering.svc:5432"
  std::string secret_version;  // resourceVersion of the Secret it came from

  bool operator==(const DatabaseIdentity&) const = default;
};

// One look at the world. What was not looked at (a suspended object's database) is kCancelled.
struct Observation {
  Time now;
  Result<Source> source;              // the revisions, or why there are none
  Result<DatabaseIdentity> identity;  // where, or what is wrong with the Secret
  Result<DatabaseState> database;     // what is there, or why it cannot be read
};

// The observation of somebody who did not look.
Observation NothingObserved(Time now);

}  // namespace schemaop
