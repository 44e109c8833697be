// What the operator says and does when a schema is changed beside its migrations.
#include <string>

#include <gtest/gtest.h>

#include "world.h"

namespace schemaop::testing {
namespace {

using nlohmann::json;

json DriftObject(const std::string& ns, const std::string& drift, int revisions) {
  json files = {
      {"001.sql", RevisionText("001", "", "CREATE TABLE t (a int); CREATE INDEX ix ON t (a);",
                               "DROP TABLE t;")}};
  if (revisions > 1) {
    files["002.sql"] = RevisionText("002", "001", "CREATE TABLE u (a int);", "DROP TABLE u;");
  }
  json object = SchemaVersionObject(ns, "app", "head", {});
  object["spec"]["migrations"] = {{"inline", files}};
  object["spec"]["policy"] = {{"drift", drift}};
  return object;
}

json DriftConditionOf(const json& object, const std::string& type) {
  for (const json& condition : object["status"].value("conditions", json::array())) {
    if (condition["type"] == type) return condition;
  }
  return nullptr;
}

json WaitForDrifted(World& world, const std::string& ns, const std::string& status) {
  return DriftConditionOf(
      world.WaitFor(ns, "app", "Drifted=" + status,
                    [&](const json& object) {
                      const json drifted = DriftConditionOf(object, "Drifted");
                      return !drifted.is_null() && drifted["status"] == status &&
                             drifted["observedGeneration"] == object["metadata"]["generation"];
                    }),
      "Drifted");
}

void LookAgainForDrift(World& world, const std::string& ns, const std::string& when) {
  world.MustKubectl({"annotate", "schemaversion", "app", "-n", ns, "--overwrite",
                     "schemaversion.io/requestedAt=" + when});
}

TEST(DriftE2eTest, AnIndexRemovedByHandIsToldAndHoldsMigrationsWhereItShall) {
  World& world = World::Get();
  const std::string ns = world.CreateNamespace();
  const std::string database = world.CreateDatabase();
  world.ApplySecret(ns, "db", world.OperatorUrl(database));
  world.Apply(DriftObject(ns, "Report", 1));
  world.WaitForReason(ns, "app", "UpToDate");
  EXPECT_EQ(WaitForDrifted(world, ns, "False")["reason"], "SchemaMatches");

  world.postgres().Query(database, "DROP INDEX ix");
  LookAgainForDrift(world, ns, "1");
  const json drifted = WaitForDrifted(world, ns, "True");
  EXPECT_EQ(drifted["reason"], "SchemaDiffers");
  const std::string message = drifted["message"];
  EXPECT_NE(message.find("index public.ix removed"), std::string::npos) << message;
  EXPECT_NE(message.find("CREATE INDEX ix ON public.t USING btree (a);"), std::string::npos)
      << message;
  EXPECT_EQ(ReadyOf(world.GetObject(ns, "app"))["status"], "True");
  std::string events;
  EXPECT_TRUE(WaitForOperator([&] {
    events = world.MustKubectl({"get", "events", "-n", ns, "-o", "jsonpath={.items[*].reason}"});
    return events.find("Drifted") != std::string::npos;
  })) << events;

  world.Apply(DriftObject(ns, "Block", 2));
  world.WaitForReason(ns, "app", "DriftBlocked");
  EXPECT_EQ(world.postgres().Query(database, "SELECT version_num FROM alembic_version"), "001");
  world.postgres().Query(database, "CREATE INDEX ix ON t (a)");
  LookAgainForDrift(world, ns, "2");
  world.WaitForReason(ns, "app", "UpToDate");
  EXPECT_EQ(world.postgres().Query(database, "SELECT version_num FROM alembic_version"), "002");
  EXPECT_EQ(WaitForDrifted(world, ns, "False")["reason"], "SchemaMatches");
}

}  // namespace
}  // namespace schemaop::testing
