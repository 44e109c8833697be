// The end-to-end suite on one cluster: `e2e_tests --cluster devcluster|kube-apiserver`.
#include <cstdlib>
#include <iostream>
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

  // Whatever the tests did, the password stayed where it belongs.
  void TearDown() override {
    World& world = World::Get();
    const std::string canary = kCanary;
    EXPECT_EQ(world.Health("/metrics").find(canary), std::string::npos) << "password in a metric";
    for (const char* kind : {"schemaversions", "events"}) {
      EXPECT_EQ(world.MustKubectl({"get", kind, "-A", "-o", "yaml"}).find(canary),
                std::string::npos)
          << "password in " << kind;
    }
    EXPECT_EQ(world.OperatorLog().find(canary), std::string::npos) << "password in the log";
    World::End();
  }

 private:
  std::string cluster_;
};

}  // namespace
}  // namespace schemaop::testing

int main(int argc, char** argv) {
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
