// Troubles of the server as `kubectl` shows them: each its reason and message, and each over by
// itself once its cause is gone, without a restart of the operator.
#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "postgres/test_pgbouncer.h"
#include "world.h"

namespace schemaop::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

class ServerTroubleTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ns_ = world_.CreateNamespace();
    database_ = world_.CreateDatabase();
    label_ = database_ + "@127.0.0.1:" + std::to_string(world_.postgres().port());
    world_.ApplySecret(ns_, "db", world_.OperatorUrl(database_));
  }

  void Apply(const std::string& up) {
    json object = SchemaVersionObject(ns_, "app", "head",
                                      {{"001.sql", RevisionText("001", "", up, "DROP TABLE a;")}});
    object["spec"]["interval"] = "30s";
    world_.Apply(object);
  }
  std::string MessageOf(const std::string& reason) {
    return ReadyOf(world_.WaitForReason(ns_, "app", reason))["message"];
  }
  // Asks for another look at once instead of after the pause.
  void AskAgain() {
    world_.MustKubectl({"annotate", "schemaversion", "app", "-n", ns_, "--overwrite",
                        "schemaversion.io/requestedAt=" + std::to_string(++asked_)});
  }
  std::string Super(const std::string& sql) { return world_.postgres().Query(database_, sql); }
  void ExpectRecovery() {
    const json object = world_.WaitForReason(ns_, "app", "UpToDate");
    EXPECT_EQ(object["status"]["currentRevision"], "001");
    EXPECT_FALSE(object["status"].contains("failure"));
    EXPECT_EQ(Super("SELECT version_num, to_regclass('a') FROM alembic_version"), "001|a");
    EXPECT_EQ(Super("SELECT count(*) FROM schemaversion.ledger"), "1");
  }

  World& world_ = World::Get();
  std::string ns_;
  std::string database_;
  std::string label_;
  int asked_ = 0;
  const std::string good_ = "CREATE TABLE a (x int);";
};

TEST_F(ServerTroubleTest, AServerThatIsDownIsUnreachableUntilItIsBack) {
  world_.postgres().Stop("fast");
  Apply(good_);
  EXPECT_THAT(MessageOf("DatabaseUnreachable"),
              HasSubstr("cannot connect to " + label_ + ": Connection refused"));
  world_.postgres().Start();
  ExpectRecovery();
}

// The gate opens only after the crash, so that the crash comes in the middle of a statement.
TEST_F(ServerTroubleTest, AServerThatCrashesInAStatementIsRetriedAndAppliesTheRevisionOnce) {
  Super("CREATE TABLE gate (open boolean); GRANT ALL ON gate TO app");
  Apply(good_ +
        "\nDO $$ BEGIN WHILE NOT EXISTS (SELECT FROM gate) LOOP PERFORM pg_sleep(0.05); END LOOP; "
        "END $$;");
  for (const std::string mode : {"immediate", "kill"}) {
    ASSERT_TRUE(WaitForOperator([&] {
      return Super(
                 "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'DO "
                 "$$ BEGIN WHILE NOT%' AND datname = current_database() AND usename = 'app'") ==
             "1";
    })) << world_.OperatorLog();
    world_.postgres().Stop(mode);
    world_.WaitFor(ns_, "app", "a retry", [](const json& object) {
      const json ready = ReadyOf(object);
      const std::string reason = ready.is_object() ? ready.value("reason", "") : "";
      return reason == "Retrying" || reason == "DatabaseUnreachable";
    });
    world_.postgres().StartAgain();
    EXPECT_EQ(Super("SELECT to_regclass('a') IS NULL"), "t");
  }
  Super("INSERT INTO gate VALUES (true)");
  ExpectRecovery();
}

TEST_F(ServerTroubleTest, AReadOnlyDatabaseIsRetriedAndSaysWhatToDo) {
  Super("ALTER DATABASE " + database_ + " SET default_transaction_read_only = on");
  Apply(good_);
  EXPECT_THAT(
      MessageOf("Retrying"),
      HasSubstr(label_ + " gives read-only transactions: default_transaction_read_only is on for "
                         "the server, the database or the role; switch it off"));
  world_.postgres().Query("postgres",
                          "ALTER DATABASE " + database_ + " RESET default_transaction_read_only");
  ExpectRecovery();
}

TEST_F(ServerTroubleTest, AStandbyIsRetriedUntilItIsPromoted) {
  world_.postgres().Stop("fast");
  world_.postgres().StartAsStandby();
  Apply(good_);
  EXPECT_THAT(MessageOf("Retrying"),
              HasSubstr(label_ + " is a standby, which takes no changes; name the primary"));
  EXPECT_EQ(world_.postgres().Query("postgres", "SELECT pg_promote()"), "t");
  ExpectRecovery();
}

