#include "kube/proxy.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "kube/route.h"

namespace schemaop {
namespace {

using Kind = Proxy::Kind;

TEST(ProxyTest, ReadsUrlsAndBareHosts) {
  const std::vector<std::pair<std::string, Proxy>> rows{
      {"http://proxy.example.org:3128", {Kind::kHttp, "proxy.example.org", 3128, "", ""}},
      {"http://proxy.example.org", {Kind::kHttp, "proxy.example.org", 80, "", ""}},
      {"http://10.0.0.1:8080/ignored?x", {Kind::kHttp, "10.0.0.1", 8080, "", ""}},
      {"proxy:3128", {Kind::kHttp, "proxy", 3128, "", ""}},
      {"http://[fd00::1]:3128", {Kind::kHttp, "fd00::1", 3128, "", ""}},
      {"http://ann:p%40ss%3a@proxy", {Kind::kHttp, "proxy", 80, "ann", "p@ss:"}},
      {"ann@proxy:1", {Kind::kHttp, "proxy", 1, "ann", ""}},
      {"socks5://proxy", {Kind::kSocks5, "proxy", 1080, "", ""}},
      {"socks5h://u:p@proxy:9050", {Kind::kSocks5, "proxy", 9050, "u", "p"}},
  };
  for (const auto& [url, expected] : rows) {
    const auto proxy = ParseProxy(url);
    ASSERT_TRUE(proxy.has_value()) << url << ": " << proxy.error().message;
    EXPECT_EQ(*proxy, expected) << url;
  }
}

TEST(ProxyTest, RefusesWhatItCannotUseWithoutShowingThePassword) {
  EXPECT_EQ(ParseProxy("https://ann:hunter2@proxy").error().message,
            "a proxy is reached by http:// or socks5://; https:// and others are not spoken");
  EXPECT_EQ(ParseProxy("http://ann:hunter2@proxy:x").error().message,
            "\"proxy:x\" has no usable port; write http://HOST:PORT");
  for (const char* url : {"http://bob:hunter2#x@proxy:3128", "http://bob:hunter2/x@proxy",
                          "socks5://bob:hunter2?x@proxy", "bob:hunter2#x@proxy:3128"}) {
    ASSERT_FALSE(ParseProxy(url).has_value()) << url;
    EXPECT_EQ(ParseProxy(url).error(),
              (Error{ErrorCode::kInvalid,
                     "the proxy's user or password holds '/', '?' or '#'; write %2F, %3F or %23"}));
  }
  EXPECT_EQ(ParseProxy("http://").error().message,
            "\"\" has no usable host; write http://HOST:PORT");
}

TEST(ProxyTest, NoProxyMeansWhatItMeansToGo) {
  struct Row {
    const char* url;
    const char* no_proxy;
    bool direct;
  };
  const std::vector<Row> rows{
      // Loopback never goes through a proxy.
      {"https://localhost", "", true},
      {"https://127.0.0.2:6443", "", true},
      {"https://[::1]", "", true},
      {"https://10.0.0.1", "", false},
      {"https://example.org", "", false},
      {"https://10.0.0.1", "*", true},
      {"https://example.org", " , *", true},
      // Addresses, with and without a port.
      {"https://10.0.0.1", "10.0.0.1", true},
      {"https://10.0.0.1", "10.0.0.2", false},
      {"https://10.0.0.1:6443", "10.0.0.1:6443", true},
      {"https://10.0.0.1:6443", "10.0.0.1:443", false},
      {"https://10.0.0.1", "10.0.0.1:443", true},
      {"https://[fd00::1]:6443", "fd00::1", true},
      {"https://[fd00::1]:6443", "[fd00::1]:6443", true},
      {"https://[fd00::1]:6443", "[fd00::1]:443", false},
      {"https://[fd00::1]:6443", "FD00:0::1", true},
      // Blocks.
      {"https://10.96.0.1", "10.96.0.0/12", true},
      {"https://10.112.0.1", "10.96.0.0/12", false},
      {"https://10.96.0.1", "10.96.0.1/32", true},
      {"https://10.96.0.2", "10.96.0.1/32", false},
      {"https://192.168.9.9", "10.0.0.0/8, 192.168.0.0/16", true},
      {"https://10.96.0.1", "0.0.0.0/0", true},
      {"https://10.96.0.1", "::/0", false},
      {"https://[fd00::1]", "fd00::/8", true},
      {"https://[fe00::1]", "fd00::/8", false},
      {"https://10.96.0.1", "10.96.0.0/33", false},
      {"https://example.org", "10.0.0.0/8", false},
      // Domains.
      {"https://example.org", "example.org", true},
      {"https://api.example.org", "example.org", true},
      {"https://badexample.org", "example.org", false},
      {"https://API.Example.org", "example.ORG", true},
      {"https://example.org", ".example.org", false},
      {"https://api.example.org", ".example.org", true},
      {"https://example.org", "*.example.org", false},
      {"https://api.example.org", "*.example.org", true},
      {"https://api.example.org:6443", "example.org:6443", true},
      {"https://api.example.org", "example.org:6443", false},
      {"https://api.example.org:6443", ".example.org:6443", true},
      {"https://kubernetes.default.svc", ".svc,.cluster.local", true},
      {"https://example.org", ":443", false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(IsReachedDirectly(*ParseEndpoint(row.url), row.no_proxy), row.direct)
        << row.url << " with NO_PROXY=" << row.no_proxy;
  }
}

KubeConfig Server(const std::string& url) {
  KubeConfig config;
  config.server = url;
  return config;
}

TEST(RouteTest, TakesTheVariableOfTheSchemeUnlessTheKubeconfigNamesAProxy) {
  const ProxyEnvironment environment{.http_proxy = "http://plain",
                                     .https_proxy = "http://secure",
                                     .no_proxy = "direct.example.org"};
  EXPECT_EQ(RouteTo(Server("https://example.org"), environment)->proxy->host, "secure");
  EXPECT_EQ(RouteTo(Server("http://example.org"), environment)->proxy->host, "plain");
  EXPECT_EQ(RouteTo(Server("https://direct.example.org"), environment)->proxy, std::nullopt);
  EXPECT_EQ(RouteTo(Server("https://example.org"), {})->proxy, std::nullopt);
  // A proxy-url is for every server, loopback included.
  KubeConfig config = Server("https://127.0.0.1:6443");
  config.proxy_url = "socks5://named";
  EXPECT_EQ(RouteTo(config, environment)->proxy->host, "named");
}

TEST(RouteTest, RefusesRoutesThatWouldShowAToken) {
  const ProxyEnvironment environment{.http_proxy = "http://proxy:3128", .no_proxy = {}};
  KubeConfig config = Server("http://example.org");
  config.token = "secret";
  EXPECT_EQ(RouteTo(config, environment).error(),
            (Error{ErrorCode::kInvalid,
                   "proxy http://proxy:3128 on the way to http://example.org:80 would read the "
                   "token; use https, or name the server in NO_PROXY"}));
}

TEST(RouteTest, NamesTheVariableThatIsWrong) {
  EXPECT_EQ(RouteTo(Server("https://example.org"), {.https_proxy = "ftp://x"}).error().message,
            "HTTPS_PROXY: a proxy is reached by http:// or socks5://; https:// and others are not "
            "spoken");
  EXPECT_EQ(RouteTo(Server("http://example.org"), {.http_proxy = "x", .cgi = true}).error().message,
            "HTTP_PROXY is not believed where REQUEST_METHOD is set: it may be a header of a web "
            "request");
  // Nobody asks for it on a way that needs no proxy.
  EXPECT_TRUE(RouteTo(Server("https://127.0.0.1"), {.https_proxy = "ftp://x"}).has_value());
}

}  // namespace
}  // namespace schemaop
