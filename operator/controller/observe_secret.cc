#include "controller/observe_secret.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "api/secret.h"
#include "base/text.h"
#include "controller/api_resources.h"

namespace schemaop {

Result<SecretView> ObserveSecret(Effects& effects, const std::string& namespace_name,
                                 const DatabaseSpec& database, const std::stop_token& stop) {
  const ObjectKey key{namespace_name, database.secret.name};
  const std::string subject = "Secret \"" + key.name + "\"";
  const auto object = effects.Get(ObjectPath(SecretResource(), key), stop);
  if (!object && object.error().error.code == ErrorCode::kNotFound) {
    return Fail(ErrorCode::kNotFound, subject + " does not exist in namespace \"" + namespace_name +
                                          "\"; create it or correct spec.database.secretRef.name");
  }
  if (!object) return Fail(WithContext(object.error().error, subject));
  const auto secret = ParseSecret(*object);
  if (!secret) return Fail(WithContext(secret.error(), subject));
  auto dsn = DsnFromSecret(secret->data, database.secret.key.value_or(""));
  if (!dsn) return Fail(WithContext(dsn.error(), subject));
  // As long as status.database may be.
  DatabaseIdentity identity{Truncate(DsnLabel(*dsn), 1024), secret->metadata.resource_version};
  return SecretView{std::move(identity), *std::move(dsn)};
}

DatabaseOptions OptionsFor(const SchemaVersionSpec& spec, Dsn dsn, LoginRights login_rights) {
  DatabaseOptions options;
  options.login_rights = login_rights;
  options.dsn = std::move(dsn);
  options.role = spec.database.role;
  options.search_path = spec.database.search_path;
  options.version_table = spec.database.version_table;
  options.version_table_schema = spec.database.version_table_schema;
  options.ledger_schema = spec.database.ledger_schema;
  const bool single = spec.execution.transaction_mode == ExecutionSpec::TransactionMode::kSingle;
  options.transaction_mode = single ? TransactionMode::kSingle : TransactionMode::kPerRevision;
  options.lock_timeout = spec.execution.lock_timeout;
  options.statement_timeout = spec.execution.statement_timeout;
  options.non_transactional_timeout = spec.execution.non_transactional_timeout;
  options.retry_budget = spec.execution.retry_budget;
  if (spec.policy.drift == DriftPolicy::kOff) options.snapshot = SnapshotUse::kNone;
  return options;
}

}  // namespace schemaop
