// Which database is used when several are named, and every way libpq has to name one.
#include <filesystem>

#include <gtest/gtest.h>

#include "postgres/test_postgres.h"
#include "schemactl.h"

namespace schemaop::testing {
namespace {

class ConnectionTest : public ::testing::Test {
 protected:
  ConnectionTest() { schemactl_.AddTables(4); }

  // A new database whose version row is `revision`.
  std::string DatabaseAt(const std::string& revision) {
    const std::string database = server_.CreateDatabase();
    const RunResult stamp = schemactl_.Run({"--url", server_.Url(database), "stamp", revision});
    EXPECT_EQ(stamp.exit_code, 0) << stamp.err;
    return database;
  }

  std::string Current(std::vector<std::string> arguments = {}) const {
    arguments.emplace_back("current");
    const RunResult result = schemactl_.Run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  }

  // The server and `database` by libpq's variables.
  void UseVariables(const std::string& database) {
    schemactl_.SetEnvironment("PGHOST", "127.0.0.1");
    schemactl_.SetEnvironment("PGPORT", std::to_string(server_.port()));
    schemactl_.SetEnvironment("PGUSER", "postgres");
    schemactl_.SetEnvironment("PGDATABASE", database);
  }

  std::filesystem::path WritePrivate(const std::string& name, const std::string& text) const {
    const auto path = schemactl_.folder() / name;
    WriteFile(path, text);
    std::filesystem::permissions(path, std::filesystem::perms::owner_read);
    return path;
  }

  TestPostgres& server_ = TestPostgres::Shared();
  Schemactl schemactl_;
};

TEST_F(ConnectionTest, TheOptionWinsThenTheSettingsVariableThenDatabaseUrlThenLibpqs) {
  UseVariables(DatabaseAt("004"));
  EXPECT_EQ(Current(), "004 (head)\n");
  schemactl_.UseDatabase(server_.Url(DatabaseAt("003")));
  EXPECT_EQ(Current(), "003\n");
  WriteFile(schemactl_.folder() / "migrations/schemactl.yaml", "databaseUrlEnv: SIGNS_URL\n");
  EXPECT_EQ(Current(), "003\n");
  schemactl_.SetEnvironment("SIGNS_URL", server_.Url(DatabaseAt("002")));
  EXPECT_EQ(Current(), "002\n");
  EXPECT_EQ(Current({"--url", server_.Url(DatabaseAt("001"))}), "001\n");
}

TEST_F(ConnectionTest, AnEmptyVariableNamesNothing) {
  UseVariables(DatabaseAt("004"));
  WriteFile(schemactl_.folder() / "migrations/schemactl.yaml", "databaseUrlEnv: SIGNS_URL\n");
  schemactl_.SetEnvironment("SIGNS_URL", "");
  schemactl_.UseDatabase("");
  EXPECT_EQ(Current(), "004 (head)\n");
}

TEST_F(ConnectionTest, TakesSqlalchemysUrls) {
  const std::string url = server_.Url(DatabaseAt("003"));
  for (const char* scheme : {"postgresql+psycopg2", "postgresql+asyncpg", "postgres"}) {
    schemactl_.UseDatabase(scheme + url.substr(url.find(':')));
    EXPECT_EQ(Current(), "003\n") << scheme;
  }
}

TEST_F(ConnectionTest, PercentEscapesStandForAnyCharacterInEveryPart) {
  const std::string database = DatabaseAt("002");
  server_.Query("postgres",
                "DROP ROLE IF EXISTS \"o'dd user@x\"; CREATE ROLE \"o'dd user@x\" SUPERUSER LOGIN "
                "PASSWORD 'p@ss/w:rd%?#'");
  server_.Query("postgres",
                "ALTER DATABASE " + database + " RENAME TO \"" + database + " a/b?c&d\"");
  const std::string address = "127.0.0.1:" + std::to_string(server_.port());
  schemactl_.UseDatabase("postgresql+psycopg2://o%27dd%20user%40x:p%40ss%2Fw%3Ard%25%3F%23@" +
                         address + "/" + database + "%20a%2Fb%3Fc%26d?sslmode=disable");
  EXPECT_EQ(Current(), "002\n");
}

TEST_F(ConnectionTest, TriesEachHostOfAUrl) {
  schemactl_.UseDatabase("postgresql://postgres@127.0.0.1:1,127.0.0.1:" +
                         std::to_string(server_.port()) + "/" + DatabaseAt("003"));
  EXPECT_EQ(Current(), "003\n");
}

TEST_F(ConnectionTest, TakesFromLibpqsVariablesWhatAUrlLeavesOut) {
  UseVariables("postgres");
  schemactl_.UseDatabase("postgresql:///" + DatabaseAt("002"));
  EXPECT_EQ(Current(), "002\n");
}

TEST_F(ConnectionTest, FindsAServiceInItsFile) {
  const auto file =
      WritePrivate("services", "[signs]\nhost=127.0.0.1\nport=" + std::to_string(server_.port()) +
                                   "\nuser=postgres\ndbname=" + DatabaseAt("002") + "\n");
  schemactl_.SetEnvironment("PGSERVICEFILE", file.string());
  schemactl_.SetEnvironment("PGSERVICE", "signs");
  EXPECT_EQ(Current(), "002\n");
}

TEST_F(ConnectionTest, FindsPasswordsWhereLibpqFindsThem) {
  const std::string database = DatabaseAt("002");
  server_.Query(database,
                "DROP ROLE IF EXISTS keyed; CREATE ROLE keyed LOGIN PASSWORD 'k3y: \\ed'; "
                "GRANT SELECT ON alembic_version TO keyed; "
                "GRANT USAGE ON SCHEMA schemaversion TO keyed; "
                "GRANT SELECT ON ALL TABLES IN SCHEMA schemaversion TO keyed");
  schemactl_.UseDatabase(server_.Url(database, "keyed"));
  schemactl_.SetEnvironment("HOME", schemactl_.folder().string());
  EXPECT_EQ(schemactl_.Run({"current"}).exit_code, 7);
  const std::string line = "127.0.0.1:*:" + database + ":keyed:k3y\\: \\\\ed\n";
  const auto file = WritePrivate("passwords", line);
  schemactl_.SetEnvironment("PGPASSFILE", file.string());
  EXPECT_EQ(Current(), "002\n");
  schemactl_.SetEnvironment("PGPASSFILE", "");
  EXPECT_EQ(schemactl_.Run({"current"}).exit_code, 7);
  WritePrivate(".pgpass", line);
  EXPECT_EQ(Current(), "002\n");
  schemactl_.SetEnvironment("PGPASSWORD", "wrong");
  EXPECT_EQ(schemactl_.Run({"current"}).exit_code, 7);
}

}  // namespace
}  // namespace schemaop::testing