TEST_F(ServerTroubleTest, ARoleWithoutRightsIsToldWhichGrantIsMissing) {
  Super("ALTER DATABASE " + database_ + " OWNER TO postgres; REVOKE ALL ON SCHEMA public FROM app");
  Apply(good_);
  const std::string message = MessageOf("MigrationFailed");
  EXPECT_THAT(message, HasSubstr("permission denied for schema public"));
  EXPECT_THAT(message, HasSubstr("an owner has to GRANT USAGE, CREATE ON SCHEMA \"public\""));
  Super("ALTER DATABASE " + database_ + " OWNER TO app; GRANT ALL ON SCHEMA public TO app");
  AskAgain();
  ExpectRecovery();
}

TEST_F(ServerTroubleTest, ARoleThatMayNotConnectSaysSo) {
  Super("ALTER DATABASE " + database_ + " OWNER TO postgres; REVOKE CONNECT ON DATABASE " +
        database_ + " FROM PUBLIC");
  Apply(good_);
  EXPECT_THAT(MessageOf("DatabaseUnreachable"),
              HasSubstr("permission denied for database \"" + database_ + "\" (SQLSTATE 42501)"));
  Super("GRANT CONNECT ON DATABASE " + database_ + " TO app; ALTER DATABASE " + database_ +
        " OWNER TO app");
  ExpectRecovery();
}

TEST_F(ServerTroubleTest, AServerWithoutAFreeConnectionIsUnreachableUntilThereIsOne) {
  Super("ALTER ROLE app CONNECTION LIMIT 0");
  Apply(good_);
  EXPECT_THAT(MessageOf("DatabaseUnreachable"),
              HasSubstr("too many connections for role \"app\" (SQLSTATE 53300)"));
  Super("ALTER ROLE app CONNECTION LIMIT -1");
  ExpectRecovery();
}

TEST_F(ServerTroubleTest, APoolerThatSharesSessionsIsRefused) {
  if (!TestPgbouncer::IsInstalled()) GTEST_SKIP() << "the package pgbouncer is not installed";
  const TestPgbouncer pooler(world_.postgres(), "transaction");
  world_.ApplySecret(ns_, "db", pooler.Url(database_) + "?sslmode=disable");
  Apply(good_);
  EXPECT_THAT(MessageOf("PoolerDetected"),
              HasSubstr("use the server's direct address, or a pool with pool_mode session"));
  EXPECT_EQ(Super("SELECT to_regclass('a') IS NULL"), "t");
  world_.ApplySecret(ns_, "db", world_.OperatorUrl(database_));
  ExpectRecovery();
}

TEST_F(ServerTroubleTest, HostileSqlIsNamedAndNothingOfItRemains) {
  const std::string role = "other_" + database_;
  world_.postgres().Query("postgres", "CREATE ROLE " + role + "; GRANT " + role + " TO app");
  Apply(good_ + "\n  SET ROLE " + role + ";");
  const std::string message = MessageOf("MigrationFailed");
  EXPECT_THAT(message, HasSubstr("revision 001 at 001.sql:8:3, statement 2: the statement changed "
                                 "the role from app to " +
                                 role));
  const json failure = world_.GetObject(ns_, "app")["status"]["failure"];
  EXPECT_EQ(failure["revision"], "001");
  EXPECT_EQ(failure["file"], "001.sql");
  EXPECT_EQ(failure["line"], 8);
  EXPECT_EQ(failure["column"], 3);
  EXPECT_EQ(failure["statement"], 2);
  EXPECT_EQ(failure["retryable"], false);
  EXPECT_EQ(Super("SELECT to_regclass('a') IS NULL"), "t");
  Apply(good_);
  ExpectRecovery();
}

TEST_F(ServerTroubleTest, APermanentFailureCarriesEverythingButRowValues) {
  Apply(
      "CREATE TABLE a (x text UNIQUE);\nINSERT INTO a VALUES ('row-value-y');\n"
      "INSERT INTO a VALUES ('row-value-y');");
  EXPECT_THAT(MessageOf("MigrationFailed"),
              HasSubstr("revision 001 at 001.sql:9:1, statement 3, SQLSTATE 23505: duplicate key "
                        "value violates unique constraint \"a_x_key\""));
  const json failure = world_.GetObject(ns_, "app")["status"]["failure"];
  EXPECT_EQ(failure["sqlstate"], "23505");
  EXPECT_EQ(failure["message"], "duplicate key value violates unique constraint \"a_x_key\"");
  for (const std::string& output :
       {world_.MustKubectl(
            {"get", "schemaversion", "app", "-n", ns_, "-o", "json", "--show-managed-fields"}),
        world_.MustKubectl({"get", "events", "-n", ns_, "-o", "yaml"}), world_.Metrics()}) {
    const json parsed = json::parse(output, nullptr, false);
    const std::string shown =
        parsed.is_object() && parsed.contains("status") ? parsed["status"].dump() : output;
    EXPECT_THAT(shown, Not(HasSubstr("row-value-y")));
  }
  Apply(good_);
  ExpectRecovery();
}

}  // namespace
}  // namespace schemaop::testing
