#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "heard.h"
#include "http_server.h"
#include "kube/client.h"

namespace schemaop {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> ImpersonationOf(const httplib::Request& request) {
  std::vector<std::string> headers;
  for (const auto& [name, value] : request.headers) {
    if (name.starts_with("Impersonate-")) headers.push_back(name + ": " + value);
  }
  return headers;
}

TEST(ImpersonationTest, GoesWithEveryRequestAndEveryWatch) {
  Heard<std::vector<std::string>> seen;
  testing::HttpServer server([&](const httplib::Request& request, httplib::Response& response) {
    seen.Note(ImpersonationOf(request));
    response.set_content("{}\n", "application/json");
  });
  KubeConfig config;
  config.server = server.Url();
  config.impersonation = {.user = "jane",
                          .uid = "u-7",
                          .groups = {"admins", "dba"},
                          .extra = {{"example.org/Scopes", {"a", "b"}}}};
  const auto client = *KubeClient::Create(config);
  EXPECT_TRUE(client->Get("/api", {}).has_value());
  const auto take = [](std::string_view) { return true; };
  EXPECT_TRUE(client->Watch("/api", Representation::kObject, std::chrono::seconds(1), take, {})
                  .has_value());
  const auto expected =
      ElementsAre("Impersonate-Extra-example.org%2FScopes: a",
                  "Impersonate-Extra-example.org%2FScopes: b", "Impersonate-Group: admins",
                  "Impersonate-Group: dba", "Impersonate-Uid: u-7", "Impersonate-User: jane");
  EXPECT_THAT(seen.Values(), ElementsAre(expected, expected));
}

TEST(ImpersonationTest, RefusesWhatNamesNobodyOrWouldStartAnotherHeader) {
  EXPECT_EQ(ImpersonationHeaders({.groups = {"admins"}}).error().message,
            "impersonation of a group, a uid or more wants a user to impersonate (--as)");
  EXPECT_EQ(
      ImpersonationHeaders({.user = "a\r\nImpersonate-Group: system:masters"}).error().message,
      "Impersonate-User: it is empty or holds control characters");
  EXPECT_TRUE(ImpersonationHeaders({})->empty());
}

TEST(ImpersonationTest, TakesNamesOfEveryLanguage) {
  const auto headers = ImpersonationHeaders({.user = "j\u00fcrgen"});
  ASSERT_TRUE(headers.has_value()) << headers.error().message;
  EXPECT_EQ(headers->front().second, "j\u00fcrgen");
}

}  // namespace
}  // namespace schemaop
