// What people type, on the operator's own resource.
#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "world.h"

namespace schemaop::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class KubectlTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ns_ = world_.CreateNamespace();
    database_ = world_.CreateDatabase();
    world_.ApplySecret(ns_, "db", world_.OperatorUrl(database_));
    object_ = SchemaVersionObject(
        ns_, "app", "head",
        {{"001.sql", RevisionText("001", "", "CREATE TABLE a (x int);", "DROP TABLE a;")},
         {"002.sql", RevisionText("002", "001", "CREATE TABLE b (x int);", "DROP TABLE b;")}});
  }

  World& world_ = World::Get();
  std::string ns_;
  std::string database_;
  json object_;
};

TEST_F(KubectlTest, ExplainIsDocumentation) {
  // A server publishes a new kind's documentation some time after it serves the kind.
  std::string text;
  WaitForOperator([&] {
    text = world_.Kubectl({"explain", "sv.spec.database"}).out;
    return text.find("secretRef") != std::string::npos;
  });
  EXPECT_THAT(text, HasSubstr("secretRef"));
  EXPECT_THAT(text, HasSubstr("versionTable"));
  EXPECT_THAT(text, HasSubstr("DESCRIPTION"));
}

TEST_F(KubectlTest, WaitAfterApplyIsRight) {
  world_.Apply(object_);
  world_.MustKubectl(
      {"wait", "--for=condition=Ready", "schemaversion/app", "-n", ns_, "--timeout=180s"});
  EXPECT_EQ(world_.postgres().Query(database_, "SELECT version_num FROM alembic_version"), "002");
}

// `SCHEMAOP_WAIT_ROUNDS=500 e2e_tests --gtest_filter=*NeverEndsEarly` is the long run.
TEST_F(KubectlTest, WaitNeverEndsEarly) {
  const char* asked = std::getenv("SCHEMAOP_WAIT_ROUNDS");
  const int rounds = asked == nullptr ? 10 : std::stoi(asked);
  int early = 0;
  for (int round = 0; round < rounds; ++round) {
    const std::string target = round % 2 == 0 ? "002" : "001";
    object_["spec"]["targetRevision"] = target;
    world_.Apply(object_);
    world_.MustKubectl(
        {"wait", "--for=condition=Ready", "schemaversion/app", "-n", ns_, "--timeout=180s"});
    const std::string at =
        world_.postgres().Query(database_, "SELECT version_num FROM alembic_version");
    if (at != target) ++early;
  }
  EXPECT_EQ(early, 0) << "of " << rounds;
}

TEST_F(KubectlTest, GetShowsTheColumnsAndWideShowsMore) {
  world_.Apply(object_);
  world_.WaitForReason(ns_, "app", "UpToDate");
  EXPECT_THAT(world_.MustKubectl({"get", "sv", "-n", ns_}),
              MatchesRegex("NAME +DATABASE +CURRENT +TARGET +PENDING +READY +REASON +AGE\n"
                           "app +[^ ]+ +002 +head +0 +True +UpToDate +[0-9]+m?s?[0-9]*s?\n"));
  const std::string wide = world_.MustKubectl({"get", "schemaversions", "-n", ns_, "-o", "wide"});
  EXPECT_THAT(wide, HasSubstr("MESSAGE"));
  EXPECT_THAT(wide, HasSubstr("LAST APPLIED"));
}

TEST_F(KubectlTest, DescribeTellsConditionsAndEvents) {
  world_.Apply(object_);
  world_.WaitForReason(ns_, "app", "UpToDate");
  std::string text;
  EXPECT_TRUE(WaitForOperator([&] {
    text = world_.MustKubectl({"describe", "schemaversion", "app", "-n", ns_});
    return text.find("RevisionApplied") != std::string::npos;
  })) << text;
  EXPECT_THAT(text, HasSubstr("UpToDate"));
}

TEST_F(KubectlTest, ServerSideApplyAndPatchMoveTheTarget) {
  world_.MustKubectl({"apply", "--server-side", "-f", "-"}, object_.dump());
  world_.WaitForReason(ns_, "app", "UpToDate");
  object_["spec"]["targetRevision"] = "001";
  world_.MustKubectl({"apply", "--server-side", "-f", "-"}, object_.dump());
  world_.WaitForReason(ns_, "app", "UpToDate");
  EXPECT_EQ(world_.postgres().Query(database_, "SELECT version_num FROM alembic_version"), "001");
  world_.MustKubectl({"patch", "sv", "app", "-n", ns_, "--type", "json", "-p",
                      R"([{"op":"replace","path":"/spec/targetRevision","value":"head"}])"});
  world_.WaitForReason(ns_, "app", "UpToDate");
  EXPECT_EQ(world_.postgres().Query(database_, "SELECT version_num FROM alembic_version"), "002");
}

TEST_F(KubectlTest, WatchShowsTheWayToUpToDate) {
  ChildProcess watch(world_.KubectlOptions({"get", "schemaversions", "-n", ns_, "-w"}));
  world_.Apply(object_);
  EXPECT_TRUE(WaitForOperator([&] { return watch.Out().find("True") != std::string::npos; }))
      << watch.Out();
}

TEST_F(KubectlTest, EditChangesTheTarget) {
  world_.Apply(object_);
  world_.WaitForReason(ns_, "app", "UpToDate");
  ProcessOptions options = world_.KubectlOptions({"edit", "schemaversion", "app", "-n", ns_});
  options.environment["KUBE_EDITOR"] = "sed -i 's/targetRevision: head/targetRevision: \"001\"/'";
  const RunResult result = testing::Run(options);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  world_.WaitForReason(ns_, "app", "UpToDate");
  EXPECT_EQ(world_.postgres().Query(database_, "SELECT version_num FROM alembic_version"), "001");
}

}  // namespace
}  // namespace schemaop::testing
