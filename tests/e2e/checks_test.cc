// spec.checks: the source's checks.yaml after a migration, and the condition Verified.
#include <string>

#include <gtest/gtest.h>

#include "world.h"

namespace schemaop::testing {
namespace {

using nlohmann::json;

std::string Inserts(int number) {
  return "sample: [\"INSERT INTO visits DEFAULT VALUES\"]\n"
         "checks:\n"
         "  - {name: Prices loaded, query: SELECT count(*) FROM prices, atLeast: " +
         std::to_string(number) + "}\n";
}

void ApplyChecks(World& world, const std::string& ns, const std::string& checks) {
  world.Apply({{"apiVersion", "v1"},
               {"kind", "ConfigMap"},
               {"metadata", {{"namespace", ns}, {"name", "files"}}},
               {"data",
                {{"001.sql", RevisionText("001", "",
                                          "CREATE TABLE prices AS SELECT 1 AS price;\n"
                                          "CREATE TABLE visits (id serial);",
                                          "DROP TABLE visits;\nDROP TABLE prices;")},
                 {"checks.yaml", checks}}}});
}

json VerifiedOf(const json& object) {
  for (const json& condition : object.value("status", json::object()).value("conditions", json())) {
    if (condition["type"] == "Verified") return condition;
  }
  return nullptr;
}

json WaitForVerified(World& world, const std::string& ns, const std::string& reason) {
  return world.WaitFor(ns, "app", "Verified " + reason, [&](const json& object) {
    const json verified = VerifiedOf(object);
    return verified.is_object() && verified["reason"] == reason;
  });
}

TEST(ChecksE2eTest, ChecksRunAfterAMigrationAndWhenTheirFileChanges) {
  World& world = World::Get();
  const std::string ns = world.CreateNamespace();
  const std::string database = world.CreateDatabase();
  const auto runs = [&] {
    return world.postgres().Query(database, "SELECT last_value FROM visits_id_seq");
  };
  world.ApplySecret(ns, "db", world.OperatorUrl(database));
  ApplyChecks(world, ns, Inserts(1));
  json object = SchemaVersionObject(ns, "app", "head", {});
  object["spec"]["migrations"] = {{"configMaps", {{{"name", "files"}}}}};
  object["spec"]["checks"] = true;
  object["spec"]["interval"] = "1s";
  world.Apply(object);
  const json passed = WaitForVerified(world, ns, "ChecksPassed");
  EXPECT_EQ(VerifiedOf(passed)["status"], "True");
  EXPECT_EQ(ReadyOf(passed)["reason"], "UpToDate");
  EXPECT_EQ(passed["status"]["checks"]["total"], 1);
  EXPECT_EQ(world.postgres().Query(database, "SELECT count(*) FROM visits"), "0");
  EXPECT_EQ(runs(), "1");

  ApplyChecks(world, ns, Inserts(2));
  const json failed = WaitForVerified(world, ns, "CheckFailed");
  EXPECT_EQ(VerifiedOf(failed)["status"], "False");
  EXPECT_EQ(VerifiedOf(failed)["message"],
            "1 of 1 check does not hold: Prices loaded: expected at least 2, seen 1; correct it, "
            "then change the annotation schemaversion.io/requestedAt");
  EXPECT_EQ(ReadyOf(failed)["status"], "True");
  EXPECT_EQ(runs(), "2") << "each interval looks at the database, and runs no checks";

  world.postgres().Query(database, "INSERT INTO prices VALUES (2)");
  world.MustKubectl({"annotate", "sv", "app", "-n", ns, "schemaversion.io/requestedAt=now"});
  WaitForVerified(world, ns, "ChecksPassed");
  EXPECT_EQ(runs(), "3");

  ApplyChecks(world, ns, "checks: []\n");
  const json invalid = WaitForVerified(world, ns, "ChecksInvalid");
  EXPECT_EQ(VerifiedOf(invalid)["message"],
            "checks.yaml:1:9: checks takes a list of at least one check");
  EXPECT_EQ(ReadyOf(invalid)["status"], "True");
}

}  // namespace
}  // namespace schemaop::testing
