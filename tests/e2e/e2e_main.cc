// The end-to-end suite on one cluster: `e2e_tests --cluster devcluster|kube-apiserver`.
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "world.h"

namespace schemaop::testing {
namespace {

constexpr int kSkipped = 77;

class WorldEnvironment : public ::testing::Environment {
 public:
  explicit WorldEnvironment(std::string cluster) : cluster_(std::move(cluster)) {}
  void SetUp() override { World::Start(cluster_); }

  void TearDown() override {
    World& world = World::Get();
    ExpectNoLeak(world);
    ExpectRulesKept(world);
    ExpectRoleFits(world);
    World::End();
  }

 private:
  // Whatever the tests did, the password stayed where it belongs.
  static void ExpectNoLeak(World& world) {
    const std::string canary = kCanary;
    EXPECT_EQ(world.Metrics().find(canary), std::string::npos) << "password in a metric";
    for (const char* kind : {"schemaversions", "events"}) {
      EXPECT_EQ(world.MustKubectl({"get", kind, "-A", "-o", "yaml"}).find(canary),
                std::string::npos)
          << "password in " << kind;
    }
    EXPECT_EQ(world.OperatorLog().find(canary), std::string::npos) << "password in the log";
  }

  // No status that any test led to broke a rule of conditions, not for a moment.
  static void ExpectRulesKept(World& world) {
    const StatusWitness::Verdict verdict = world.JudgeStatuses();
    EXPECT_GT(verdict.judged, 0U);
    for (const std::string& violation : verdict.violations) ADD_FAILURE() << violation;
    std::cout << "e2e: " << verdict.judged << " statuses judged, " << verdict.violations.size()
              << " violations\n";
  }

  // Nothing was asked that the role does not grant; nothing is granted that the suite, when all of
  // it runs, never asks.
  static void ExpectRoleFits(World& world) {
    const std::optional<RoleAudit> audit = world.AuditRole();
    if (!audit) return;
    for (const std::string& call : audit->excess) ADD_FAILURE() << call;
    const ::testing::UnitTest& suite = *::testing::UnitTest::GetInstance();
    if (suite.test_to_run_count() < suite.total_test_count()) return;
    for (const std::string& grant : audit->unused) ADD_FAILURE() << "never used: " << grant;
  }

  std::string cluster_;
};

}  // namespace
}  // namespace schemaop::testing

int main(int argc, char** argv) {
  // OpenSSL writes to connections that an API server has closed.
  std::signal(SIGPIPE, SIG_IGN);
  testing::InitGoogleTest(&argc, argv);
  std::string cluster = "devcluster";
  if (argc == 3 && std::string(argv[1]) == "--cluster") cluster = argv[2];
  if (cluster == "kube-apiserver" && std::getenv("KUBEBUILDER_ASSETS") == nullptr) {
    std::cout << "SKIPPED: KUBEBUILDER_ASSETS names no folder with kube-apiserver\n";
    return schemaop::testing::kSkipped;
  }
  testing::AddGlobalTestEnvironment(new schemaop::testing::WorldEnvironment(cluster));
  const int result = RUN_ALL_TESTS();
  std::cout << "e2e: " << testing::UnitTest::GetInstance()->test_to_run_count() << " tests on "
            << cluster << "\n";
  return result;
}
