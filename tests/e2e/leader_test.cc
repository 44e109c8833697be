#include <csignal>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "world.h"

namespace schemaop::testing {
namespace {

using nlohmann::json;

json LeaseOf(World& world) {
  const RunResult got =
      world.Kubectl({"get", "lease", "schema-operator", "-n", kOperatorNamespace, "-o", "json"});
  return got.exit_code == 0 ? json::parse(got.out) : json();
}

std::string Holder(World& world) {
  const json lease = LeaseOf(world);
  return lease.is_object() ? lease.at("spec").value("holderIdentity", "") : "";
}

bool IsHeldBy(World& world, const std::string& pod_name) {
  return WaitForOperator([&] { return Holder(world).starts_with(pod_name + "_"); });
}

bool Leads(World& world, int health_port) {
  return world.Metrics(health_port)
             .find("leader_election_master_status{name=\"schema-operator\"} 1") !=
         std::string::npos;
}

// So that a replica takes over soon.
const std::vector<std::string> kShortLease = {"--leader-elect-lease-duration", "15s",
                                              "--leader-elect-renew-deadline", "10s"};

// The world's operator leads; a second replica waits.
class LeaderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.EndOperator(SIGTERM);
    world_.StartOperator({}, kShortLease);
    ASSERT_TRUE(IsHeldBy(world_, "schema-operator-test"));
    other_port_ = FreePort();
    other_ = world_.StartReplica("other-replica", other_port_, {}, kShortLease);
    ASSERT_TRUE(WaitForOperator([&] {
      return other_->Err().find("\"another leads\"") != std::string::npos;
    })) << other_->Err();
    ASSERT_FALSE(Leads(world_, other_port_));
  }

  // The world has one operator again, whichever.
  void TearDown() override {
    if (other_) world_.Adopt(std::move(other_), other_port_);
    world_.EndOperator(SIGTERM);
    world_.StartOperator();
  }

  World& world_ = World::Get();
  std::unique_ptr<ChildProcess> other_;
  int other_port_ = 0;
};

TEST_F(LeaderTest, AnotherReplicaFinishesWhatAKilledOneBegan) {
  const std::string ns = world_.CreateNamespace();
  const std::string database = world_.CreateDatabase();
  world_.postgres().Query(database, "CREATE TABLE gate (open boolean); GRANT ALL ON gate TO app");
  world_.ApplySecret(ns, "db", world_.OperatorUrl(database));
  const int transitions = LeaseOf(world_)["spec"]["leaseTransitions"];
  // Revision 002 is in its middle until the gate is open.
  world_.Apply(SchemaVersionObject(
      ns, "app", "head",
      {{"001.sql", RevisionText("001", "", "CREATE TABLE a ();", "DROP TABLE a;")},
       {"002.sql", RevisionText("002", "001",
                                "CREATE TABLE b ();\nDO $$ BEGIN WHILE NOT EXISTS (SELECT FROM "
                                "gate) LOOP PERFORM pg_sleep(0.05); END LOOP; END $$;",
                                "DROP TABLE b;")}}));
  ASSERT_TRUE(WaitForOperator([&] {
    return world_.postgres().Query(database,
                                   "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' "
                                   "AND usename = 'app' AND query LIKE 'DO $$ BEGIN WHILE%' AND "
                                   "datname = current_database()") == "1";
  })) << world_.OperatorLog();
  EXPECT_EQ(world_.EndOperator(SIGKILL), 128 + SIGKILL);
  ASSERT_TRUE(IsHeldBy(world_, "other-replica")) << other_->Err();
  world_.postgres().Query(database, "INSERT INTO gate VALUES (true)");
  world_.WaitForReason(ns, "app", "UpToDate");
  EXPECT_TRUE(Leads(world_, other_port_));
  EXPECT_EQ(
      world_.postgres().Query(
          database, "SELECT revision, count(*) FROM schemaversion.ledger GROUP BY 1 ORDER BY 1"),
      "001|1\n002|1");
  EXPECT_EQ(LeaseOf(world_)["spec"]["leaseTransitions"].get<int>(), transitions + 1);
}

TEST_F(LeaderTest, ACleanEndGivesTheLeaseBack) {
  EXPECT_EQ(world_.EndOperator(SIGTERM), 0);
  EXPECT_NE(world_.OperatorLog().find("\"gave the lease back\""), std::string::npos);
  EXPECT_TRUE(IsHeldBy(world_, "other-replica")) << other_->Err();
}

TEST_F(LeaderTest, AReplicaThatWasStoppedPastItsLeaseEnds) {
  world_.operator_process().Signal(SIGSTOP);
  ASSERT_TRUE(IsHeldBy(world_, "other-replica")) << other_->Err();
  EXPECT_EQ(world_.EndOperator(SIGCONT), 1);
  EXPECT_NE(world_.OperatorLog().find("\"leadership lost\""), std::string::npos);
  EXPECT_TRUE(IsHeldBy(world_, "other-replica"));
}

TEST_F(LeaderTest, ADeletedLeaseIsMadeAgain) {
  const std::string uid = LeaseOf(world_)["metadata"]["uid"];
  world_.MustKubectl({"delete", "lease", "schema-operator", "-n", kOperatorNamespace});
  EXPECT_TRUE(WaitForOperator([&] {
    const json lease = LeaseOf(world_);
    return lease.is_object() && lease["metadata"]["uid"] != uid &&
           !lease["spec"].value("holderIdentity", "").empty();
  }));
}

TEST_F(LeaderTest, ALeaderWhoseLeaseSaysAnotherNameEnds) {
  world_.MustKubectl({"patch", "lease", "schema-operator", "-n", kOperatorNamespace, "--type=merge",
                      "-p", R"({"spec":{"holderIdentity":"somebody-else"}})"});
  ASSERT_TRUE(WaitForOperator([&] { return !world_.operator_process().Running(); }));
  EXPECT_EQ(world_.EndOperator(SIGTERM), 1);
  EXPECT_NE(world_.OperatorLog().find("the lease is held by somebody-else"), std::string::npos);
  EXPECT_TRUE(IsHeldBy(world_, "other-replica")) << other_->Err();
}

}  // namespace
}  // namespace schemaop::testing
