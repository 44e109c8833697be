// spec.policy.requireRehearsal: steps run only after they went well in a scratch database.
#include <string>

#include <gtest/gtest.h>

#include "world.h"

namespace schemaop::testing {
namespace {

using nlohmann::json;

json Rehearsed(const std::string& ns, const std::string& down) {
  json object =
      SchemaVersionObject(ns, "app", "head",
                          {{"001.sql", RevisionText("001", "",
                                                    "CREATE TABLE IF NOT EXISTS a (id int);\n"
                                                    "CREATE TABLE IF NOT EXISTS b (id int);",
                                                    down)}});
  object["spec"]["policy"]["requireRehearsal"] = true;
  return object;
}

TEST(RehearsalE2eTest, AWrongDownSectionHoldsTheUpgrade) {
  World& world = World::Get();
  const std::string ns = world.CreateNamespace();
  const std::string database = world.CreateDatabase();
  const std::string role = world.postgres().Query(
      database,
      "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()");
  world.ApplySecret(ns, "db", world.OperatorUrl(database));
  world.postgres().Query(database, "ALTER ROLE " + role + " NOCREATEDB");
  world.Apply(Rehearsed(ns, "DROP TABLE a;"));
  const json denied = world.WaitForReason(ns, "app", "RehearsalDenied");
  EXPECT_NE(ReadyOf(denied)["message"].get<std::string>().find("CREATEDB"), std::string::npos)
      << denied;
  EXPECT_EQ(denied["status"]["rehearsal"]["outcome"], "Denied");

  world.postgres().Query(database, "ALTER ROLE " + role + " CREATEDB");
  world.MustKubectl({"annotate", "sv", "app", "-n", ns, "schemaversion.io/requestedAt=now"});
  const json failed = world.WaitForReason(ns, "app", "RehearsalFailed");
  EXPECT_NE(ReadyOf(failed)["message"].get<std::string>().find(
                "revision 001: its down section does not take back what its up section did: table "
                "public.b added"),
            std::string::npos)
      << failed;
  EXPECT_EQ(world.postgres().Query(database, "SELECT to_regclass('a') IS NULL"), "t")
      << "nothing has run";

  world.Apply(Rehearsed(ns, "DROP TABLE b;\nDROP TABLE a;"));
  const json done = world.WaitForReason(ns, "app", "UpToDate");
  EXPECT_EQ(done["status"]["rehearsal"]["outcome"], "Passed");
  EXPECT_EQ(done["status"]["currentRevision"], "001");
  EXPECT_EQ(
      world.postgres().Query(
          database, "SELECT count(*) FROM pg_database WHERE datname LIKE 'schemaop_scratch_%'"),
      "0");
  world.postgres().Query(database, "ALTER ROLE " + role + " NOCREATEDB");
}

}  // namespace
}  // namespace schemaop::testing
