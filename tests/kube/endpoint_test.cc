#include "kube/endpoint.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace schemaop {
namespace {

TEST(EndpointTest, ReadsServersAsKubeconfigsNameThem) {
  const std::vector<std::pair<std::string, Endpoint>> rows{
      {"https://k8s.example.org", {true, "k8s.example.org", 443, ""}},
      {"https://k8s.example.org:6443/", {true, "k8s.example.org", 6443, ""}},
      {"https://rancher/k8s/clusters/c-1/", {true, "rancher", 443, "/k8s/clusters/c-1"}},
      {"http://127.0.0.1:8080", {false, "127.0.0.1", 8080, ""}},
      {"http://localhost", {false, "localhost", 80, ""}},
      {"https://[fd00::a1]:6443", {true, "fd00::a1", 6443, ""}},
      {"https://[::1]/p", {true, "::1", 443, "/p"}},
  };
  for (const auto& [url, expected] : rows) {
    const auto endpoint = ParseEndpoint(url);
    ASSERT_TRUE(endpoint.has_value()) << url << ": " << endpoint.error().message;
    EXPECT_EQ(*endpoint, expected) << url;
  }
}

TEST(EndpointTest, RefusesWhatItCannotReach) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"", "does not begin with https:// or http://"},
      {"nonsense", "does not begin with https:// or http://"},
      {"10.0.0.1:6443", "does not begin with https:// or http://"},
      {"ftp://x", "is neither https nor http"},
      {"https://", "has no usable host"},
      {"https://a b", "has no usable host"},
      {"https://x:0", "has no usable port"},
      {"https://x:65536", "has no usable port"},
      {"https://x:", "has no usable port"},
      {"https://x:1a", "has no usable port"},
      {"https://[::1", "has an unclosed '['"},
      {"https://[10.0.0.1]", "has no IPv6 address between its brackets"},
      {"https://[::1]x", "has text after ']'"},
      {"https://x?a=b", "has a query or fragment"},
  };
  for (const auto& [url, problem] : rows) {
    const auto endpoint = ParseEndpoint(url);
    ASSERT_FALSE(endpoint.has_value()) << url;
    EXPECT_EQ(endpoint.error(), (Error{ErrorCode::kInvalid, "server \"" + url + "\" " + problem +
                                                                "; write https://HOST:PORT"}));
  }
}

TEST(EndpointTest, NeverRepeatsThePasswordOfAUrl) {
  for (const char* scheme : {"https://", "http://", "ftp://", ""}) {
    for (const char* login : {"admin:hunter2", "admin:hun/ter2", "admin:hun?ter2"}) {
      EXPECT_EQ(ParseEndpoint(std::string(scheme) + login + "@host:6443").error().message,
                "server URL holds a user name; credentials belong to the kubeconfig's user entry");
    }
  }
}

TEST(EndpointTest, WritesIpv6AddressesInBrackets) {
  EXPECT_EQ(HostAndPort({true, "::1", 6443, ""}), "[::1]:6443");
  EXPECT_EQ(Origin({false, "host", 80, ""}), "http://host:80");
}

}  // namespace
}  // namespace schemaop
