// contract_tests --cluster=devcluster|kube-apiserver: the whole suite against one server.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>

#include <yaml-cpp/yaml.h>

#include "test_paths.h"
#include "tests/contract/contract.h"
#include "tests/support/apiserver/api_server.h"
#include "tests/support/apiserver/real_apiserver.h"
#include "tests/support/apiserver/request_options.h"

namespace schemaop::testing {
namespace {

constexpr int kSkipped = 77;

class OnDevcluster : public ContractCluster {
 public:
  OnDevcluster() { server_.Start(); }
  Cluster cluster() const override { return server_.cluster(); }
  void Compact() override { server_.Compact(); }

 private:
  ApiServer server_;
};

class OnKubeApiserver : public ContractCluster {
 public:
  explicit OnKubeApiserver(const std::filesystem::path& assets) : server_(assets) {}
  Cluster cluster() const override { return server_.cluster(); }
  void Compact() override { server_.Compact(); }

 private:
  RealApiServer server_;
};

// The project's CustomResourceDefinitions, and a wait until their kinds are served.
void InstallCrds() {
  const std::string file = SCHEMAOP_SOURCE_DIR "/crds/schemaversion.io_schemaversions.yaml";
  const auto crd = devcluster::ParseYaml(ReadFile(file));
  if (!crd) throw std::runtime_error(file + ": " + crd.error().message);
  const Answer made = Call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", *crd);
  if (made.status != 201) throw std::runtime_error(file + ": " + made.text);
  const bool served = WaitUntil(
      [] { return Call("GET", "/apis/schemaversion.io/v1alpha1/schemaversions").status == 200; },
      std::chrono::minutes(3));
  if (!served) throw std::runtime_error("the SchemaVersion kind is not served");
}

int RunSuite(const std::string& name) {
  if (name == "kube-apiserver") {
    const auto assets = KubebuilderAssets();
    if (!assets) {
      std::printf(
          "contract: SKIPPED on kube-apiserver: KUBEBUILDER_ASSETS names no folder with it\n");
      return kSkipped;
    }
    SetUnder(std::make_unique<OnKubeApiserver>(*assets));
  } else {
    SetUnder(std::make_unique<OnDevcluster>());
  }
  // What only devcluster has is no contract.
  std::string& filter = ::testing::GTEST_FLAG(filter);
  if (name == "kube-apiserver" && filter == "*") filter = "-DevclusterTest.*";
  InstallCrds();
  const int result = RUN_ALL_TESTS();
  const auto* suite = ::testing::UnitTest::GetInstance();
  std::printf("contract: %d cases on %s", suite->successful_test_count(), name.c_str());
  if (suite->skipped_test_count() > 0)
    std::printf(", %d not asked of it", suite->skipped_test_count());
  std::printf("\n");
  SetUnder(nullptr);
  return result;
}

}  // namespace
}  // namespace schemaop::testing

int main(int argc, char** argv) {
  // OpenSSL writes to connections that an API server has closed.
  std::signal(SIGPIPE, SIG_IGN);
  ::testing::InitGoogleTest(&argc, argv);
  std::string cluster = "devcluster";
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument.starts_with("--cluster=")) cluster = argument.substr(std::strlen("--cluster="));
  }
  if (cluster != "devcluster" && cluster != "kube-apiserver") {
    std::fprintf(stderr, "contract: --cluster is devcluster or kube-apiserver, not \"%s\"\n",
                 cluster.c_str());
    return 2;
  }
  try {
    return schemaop::testing::RunSuite(cluster);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "contract: %s\n", error.what());
    return 1;
  }
}
