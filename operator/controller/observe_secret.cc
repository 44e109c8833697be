#include "controller/observe_secret.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "api/secret.h"
#include "controller/api_resources.h"

namespace schemaop {

Result<SecretView> ObserveSecret(KubeClient& client, const std::string& namespace_name,
                                 const DatabaseSpec& database, std::stop_token stop) {
  const ObjectKey key{namespace_name, database.secret.name};
  const std::string subject = "Secret \"" + key.name + "\"";
  const auto object = client.Get(ObjectPath(SecretResource(), key), std::move(stop));
  if (!object && object.error().error.code == ErrorCode::kNotFound) {
    return Fail(ErrorCode::kNotFound, subject + " does not exist in namespace \"" + namespace_name +
                                          "\"; create it or correct spec.database.secretRef.name");
  }
  if (!object) return Fail(WithContext(object.error().error, subject));
  const auto secret = ParseSecret(*object);
  if (!secret) return Fail(WithContext(secret.error(), subject));
  auto dsn = DsnFromSecret(secret->data, database.secret.key.value_or(""));
  if (!dsn) return Fail(WithContext(dsn.error(), subject));
  DatabaseIdentity identity{DsnLabel(*dsn), secret->metadata.resource_version};
  return SecretView{std::move(identity), *std::move(dsn)};
}

DatabaseOptions OptionsFor(const SchemaVersionSpec& spec, Dsn dsn) {
  DatabaseOptions options;
  options.dsn = std::move(dsn);
  options.role = spec.database.role;
  options.search_path = spec.database.search_path;
  options.version_table = spec.database.version_table;
  options.version_table_schema = spec.database.version_table_schema;
  options.ledger_schema = spec.database.ledger_schema;
  options.lock_timeout = spec.execution.lock_timeout;
  options.statement_timeout = spec.execution.statement_timeout;
  return options;
}

}  // namespace schemaop
