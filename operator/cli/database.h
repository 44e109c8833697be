// Which database a command means, and who it says it is there.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "cli/command.h"
#include "cli/settings.h"
#include "engine/database_options.h"
#include "engine/migrate.h"

namespace schemaop {

// An environment variable's value; nullopt when it is not set.
using EnvironmentReader = std::function<std::optional<std::string>(const std::string& name)>;

// The tables' names, and nothing about where the database is: options win over settings, settings
// over defaults.
DatabaseOptions ChooseTables(const GlobalOptions& globals, const ProjectSettings& settings);

// The database and its tables' names: --url, else the variable the settings name, else
// DATABASE_URL, else libpq's own PG* variables; the tables as ChooseTables says.
// kUsage when none of these says where the database is, or the URL cannot be read; never echoes a
// URL.
Outcome<DatabaseOptions> ChooseDatabase(const GlobalOptions& globals,
                                        const ProjectSettings& settings,
                                        const EnvironmentReader& environment);

// The same, from this process's environment.
Outcome<DatabaseOptions> ChooseDatabase(const GlobalOptions& globals,
                                        const ProjectSettings& settings);

// "user@host", for the ledger.
Actor CurrentActor();

}  // namespace schemaop
