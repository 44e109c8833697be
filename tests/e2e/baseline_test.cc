// A database that had a schema before it had revisions: nothing happens to it until somebody says
// which revision it is at, and then it goes on from there.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "world.h"

namespace schemaop::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

TEST(BaselineTest, ADatabaseWithTablesIsTakenOverWhereItsOwnerSaysItIs) {
  World& world = World::Get();
  const std::string ns = world.CreateNamespace();
  const std::string database = world.CreateDatabase();
  const std::string url = world.OperatorUrl(database);
  const auto query = [&](const std::string& sql) { return world.postgres().Query(database, sql); };
  query("CREATE TABLE a (x int); INSERT INTO a VALUES (7); ALTER TABLE a OWNER TO app");
  world.ApplySecret(ns, "db", url);
  json object = SchemaVersionObject(
      ns, "app", "head",
      {{"001.sql", RevisionText("001", "", "CREATE TABLE a (x int);", "DROP TABLE a;")},
       {"002.sql",
        RevisionText("002", "001", "ALTER TABLE a ADD y int;", "ALTER TABLE a DROP COLUMN y;")}});
  world.Apply(object);
  const json refused = world.WaitForReason(ns, "app", "BaselineRequired");
  EXPECT_THAT(ReadyOf(refused)["message"].get<std::string>(),
              HasSubstr("set spec.baseline to the revision whose schema is there"));
  EXPECT_EQ(query("SELECT to_regclass('alembic_version') IS NULL"), "t");

  object["spec"]["baseline"] = "001";
  world.Apply(object);
  const json done = world.WaitForReason(ns, "app", "UpToDate");
  EXPECT_EQ(done["status"]["currentRevision"], "002");
  EXPECT_EQ(query("SELECT version_num FROM alembic_version"), "002");
  EXPECT_EQ(query("SELECT x FROM a WHERE y IS NULL"), "7");
  EXPECT_EQ(query("SELECT string_agg(kind || ' ' || revision, ', ' ORDER BY sequence) "
                  "FROM schemaversion.ledger"),
            "stamped 001, applied 002");
  std::string events;
  EXPECT_TRUE(WaitForOperator([&] {
    events = world.MustKubectl({"describe", "schemaversion", "app", "-n", ns});
    return events.find("Baselined") != std::string::npos;
  })) << events;

  // It is said once: a database that is walked back to its beginning stays there.
  object["spec"]["targetRevision"] = "base";
  world.Apply(object);
  world.WaitForReason(ns, "app", "UpToDate");
  EXPECT_EQ(query("SELECT to_regclass('a') IS NULL"), "t");
}

}  // namespace
}  // namespace schemaop::testing
