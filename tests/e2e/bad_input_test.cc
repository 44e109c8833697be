// Bad input of every kind: its own reason, a message that says what and where, and recovery without
// a restart.
#include <chrono>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "world.h"

namespace schemaop::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

// A namespace, a database and a SchemaVersion "app" that would work; each test breaks one thing and
// mends it.
class BadInputTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ns_ = world_.CreateNamespace();
    database_ = world_.CreateDatabase();
    object_ = SchemaVersionObject(ns_, "app", "head", {{"001.sql", good_}});
  }

  std::string MessageOf(const std::string& reason) {
    return ReadyOf(world_.WaitForReason(ns_, "app", reason))["message"];
  }
  void MendSecret() { world_.ApplySecret(ns_, "db", world_.OperatorUrl(database_)); }
  void ExpectRecovery() {
    const json object = world_.WaitForReason(ns_, "app", "UpToDate");
    EXPECT_EQ(object["status"]["currentRevision"], "001");
    EXPECT_FALSE(object["status"].contains("failure"));
    // Drifted is there in good times too; Reconciling and Stalled are not.
    for (const json& condition : object["status"]["conditions"]) {
      EXPECT_TRUE(condition["type"] == "Ready" || condition["type"] == "Drifted")
          << condition.dump(2);
    }
  }

  World& world_ = World::Get();
  std::string good_ = RevisionText("001", "", "CREATE TABLE a (x int);", "DROP TABLE a;");
  std::string ns_;
  std::string database_;
  json object_;
};

TEST_F(BadInputTest, UnreadableSqlIsSourceInvalidWithItsPosition) {
  MendSecret();
  object_["spec"]["migrations"]["inline"]["001.sql"] =
      RevisionText("001", "", "CREATE TABLE a (x text DEFAULT 'oops);", "DROP TABLE a;");
  world_.Apply(object_);
  EXPECT_THAT(MessageOf("SourceInvalid"), HasSubstr("001.sql:7:32: "));
  object_["spec"]["migrations"]["inline"]["001.sql"] = good_;
  world_.Apply(object_);
  ExpectRecovery();
}

TEST_F(BadInputTest, AMissingConfigMapIsSourceInvalidAndItsAppearanceIsNoticed) {
  MendSecret();
  object_["spec"]["migrations"] = {{"configMaps", {{{"name", "revisions"}}}}};
  world_.Apply(object_);
  EXPECT_THAT(MessageOf("SourceInvalid"), HasSubstr("\"revisions\""));
  world_.Apply({{"apiVersion", "v1"},
                {"kind", "ConfigMap"},
                {"metadata", {{"name", "revisions"}, {"namespace", ns_}}},
                {"data", {{"001.sql", good_}}}});
  ExpectRecovery();
}

TEST_F(BadInputTest, AnUnknownTargetIsTargetNotFound) {
  MendSecret();
  object_["spec"]["targetRevision"] = "099";
  world_.Apply(object_);
  EXPECT_THAT(MessageOf("TargetNotFound"), HasSubstr("099"));
  object_["spec"]["targetRevision"] = "001";
  world_.Apply(object_);
  ExpectRecovery();
}

TEST_F(BadInputTest, AMissingSecretIsSecretInvalidAndItsAppearanceIsNoticed) {
  world_.Apply(object_);
  EXPECT_THAT(MessageOf("SecretInvalid"), HasSubstr("\"db\""));
  MendSecret();
  ExpectRecovery();
}

TEST_F(BadInputTest, AMissingKeyIsSecretInvalid) {
  world_.Apply({{"apiVersion", "v1"},
                {"kind", "Secret"},
                {"metadata", {{"name", "db"}, {"namespace", ns_}}},
                {"stringData", {{"password", kCanary}}}});
  object_["spec"]["database"]["secretRef"]["key"] = "url";
  world_.Apply(object_);
  EXPECT_THAT(MessageOf("SecretInvalid"), HasSubstr("\"url\""));
  world_.Apply({{"apiVersion", "v1"},
                {"kind", "Secret"},
                {"metadata", {{"name", "db"}, {"namespace", ns_}}},
                {"stringData", {{"url", world_.OperatorUrl(database_)}}}});
  ExpectRecovery();
}

TEST_F(BadInputTest, AMalformedUrlIsSecretInvalidAndIsNotEchoed) {
  world_.ApplySecret(ns_, "db",
                     std::string("postgresql://app:") + kCanary + "@127.0.0.1:notaport/x");
  world_.Apply(object_);
  EXPECT_THAT(MessageOf("SecretInvalid"), Not(HasSubstr("notaport")));
  MendSecret();
  ExpectRecovery();
}

TEST_F(BadInputTest, AnUnreachableServerIsDatabaseUnreachable) {
  const std::string port = std::to_string(FreePort());
  world_.ApplySecret(
      ns_, "db",
      std::string("postgresql://app:") + kCanary + "@127.0.0.1:" + port + "/x?sslmode=disable");
  world_.Apply(object_);
  EXPECT_THAT(MessageOf("DatabaseUnreachable"), HasSubstr("127.0.0.1:" + port));
  MendSecret();
  ExpectRecovery();
}

TEST_F(BadInputTest, AWrongPasswordIsDatabaseUnreachable) {
  world_.ApplySecret(ns_, "db",
                     world_.postgres().Url(database_, "app", "wrong") + "?sslmode=disable");
  world_.Apply(object_);
  EXPECT_THAT(MessageOf("DatabaseUnreachable"), HasSubstr("password authentication failed"));
  MendSecret();
  ExpectRecovery();
}

