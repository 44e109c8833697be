// Observing the Secret: which database, and how to get in.
#pragma once

#include <stop_token>
#include <string>

#include "api/schema_version.h"
#include "base/error.h"
#include "controller/effects.h"
#include "engine/database_options.h"
#include "policy/observation.h"

namespace schemaop {

// What a Secret says: the part that may be shown and the part that connects.
struct SecretView {
  DatabaseIdentity identity;
  Dsn dsn;
};

// Reads the Secret that `database` names from `namespace_name`. Errors name the Secret and what to
// do, never a value: kNotFound, kDenied and kInvalid need a person; kUnavailable passes.
Result<SecretView> ObserveSecret(Effects& effects, const std::string& namespace_name,
                                 const DatabaseSpec& database, const std::stop_token& stop);

// How the engine shall use the database.
DatabaseOptions OptionsFor(const SchemaVersionSpec& spec, Dsn dsn, LoginRights login_rights);

}  // namespace schemaop
