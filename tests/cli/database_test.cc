#include "cli/database.h"

#include <map>

#include <gtest/gtest.h>

namespace schemaop {
namespace {

EnvironmentReader Environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

std::string Chosen(const GlobalOptions& globals, const ProjectSettings& settings,
                   std::map<std::string, std::string> variables) {
  const auto options = ChooseDatabase(globals, settings, Environment(std::move(variables)));
  return options ? options->dsn.parameters.at("host") : options.error().message;
}

TEST(DatabaseTest, PrefersTheOptionThenTheSettingsThenTheEnvironment) {
  GlobalOptions globals;
  globals.url = "postgresql://option/d";
  ProjectSettings settings;
  settings.database_url_env = "BILLING_URL";
  const std::map<std::string, std::string> variables{
      {"BILLING_URL", "postgresql://settings/d"}, {"DATABASE_URL", "postgresql://environment/d"}};
  EXPECT_EQ(Chosen(globals, settings, variables), "option");
  EXPECT_EQ(Chosen({}, settings, variables), "settings");
  EXPECT_EQ(Chosen({}, {}, variables), "environment");
  EXPECT_EQ(Chosen({}, settings, {{"DATABASE_URL", "postgresql://environment/d"}}), "environment");
}

TEST(DatabaseTest, LeavesTheRestToLibpqWhenItsVariablesNameADatabase) {
  EXPECT_TRUE(ChooseDatabase({}, {}, Environment({{"PGHOST", "db"}})));
  EXPECT_TRUE(ChooseDatabase({}, {}, Environment({{"PGSERVICE", "billing"}})));
}

TEST(DatabaseTest, NamesEverythingItLookedAt) {
  ProjectSettings settings;
  settings.database_url_env = "BILLING_URL";
  const auto options = ChooseDatabase({}, settings, Environment({{"DATABASE_URL", ""}}));
  ASSERT_FALSE(options);
  EXPECT_EQ(
      options.error(),
      (CommandFailure{ExitCode::kUsage,
                      "no database is named: give --url, $BILLING_URL, $DATABASE_URL or PGHOST "
                      "and PGDATABASE, for example --url postgresql://user@host:5432/dbname"}));
}

TEST(DatabaseTest, LetsOptionsWinOverSettingsAndSettingsOverDefaults) {
  GlobalOptions globals;
  globals.url = "postgresql://h/d";
  ProjectSettings settings;
  auto options = ChooseDatabase(globals, settings, Environment({}));
  ASSERT_TRUE(options);
  EXPECT_EQ(options->version_table, "alembic_version");
  EXPECT_EQ(options->version_table_schema, std::nullopt);
  EXPECT_EQ(options->ledger_schema, "schemaversion");
  EXPECT_EQ(options->application_name, "schemactl");
  settings = {"versions", "app", "ledger", std::nullopt};
  globals.version_table = "mine";
  options = ChooseDatabase(globals, settings, Environment({}));
  ASSERT_TRUE(options);
  EXPECT_EQ(options->version_table, "mine");
  EXPECT_EQ(options->version_table_schema, "app");
  EXPECT_EQ(options->ledger_schema, "ledger");
}

}  // namespace
}  // namespace schemaop
