// The main job: apply, upgrade, downgrade, and status that tells the truth.
#include <signal.h>
#include <string>

#include <gtest/gtest.h>

#include "test_paths.h"
#include "world.h"

namespace schemaop::testing {
namespace {

using nlohmann::json;

json SampleObject(World& world, const std::string& namespace_name) {
  const std::string folder = std::string(SCHEMAOP_SOURCE_DIR) + "/migrations";
  world.MustKubectl({"apply", "-n", namespace_name, "-f", "-"},
                    world.MustKubectl({"kustomize", folder}));
  json object = SchemaVersionObject(namespace_name, "projects", "head", {});
  object["spec"]["migrations"] = {{"configMaps", {{{"name", "projects-migrations"}}}}};
  return object;
}

// The row that `kubectl get schemaversions` prints, its cells separated by one space, without the
// age.
std::string Row(World& world, const std::string& namespace_name) {
  std::string row =
      world.MustKubectl({"get", "schemaversions", "-n", namespace_name, "--no-headers"});
  std::string cells;
  std::size_t at = 0;
  while (at < row.size()) {
    const std::size_t start = row.find_first_not_of(" \n", at);
    if (start == std::string::npos) break;
    at = std::min(row.find_first_of(" \n", start), row.size());
    cells += (cells.empty() ? "" : " ") + row.substr(start, at - start);
  }
  return cells.substr(0, cells.rfind(' '));
}

void Target(World& world, const std::string& namespace_name, const std::string& target) {
  world.MustKubectl({"patch", "schemaversion", "projects", "-n", namespace_name, "--type", "merge",
                     "-p", json{{"spec", {{"targetRevision", target}}}}.dump()});
}

TEST(MainJobTest, MovesTheSampleProjectToHeadDownAndBack) {
  World& world = World::Get();
  const std::string ns = world.CreateNamespace();
  const std::string database = world.CreateDatabase();
  const std::string label = database + "@127.0.0.1:" + std::to_string(world.postgres().port());
  world.ApplySecret(ns, "db", world.OperatorUrl(database));
  world.Apply(SampleObject(world, ns));

  world.WaitForReason(ns, "projects", "UpToDate");
  EXPECT_EQ(Row(world, ns), "projects " + label + " 004 head 0 True UpToDate");
  EXPECT_EQ(world.postgres().Query(database, "SELECT version_num FROM alembic_version"), "004");
  EXPECT_EQ(
      world.postgres().Query(database,
                             "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE "
                             "relkind = 'r' AND relnamespace = 'public'::regnamespace"),
      "alembic_version calibration_constants code_references material_catalog pricing_configs "
      "project_events project_payloads projects");
  EXPECT_NE(world.postgres().Query(database, "SELECT count(*) FROM calibration_constants"), "0");

  Target(world, ns, "002");
  world.WaitForReason(ns, "projects", "UpToDate");
  EXPECT_EQ(Row(world, ns), "projects " + label + " 002 002 0 True UpToDate");
  EXPECT_EQ(world.postgres().Query(database, "SELECT version_num FROM alembic_version"), "002");

  Target(world, ns, "head");
  const json object = world.WaitForReason(ns, "projects", "UpToDate");
  EXPECT_EQ(Row(world, ns), "projects " + label + " 004 head 0 True UpToDate");
  EXPECT_EQ(world.postgres().Query(
                database,
                "SELECT string_agg(revision || ' ' || direction, ' ' ORDER BY sequence) FROM "
                "schemaversion.ledger"),
            "001 upgrade 002 upgrade 003 upgrade 004 upgrade 004 downgrade 003 downgrade "
            "003 upgrade 004 upgrade");
  EXPECT_EQ(object["status"]["lastApplied"]["revision"], "004");
  EXPECT_EQ(object["status"]["source"]["revisions"], 4);
}

TEST(MainJobTest, LosesNothingWhenKilledInTheMiddle) {
  World& world = World::Get();
  const std::string ns = world.CreateNamespace();
  const std::string database = world.CreateDatabase();
  world.postgres().Query(
      database,
      "CREATE TABLE applied_log (revision text); GRANT ALL ON applied_log TO app;"
      "CREATE TABLE gate (open boolean); GRANT ALL ON gate TO app");
  world.ApplySecret(ns, "db", world.OperatorUrl(database));
  const auto log = [](const std::string& id) {
    return "INSERT INTO applied_log VALUES ('" + id + "');";
  };
  const auto unlog = [](const std::string& id) {
    return "DELETE FROM applied_log WHERE revision = '" + id + "';";
  };
  // Revision 003 writes and then waits until the gate is open, so that the kill comes in its
  // middle.
  const std::string wait =
      "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM gate) LOOP PERFORM pg_sleep(0.05); END LOOP; END "
      "$$;";
  world.Apply(SchemaVersionObject(
      ns, "app", "head",
      {{"001.sql", RevisionText("001", "", log("001"), unlog("001"))},
       {"002.sql", RevisionText("002", "001", log("002"), unlog("002"))},
       {"003.sql", RevisionText("003", "002", log("003") + "\n" + wait, unlog("003"))},
       {"004.sql", RevisionText("004", "003", log("004"), unlog("004"))}}));
  std::string killed = "0";  // the backend of the operator that was killed last
  for (int kill = 0; kill < 2; ++kill) {
    std::string backend;
    ASSERT_TRUE(WaitForOperator([&] {
      backend = world.postgres().Query(
          database,
          "SELECT string_agg(pid::text, ' ') FROM pg_stat_activity WHERE state = 'active' AND "
          "query LIKE 'DO $$ BEGIN WHILE NOT EXISTS%' AND usename = 'app' AND datname = "
          "current_database() AND pid <> " +
              killed);
      return !backend.empty();
    })) << world.OperatorLog();
    killed = backend;
    EXPECT_EQ(world.EndOperator(SIGKILL), 128 + SIGKILL);
    EXPECT_EQ(world.postgres().Query(database, "SELECT version_num FROM alembic_version"), "002");
    world.DeleteLease();
    world.StartOperator();
  }
  world.postgres().Query(database, "INSERT INTO gate VALUES (true)");
  world.WaitForReason(ns, "app", "UpToDate");
  EXPECT_EQ(world.postgres().Query(database, "SELECT version_num FROM alembic_version"), "004");
  EXPECT_EQ(world.postgres().Query(
                database, "SELECT revision, count(*) FROM applied_log GROUP BY 1 ORDER BY 1"),
            "001|1\n002|1\n003|1\n004|1");
  EXPECT_EQ(
      world.postgres().Query(
          database, "SELECT revision, count(*) FROM schemaversion.ledger GROUP BY 1 ORDER BY 1"),
      "001|1\n002|1\n003|1\n004|1");
}

TEST(MainJobTest, StopsCleanlyInTheMiddleOfAStatement) {
  World& world = World::Get();
  const std::string ns = world.CreateNamespace();
  const std::string database = world.CreateDatabase();
  world.ApplySecret(ns, "db", world.OperatorUrl(database));
  world.Apply(SchemaVersionObject(
      ns, "app", "head",
      {{"001.sql",
        RevisionText("001", "", "CREATE TABLE a (); SELECT pg_sleep(600);", "DROP TABLE a;")}}));
  ASSERT_TRUE(WaitForOperator([&] {
    return world.postgres().Query(
               database,
               "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query = "
               "'SELECT pg_sleep(600)' AND datname = current_database()") == "1";
  }));
  EXPECT_EQ(world.EndOperator(SIGTERM), 0);
  EXPECT_TRUE(WaitForOperator([&] {
    return world.postgres().Query(
               database,
               "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app' AND datname = "
               "current_database()") == "0";
  })) << "the statement was not cancelled";
  EXPECT_EQ(world.postgres().Query(database, "SELECT to_regclass('a') IS NULL"), "t");
  world.MustKubectl({"delete", "schemaversion", "app", "-n", ns});
  world.StartOperator();
}

TEST(MainJobTest, LeavesTheDatabaseAloneWhenTheObjectIsDeleted) {
  World& world = World::Get();
  const std::string ns = world.CreateNamespace();
  const std::string database = world.CreateDatabase();
  world.ApplySecret(ns, "db", world.OperatorUrl(database));
  world.Apply(SchemaVersionObject(
      ns, "app", "head",
      {{"001.sql", RevisionText("001", "", "CREATE TABLE a ();", "DROP TABLE a;")}}));
  world.WaitForReason(ns, "app", "UpToDate");
  world.MustKubectl({"delete", "schemaversion", "app", "-n", ns});
  EXPECT_EQ(world.postgres().Query(database, "SELECT version_num FROM alembic_version"), "001");
}

TEST(MainJobTest, DoesNothingWhileSuspended) {
  World& world = World::Get();
  const std::string ns = world.CreateNamespace();
  const std::string database = world.CreateDatabase();
  world.ApplySecret(ns, "db", world.OperatorUrl(database));
  json object = SchemaVersionObject(
      ns, "app", "head",
      {{"001.sql", RevisionText("001", "", "CREATE TABLE a ();", "DROP TABLE a;")}});
  object["spec"]["suspend"] = true;
  world.Apply(object);
  world.WaitForReason(ns, "app", "Suspended");
  EXPECT_EQ(world.postgres().Query(database, "SELECT to_regclass('alembic_version') IS NULL"), "t");
  object["spec"]["suspend"] = false;
  world.Apply(object);
  world.WaitForReason(ns, "app", "UpToDate");
}

}  // namespace
}  // namespace schemaop::testing
