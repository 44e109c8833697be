// What the operator makes of the ledger: sources that lost a revision, or changed an applied one.
#include <string>

#include <gtest/gtest.h>

#include "world.h"

namespace schemaop::testing {
namespace {

using nlohmann::json;

std::string Table(const std::string& id, const std::string& parent) {
  return RevisionText(id, parent, "CREATE TABLE t" + id + " (id int);", "DROP TABLE t" + id + ";");
}

void ApplyFiles(World& world, const std::string& ns, const json& files) {
  world.Apply({{"apiVersion", "v1"},
               {"kind", "ConfigMap"},
               {"metadata", {{"namespace", ns}, {"name", "files"}}},
               {"data", files}});
}

json Object(const std::string& ns) {
  json object = SchemaVersionObject(ns, "app", "head", {});
  object["spec"]["migrations"] = {{"configMaps", {{{"name", "files"}}}}};
  return object;
}

TEST(LedgerE2eTest, RevertedCommitTakesItsRevisionBackWithTheStoredSql) {
  World& world = World::Get();
  const std::string ns = world.CreateNamespace();
  const std::string database = world.CreateDatabase();
  world.ApplySecret(ns, "db", world.OperatorUrl(database));
  json files = {{"003.sql", Table("003", "")}, {"004.sql", Table("004", "003")}};
  ApplyFiles(world, ns, files);
  json object = Object(ns);
  object["spec"]["policy"] = {{"downgrade", "RequireApproval"}};
  world.Apply(object);
  world.WaitForReason(ns, "app", "UpToDate");

  files.erase("004.sql");
  world.MustKubectl({"patch", "configmap", "files", "-n", ns, "--type", "merge", "-p",
                     json{{"data", {{"004.sql", nullptr}}}}.dump()});
  const json waiting = world.WaitForReason(ns, "app", "AwaitingApproval");
  EXPECT_NE(ReadyOf(waiting)["message"].get<std::string>().find(
                "no file declares 004 any more: the SQL that the ledger keeps is run"),
            std::string::npos)
      << waiting;
  EXPECT_EQ(waiting["status"]["pending"], -1);

  object["spec"]["policy"] = {{"downgrade", "Allow"}};
  world.Apply(object);
  const json done = world.WaitForReason(ns, "app", "UpToDate");
  EXPECT_EQ(done["status"]["currentRevision"], "003");
  EXPECT_EQ(world.postgres().Query(database, "SELECT version_num FROM alembic_version"), "003");
  EXPECT_EQ(world.postgres().Query(database, "SELECT to_regclass('t004') IS NULL"), "t");
}

TEST(LedgerE2eTest, ChangedRevisionStallsTheObjectUntilItIsPutBack) {
  World& world = World::Get();
  const std::string ns = world.CreateNamespace();
  const std::string database = world.CreateDatabase();
  world.ApplySecret(ns, "db", world.OperatorUrl(database));
  const json files = {{"001.sql", Table("001", "")}};
  ApplyFiles(world, ns, files);
  world.Apply(Object(ns));
  world.WaitForReason(ns, "app", "UpToDate");

  ApplyFiles(world, ns, {{"001.sql", Table("001", "") + "-- a remark\n"}});
  const json stalled = world.WaitForReason(ns, "app", "ChecksumMismatch");
  EXPECT_NE(ReadyOf(stalled)["message"].get<std::string>().find(
                "revision 001 was changed after it had been applied: 001.sql has the checksum "),
            std::string::npos)
      << stalled;
  ApplyFiles(world, ns, files);
  world.WaitForReason(ns, "app", "UpToDate");
}

}  // namespace
}  // namespace schemaop::testing
