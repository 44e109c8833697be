// Logins with more rights than a migration needs, as `kubectl` shows what becomes of them.
#include <csignal>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "world.h"

namespace schemaop::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class PrivilegeE2eTest : public ::testing::Test {
 protected:
  PrivilegeE2eTest() : ns_(world_.CreateNamespace()), database_(world_.CreateDatabase()) {
    world_.ApplySecret(ns_, "db", world_.postgres().Url(database_) + "?sslmode=disable");
    world_.Apply(SchemaVersionObject(
        ns_, "app", "head",
        {{"001.sql", RevisionText("001", "", "CREATE TABLE a (x int);", "DROP TABLE a;")}}));
  }

  std::string Super(const std::string& sql) { return world_.postgres().Query(database_, sql); }

  World& world_ = World::Get();
  const std::string ns_;
  const std::string database_;
};

TEST_F(PrivilegeE2eTest, ASuperuserIsRefusedUntilTheSecretNamesAnOwner) {
  const json refused = world_.WaitForReason(ns_, "app", "PrivilegeRefused");
  const std::string message = ReadyOf(refused)["message"];
  EXPECT_THAT(message, HasSubstr("the role postgres, which logs in, has rights that no"));
  EXPECT_THAT(message, HasSubstr("SUPERUSER"));
  EXPECT_THAT(message, HasSubstr("only the operator's own flag --allow-superuser lets it pass"));
  EXPECT_EQ(ReadyOf(refused)["status"], "False");
  EXPECT_EQ(Super("SELECT to_regclass('a') IS NULL AND to_regclass('alembic_version') IS NULL"),
            "t");
  world_.ApplySecret(ns_, "db", world_.OperatorUrl(database_));
  EXPECT_EQ(world_.WaitForReason(ns_, "app", "UpToDate")["status"]["currentRevision"], "001");
}

TEST_F(PrivilegeE2eTest, ASuperuserPassesWhereTheOperatorWasToldToLetItPass) {
  world_.WaitForReason(ns_, "app", "PrivilegeRefused");
  world_.EndOperator(SIGTERM);
  world_.StartOperator({}, {"--allow-superuser"});
  EXPECT_EQ(world_.WaitForReason(ns_, "app", "UpToDate")["status"]["currentRevision"], "001");
  EXPECT_EQ(Super("SELECT tableowner FROM pg_tables WHERE tablename = 'a'"), "postgres");
  world_.EndOperator(SIGTERM);
  world_.StartOperator();
}

}  // namespace
}  // namespace schemaop::testing
