#include "cli/database.h"

#include <array>
#include <cstdlib>
#include <pwd.h>
#include <unistd.h>

#include <fmt/format.h>

namespace schemaop {
namespace {

// Any of these says that a person thought about where the database is; without one of them libpq
// would go to a local server and a database named like the user, which is nobody's intention here.
constexpr std::array<const char*, 6> kLibpqVariables{"PGHOST",    "PGHOSTADDR", "PGDATABASE",
                                                     "PGSERVICE", "PGPORT",     "PGUSER"};

Outcome<Dsn> Parse(const std::string& url, const std::string& origin) {
  auto dsn = ParseDatabaseUrl(url);
  if (!dsn) return Refuse(ExitCode::kUsage, WithContext(dsn.error(), origin).message);
  return *std::move(dsn);
}

Outcome<Dsn> FindDsn(const GlobalOptions& globals, const ProjectSettings& settings,
                     const EnvironmentReader& environment) {
  if (globals.url) return Parse(*globals.url, "--url");
  std::string tried = "--url";
  for (const std::string& name :
       {settings.database_url_env.value_or(""), std::string("DATABASE_URL")}) {
    if (name.empty()) continue;
    if (const auto url = environment(name); url && !url->empty()) return Parse(*url, "$" + name);
    tried += ", $" + name;
  }
  for (const char* name : kLibpqVariables) {
    if (!environment(name).value_or("").empty()) return DsnFromEnvironment();
  }
  return Refuse(ExitCode::kUsage,
                fmt::format("no database is named: give {} or PGHOST and PGDATABASE, for example "
                            "--url postgresql://user@host:5432/dbname",
                            tried));
}

}  // namespace

DatabaseOptions ChooseTables(const GlobalOptions& globals, const ProjectSettings& settings) {
  DatabaseOptions options;
  options.application_name = "schemactl";
  const auto choose = [](const auto& option, const auto& setting) {
    return option ? option : setting;
  };
  options.version_table =
      choose(globals.version_table, settings.version_table).value_or(options.version_table);
  options.version_table_schema =
      choose(globals.version_table_schema, settings.version_table_schema);
  options.ledger_schema =
      choose(globals.ledger_schema, settings.ledger_schema).value_or(options.ledger_schema);
  return options;
}

Outcome<DatabaseOptions> ChooseDatabase(const GlobalOptions& globals,
                                        const ProjectSettings& settings,
                                        const EnvironmentReader& environment) {
  auto dsn = FindDsn(globals, settings, environment);
  if (!dsn) return tl::unexpected(dsn.error());
  DatabaseOptions options = ChooseTables(globals, settings);
  options.dsn = *std::move(dsn);
  return options;
}

Outcome<DatabaseOptions> ChooseDatabase(const GlobalOptions& globals,
                                        const ProjectSettings& settings) {
  return ChooseDatabase(globals, settings, [](const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  });
}

Actor CurrentActor() {
  // The command line has one thread when this is asked, so getpwuid's buffer is its own.
  const passwd* user = getpwuid(getuid());  // NOLINT(concurrency-mt-unsafe)
  std::array<char, 256> host{};
  const bool named = gethostname(host.data(), host.size() - 1) == 0;
  return {fmt::format("{}@{}", user == nullptr ? std::to_string(getuid()) : user->pw_name,
                      named ? host.data() : "unknown")};
}

}  // namespace schemaop
