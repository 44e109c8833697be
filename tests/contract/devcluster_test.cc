// What only devcluster has: faults on purpose, and objects that outlive it.
#include <httplib.h>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/apiserver/api_server.h"
#include "tests/support/process/process.h"

namespace schemaop::testing {
namespace {

constexpr const char* kNamespaces = "/api/v1/namespaces";

int StatusOf(const ApiServer& server, const std::string& path,
             const httplib::Headers& headers = {}) {
  httplib::Client client(server.url());
  const auto answer = client.Get(path, headers);
  return answer ? answer->status : 0;
}

TEST(DevclusterTest, ARotatedTokenShutsTheOldOneOut) {
  ApiServerOptions options;
  options.token = "old";
  ApiServer server(options);
  server.Start();
  EXPECT_EQ(StatusOf(server, kNamespaces, {{"Authorization", "Bearer old"}}), 200);
  server.SetToken("new");
  EXPECT_EQ(StatusOf(server, kNamespaces, {{"Authorization", "Bearer old"}}), 401);
  EXPECT_EQ(StatusOf(server, kNamespaces, {{"Authorization", "Bearer new"}}), 200);
  EXPECT_EQ(StatusOf(server, "/readyz"), 200);
}

TEST(DevclusterTest, AFaultIsAnsweredAsOftenAsAsked) {
  ApiServer server;
  server.Start();
  server.AddFault({"GET", "/namespaces", 429, 2, 7, {}});
  httplib::Client client(server.url());
  for (int i = 0; i < 2; ++i) {
    const auto refused = client.Get(kNamespaces);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 429);
    EXPECT_EQ(refused->get_header_value("Retry-After"), "7");
  }
  EXPECT_EQ(StatusOf(server, kNamespaces), 200);
}

TEST(DevclusterTest, DroppingConnectionsCutsAWatch) {
  ApiServer server;
  server.Start();
  httplib::Client client(server.url());
  client.set_read_timeout(30);
  bool dropped = false;
  const auto answer =
      client.Get(std::string(kNamespaces) + "?watch=1", [&](const char*, std::size_t) {
        if (!dropped) server.DropConnections();
        dropped = true;
        return true;
      });
  EXPECT_TRUE(dropped);
  EXPECT_FALSE(answer);
}

TEST(DevclusterTest, CompactionExpiresEveryVersion) {
  ApiServer server;
  server.Start();
  httplib::Client client(server.url());
  const auto list = client.Get(kNamespaces);
  ASSERT_TRUE(list);
  const auto metadata = nlohmann::json::parse(list->body)["metadata"];
  server.Compact();
  const auto watch = client.Get(fmt::format("{}?watch=1&resourceVersion={}", kNamespaces,
                                            metadata["resourceVersion"].get<std::string>()));
  ASSERT_TRUE(watch);
  const auto event = nlohmann::json::parse(watch->body);
  EXPECT_EQ(event["type"], "ERROR");
  EXPECT_EQ(event["object"]["code"], 410);
}

TEST(DevclusterTest, ObjectsOutliveTheServerWithADataFile) {
  const TempFolder folder;
  ApiServerOptions options;
  options.data = folder.path() / "objects.json";
  const char* body = R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"kept"}})";
  {
    ApiServer server(options);
    server.Start();
    httplib::Client client(server.url());
    const auto made = client.Post(kNamespaces, body, "application/json");
    ASSERT_TRUE(made);
    EXPECT_EQ(made->status, 201);
  }
  ApiServer again(options);
  again.Start();
  EXPECT_EQ(StatusOf(again, std::string(kNamespaces) + "/kept"), 200);
}

TEST(DevclusterTest, OwnedObjectsGoWithTheirOwner) {
  ApiServer server;
  server.Start();
  httplib::Client client(server.url());
  const std::string maps = std::string(kNamespaces) + "/default/configmaps";
  const auto owner =
      client.Post(maps, R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"owner"}})",
                  "application/json");
  ASSERT_TRUE(owner);
  const auto uid = nlohmann::json::parse(owner->body)["metadata"]["uid"].get<std::string>();
  const nlohmann::json owned = {
      {"apiVersion", "v1"},
      {"kind", "ConfigMap"},
      {"metadata",
       {{"name", "owned"},
        {"ownerReferences",
         {{{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"name", "owner"}, {"uid", uid}}}}}}};
  ASSERT_EQ(client.Post(maps, owned.dump(), "application/json")->status, 201);
  ASSERT_EQ(client.Delete(maps + "/owner")->status, 200);
  EXPECT_EQ(StatusOf(server, maps + "/owned"), 404);
}

}  // namespace
}  // namespace schemaop::testing