TEST_F(BadInputTest, RefusedSqlIsMigrationFailedWithEverythingToFindIt) {
  MendSecret();
  object_["spec"]["migrations"]["inline"]["001.sql"] = RevisionText(
      "001", "", "CREATE TABLE a (x int);\n  INSERT INTO b VALUES (1);", "DROP TABLE a;");
  world_.Apply(object_);
  const std::string message = MessageOf("MigrationFailed");
  EXPECT_THAT(message, HasSubstr("001.sql:8:15"));
  EXPECT_THAT(message, HasSubstr("relation \"b\" does not exist"));
  const json failure = world_.GetObject(ns_, "app")["status"]["failure"];
  EXPECT_EQ(failure["revision"], "001");
  EXPECT_EQ(failure["file"], "001.sql");
  EXPECT_EQ(failure["line"], 8);
  EXPECT_EQ(failure["column"], 15);
  EXPECT_EQ(failure["statement"], 2);
  EXPECT_EQ(failure["sqlstate"], "42P01");
  EXPECT_EQ(failure["retryable"], false);
  EXPECT_EQ(world_.postgres().Query(database_, "SELECT to_regclass('a') IS NULL"), "t");
  object_["spec"]["migrations"]["inline"]["001.sql"] = good_;
  world_.Apply(object_);
  ExpectRecovery();
}

TEST_F(BadInputTest, ADuplicateKeyFailureShowsNoRowValues) {
  MendSecret();
  object_["spec"]["migrations"]["inline"]["001.sql"] = RevisionText(
      "001", "",
      "CREATE TABLE a (x text UNIQUE);\nINSERT INTO a VALUES ('row-value-x'), ('row-value-x');",
      "DROP TABLE a;");
  world_.Apply(object_);
  EXPECT_THAT(MessageOf("MigrationFailed"), HasSubstr("duplicate key"));
  EXPECT_THAT(world_.GetObject(ns_, "app")["status"].dump(), Not(HasSubstr("row-value-x")));
  std::string events;
  EXPECT_TRUE(WaitForOperator([&] {
    events = world_.MustKubectl({"get", "events", "-n", ns_, "-o", "yaml"});
    return events.find("MigrationFailed") != std::string::npos;
  })) << events;
  EXPECT_THAT(events, Not(HasSubstr("row-value-x")));
}

TEST_F(BadInputTest, ADowngradeNobodyAllowedWaitsForApproval) {
  MendSecret();
  world_.Apply(object_);
  ExpectRecovery();
  object_["spec"]["targetRevision"] = "base";
  object_["spec"]["policy"]["downgrade"] = "RequireApproval";
  world_.Apply(object_);
  EXPECT_THAT(MessageOf("AwaitingApproval"), HasSubstr("spec.policy.downgrade"));
  EXPECT_EQ(world_.postgres().Query(database_, "SELECT version_num FROM alembic_version"), "001");
  object_["spec"]["policy"]["downgrade"] = "Deny";
  world_.Apply(object_);
  EXPECT_THAT(MessageOf("DowngradeDenied"), HasSubstr("spec.policy.downgrade"));
  object_["spec"]["policy"]["downgrade"] = "Allow";
  world_.Apply(object_);
  world_.WaitForReason(ns_, "app", "UpToDate");
  EXPECT_EQ(world_.postgres().Query(database_, "SELECT count(*) FROM alembic_version"), "0");
}

TEST_F(BadInputTest, ARevisionTheSourceDoesNotKnowIsUnknownRevision) {
  MendSecret();
  world_.postgres().Query(
      database_,
      "CREATE TABLE alembic_version (version_num varchar(32) NOT NULL, CONSTRAINT "
      "alembic_version_pkc PRIMARY KEY (version_num)); ALTER TABLE alembic_version OWNER "
      "TO app; INSERT INTO alembic_version VALUES ('f00')");
  world_.Apply(object_);
  EXPECT_THAT(MessageOf("UnknownRevision"), HasSubstr("f00"));
}

TEST_F(BadInputTest, ASpecTheSchemaRefusesIsRefusedByTheServer) {
  struct Case {
    json patch;
    const char* expected;
  };
  for (const Case& c :
       {Case{{{"spec", {{"policy", {{"downgrade", "Maybe"}}}}}}, "spec.policy.downgrade"},
        Case{{{"spec", {{"database", {{"secretRef", nullptr}}}}}}, "spec.database.secretRef"},
        Case{{{"spec", {{"targetRevision", "-1"}}}}, "spec.targetRevision"},
        Case{{{"spec", {{"interval", "soon"}}}}, "spec.interval"}}) {
    json object = object_;
    object.merge_patch(c.patch);
    const RunResult result =
        world_.Kubectl({"create", "--validate=false", "-f", "-"}, object.dump());
    EXPECT_NE(result.exit_code, 0) << c.patch.dump();
    EXPECT_THAT(result.err, HasSubstr(c.expected));
  }
}

// A broken object is looked at gently: counted by the requests that the operator itself reports.
TEST_F(BadInputTest, NothingBrokenIsTriedInAHotLoop) {
  world_.Apply(object_);  // no Secret
  world_.WaitForReason(ns_, "app", "SecretInvalid");
  const auto visits = [&] {
    const std::string log = world_.OperatorLog();
    std::size_t count = 0;
    for (std::size_t at = log.find(ns_ + "/app"); at != std::string::npos;
         at = log.find(ns_ + "/app", at + 1)) {
      ++count;
    }
    return count;
  };
  const std::size_t before = visits();
  std::this_thread::sleep_for(std::chrono::seconds(5));
  EXPECT_LE(visits() - before, 10U);
}

}  // namespace
}  // namespace schemaop::testing
