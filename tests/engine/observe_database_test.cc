#include "engine/observe_database.h"

#include "linear_project.h"

namespace schemaop::testing {
namespace {

class ObserveDatabaseTest : public LinearProject {
 protected:
  DatabaseState Observe() const { return ObserveDatabase(options_, {}).value(); }
};

TEST_F(ObserveDatabaseTest, SeesAnEmptyDatabaseAndCreatesNothing) {
  const std::string before = server_.DumpSchema(database_);
  const DatabaseState state = Observe();
  EXPECT_EQ(state.heads, Heads{});
  EXPECT_FALSE(state.has_version_table);
  EXPECT_FALSE(state.has_user_tables);
  EXPECT_TRUE(state.ledger.empty());
  EXPECT_GE(state.server_version, 120000);
  EXPECT_EQ(server_.DumpSchema(database_), before);
}

TEST_F(ObserveDatabaseTest, SeesHeadsAndTheLastLedgerFactOfEachRevision) {
  const std::vector<Revision> revisions = {
      MakeRevision("001", "", "CREATE TABLE a (id int)", "DROP TABLE a"),
      MakeRevision("002", "001", "SELECT 1")};
  ASSERT_EQ(Upgrade(revisions).error, std::nullopt);
  ASSERT_EQ(Downgrade(revisions).error, std::nullopt);
  EXPECT_EQ(Observe().heads, Heads{});
  ASSERT_EQ(Upgrade({revisions.front()}).error, std::nullopt);
  const DatabaseState state = Observe();
  EXPECT_EQ(state.heads, Heads{"001"});
  EXPECT_TRUE(state.has_version_table);
  EXPECT_TRUE(state.has_user_tables);
  ASSERT_EQ(state.ledger.size(), 2U);
  EXPECT_EQ(state.ledger[0].revision, "002");
  EXPECT_EQ(state.ledger[0].direction, Direction::kDowngrade);
  EXPECT_EQ(state.ledger[1].revision, "001");
  EXPECT_EQ(state.ledger[1].direction, Direction::kUpgrade);
  EXPECT_EQ(state.ledger[1].checksum, "checksum of 001");
}

TEST_F(ObserveDatabaseTest, ReadsADatabaseThatAlembicMigrated) {
  Query(
      "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, applied_at timestamptz "
      "DEFAULT now(), "
      "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));"
      "INSERT INTO alembic_version VALUES ('ae1027a6acf'), ('1975ea83b712')");
  EXPECT_EQ(Observe().heads, (Heads{"ae1027a6acf", "1975ea83b712"}));
}

TEST_F(ObserveDatabaseTest, FindsTheVersionTableAnywhereOnTheSearchPath) {
  Query(
      "CREATE SCHEMA first; CREATE SCHEMA second;"
      "CREATE TABLE second.alembic_version (version_num VARCHAR(32) NOT NULL);"
      "INSERT INTO second.alembic_version VALUES ('x')");
  EXPECT_FALSE(Observe().has_version_table);
  options_.search_path = {"missing", "first", "second"};
  EXPECT_EQ(Observe().heads, Heads{"x"});
  options_.version_table_schema = "first";
  EXPECT_FALSE(Observe().has_version_table);
}

TEST_F(ObserveDatabaseTest, CreatesTheVersionTableInTheFirstSchemaOfTheSearchPath) {
  Query("CREATE SCHEMA app");
  options_.search_path = {"app", "public"};
  ASSERT_EQ(Upgrade({MakeRevision("001", "", "CREATE TABLE a (id int)")}).error, std::nullopt);
  EXPECT_TRUE(HasTable("app.alembic_version"));
  EXPECT_TRUE(HasTable("app.a"));
}

TEST_F(ObserveDatabaseTest, SaysThatNoSchemaOfTheSearchPathExists) {
  options_.search_path = {"missing"};
  EXPECT_EQ(ObserveDatabase(options_, {}).error(),
            (Error{ErrorCode::kInvalid,
                   DsnLabel(options_.dsn) +
                       ": no schema of the search path exists, so there is no place for the "
                       "version table; create one or name its schema"}));
}

TEST_F(ObserveDatabaseTest, TablesOfExtensionsAndOurOwnAreNoUserTables) {
  ASSERT_EQ(Upgrade({MakeRevision("001", "", "SELECT 1")}).error, std::nullopt);
  EXPECT_FALSE(Observe().has_user_tables);
}

TEST_F(ObserveDatabaseTest, TablesThatTheRoleDoesNotOwnAreNoUserTables) {
  const std::string role = "owner_of_" + database_;
  Query("CREATE ROLE " + role + "; CREATE TABLE a (id int); GRANT ALL ON a TO " + role);
  options_.role = role;
  EXPECT_FALSE(Observe().has_user_tables);
  Query("ALTER TABLE a OWNER TO " + role);
  EXPECT_TRUE(Observe().has_user_tables);
}

TEST_F(ObserveDatabaseTest, OddNamesAreQuoted) {
  options_.version_table = "odd\"Table; DROP";
  options_.ledger_schema = "our \"ledger\"";
  ASSERT_EQ(Upgrade({MakeRevision("001", "", "SELECT 1")}).error, std::nullopt);
  EXPECT_EQ(Query("SELECT version_num FROM \"odd\"\"Table; DROP\""), "001");
  EXPECT_EQ(Observe().heads, Heads{"001"});
  EXPECT_EQ(Observe().ledger.size(), 1U);
}

TEST_F(ObserveDatabaseTest, StopEndsIt) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(ObserveDatabase(options_, stop.get_token()).error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace schemaop::testing
