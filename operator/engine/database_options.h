// What observing, migrating and stamping need to know about a database.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "postgres/dsn.h"

namespace schemaop {

struct DatabaseOptions {
  Dsn dsn;
  std::string application_name = "schema-operator";  // shown to whoever looks at pg_stat_activity
  std::optional<std::string> role;
  std::vector<std::string> search_path;
  std::string version_table = "alembic_version";
  std::optional<std::string>
      version_table_schema;  // nullopt: found through search_path, as Alembic does
  std::string ledger_schema = "schemaversion";
  std::chrono::milliseconds lock_timeout{1000};
  std::chrono::milliseconds statement_timeout{0};
  std::chrono::milliseconds non_transactional_timeout{
      0};  // for each statement outside a transaction; 0: none
  std::chrono::milliseconds lock_wait{
      0};  // how long to poll for the migration lock before kBusy; 0: one try
};

}  // namespace schemaop
