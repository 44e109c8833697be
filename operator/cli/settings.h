// The project's settings file, `schemactl.yaml`:
//
//   versionTable: alembic_version        default alembic_version
//   versionTableSchema: public           default: found through search_path, as Alembic does
//   ledgerSchema: schemaversion          default schemaversion
//   databaseUrlEnv: BILLING_DATABASE_URL the environment variable that holds the database's URL
//
// The words are those of a SchemaVersion's spec.database. The URL itself never stands here: the
// file is committed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace schemaop {

inline constexpr std::string_view kSettingsFile = "schemactl.yaml";

struct ProjectSettings {
  std::optional<std::string> version_table;
  std::optional<std::string> version_table_schema;
  std::optional<std::string> ledger_schema;
  std::optional<std::string> database_url_env;

  bool operator==(const ProjectSettings&) const = default;
};

// Parses the text of settings file `file`. An empty file is no settings. kInvalid as
// "file:line:column: ..." for bad YAML, an unknown or repeated key, a value that is not text, a
// name PostgreSQL would cut (over 63 bytes), and a databaseUrlEnv that is no variable's name; that
// value is never echoed, it may be a URL.
Result<ProjectSettings> ParseSettings(std::string_view file, std::string_view text);

}  // namespace schemaop
