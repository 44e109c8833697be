#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "controller/operator.h"
#include "kube/client.h"
#include "process/process.h"
#include "test_paths.h"
#include "tests/support/apiserver/api_server.h"

namespace schemaop {
namespace {

using nlohmann::json;
using testing::ApiServer;
using testing::WaitUntil;

constexpr const char* kObjects =
    "/apis/schemaversion.io/v1alpha1/namespaces/default/schemaversions";

std::unique_ptr<KubeClient> ClientWithToken(const ApiServer& server, const std::string& token) {
  KubeConfig config;
  config.server = server.url();
  config.token = token;
  return *KubeClient::Create(config);
}

// One that is refused for its source, without a look at any database.
void CreateObject(KubeClient& client, const std::string& name) {
  const json object = {{"apiVersion", "schemaversion.io/v1alpha1"},
                       {"kind", "SchemaVersion"},
                       {"metadata", {{"name", name}, {"namespace", "default"}}},
                       {"spec",
                        {{"targetRevision", "head"},
                         {"database", {{"secretRef", {{"name", "db"}}}}},
                         {"migrations", {{"path", "none"}}}}}};
  const auto created = client.Create(kObjects, object, {});
  ASSERT_TRUE(created) << created.error().error.message;
}

bool IsHandled(KubeClient& client, const std::string& name) {
  return WaitUntil([&] {
    const auto object = client.Get(std::string(kObjects) + "/" + name, {});
    return object && object->at("status").value("observedGeneration", -1) == 1;
  });
}

TEST(OperatorRotationTest, ATokenThatIsReplacedInItsFileNeedsNoRestart) {
  ApiServer server({.token = "one", .crds = SCHEMAOP_SOURCE_DIR "/crds"});
  server.Start();
  const testing::TempFolder folder;
  const std::filesystem::path token = folder.path() / "token";
  testing::WriteFile(token, "one");
  OperatorOptions options;
  options.kube.server = server.url();
  options.kube.token_file = token;
  options.health_address = "127.0.0.1:0";
  Result<void> ended = Fail(ErrorCode::kInternal, "it runs");
  std::jthread running([&](const std::stop_token& stop) {
    ended = RunOperator(options, Logger(LogLevel::kError), stop);
  });
  const auto before = ClientWithToken(server, "one");
  CreateObject(*before, "before");
  ASSERT_TRUE(IsHandled(*before, "before"));

  server.SetToken("two");
  server.DropConnections();
  const auto after = ClientWithToken(server, "two");
  CreateObject(*after, "after");
  testing::WriteFile(token, "two");
  EXPECT_TRUE(IsHandled(*after, "after"));

  running.request_stop();
  running.join();
  EXPECT_TRUE(ended) << ended.error().message;
}

}  // namespace
}  // namespace schemaop
