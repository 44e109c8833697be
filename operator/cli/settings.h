// The project's settings file, `schemactl.yaml`:
//
//   versionTable: alembic_version        default alembic_version
//   versionTableSchema: public           default: found through search_path, as Alembic does
//   ledgerSchema: schemaversion          default schemaversion
//   databaseUrlEnv: BILLING_DATABASE_URL the environment variable that holds the database's URL
//   scratchUrlEnv: SCRATCH_DATABASE_URL  the variable with the URL of a database on the server
//                                        where scratch databases are made; default: the
//                                        database's own
//   exclude: [table:public.tmp_*]        objects that are not the project's: see catalog/scope.h
//   ignore: [owners, grants, comments, storage]
//                                        what of objects is left to others; default: nothing
//   allowSuperuser: false                refuse logins with more rights than a migration needs;
//                                        default: a warning at a terminal
//
// The words are those of a SchemaVersion's spec.database. The URL itself never stands here: the
// file is committed.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace schemaop {

inline constexpr std::string_view kSettingsFile = "schemactl.yaml";

// PostgreSQL's NAMEDATALEN less its final zero byte.
inline constexpr std::size_t kLongestName = 63;

struct ProjectSettings {
  std::optional<std::string> version_table;
  std::optional<std::string> version_table_schema;
  std::optional<std::string> ledger_schema;
  std::optional<std::string> database_url_env;
  std::optional<std::string> scratch_url_env;
  std::vector<std::string> exclude;
  std::vector<std::string> ignore;             // of owners, grants, comments, storage
  std::optional<std::string> allow_superuser;  // "true" or "false"

  bool operator==(const ProjectSettings&) const = default;
};

// Every key that a settings file may have.
std::vector<std::string> SettingNames();

// Parses the text of settings file `file`. An empty file is no settings. kInvalid as
// "file:line:column: ..." for bad YAML, an unknown or repeated key, a value that is not text, a
// name PostgreSQL would cut (over 63 bytes), an allowSuperuser that is neither true nor false, a
// variable that is no variable's name (that value is never echoed, it may be a URL), and a word
// that ignore does not know.
Result<ProjectSettings> ParseSettings(std::string_view file, std::string_view text);

}  // namespace schemaop
