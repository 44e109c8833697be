// Which proxy the way to an API server leads through: the rules of Go's
// golang.org/x/net/http/httpproxy, which every client of Kubernetes follows.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "kube/endpoint.h"

namespace schemaop {

struct Proxy {
  enum class Kind { kHttp, kSocks5 };
  Kind kind = Kind::kHttp;
  std::string host;  // a name or an address; IPv6 without brackets
  int port = 0;
  std::string user;  // both percent-decoded; empty: none
  std::string password;

  bool operator==(const Proxy&) const = default;
};

// Reads "http://[USER:PASSWORD@]HOST[:PORT]", the same with socks5:// or socks5h://, or
// HOST[:PORT], which is http. https:// is refused: TLS to the proxy itself is not spoken. kInvalid
// says what is wrong and repeats no credential.
Result<Proxy> ParseProxy(std::string_view url);

// "http://proxy.example.org:3128", for messages; without credentials.
std::string ProxyName(const Proxy& proxy);

// What the environment says of proxies.
struct ProxyEnvironment {
  std::string http_proxy;   // HTTP_PROXY or http_proxy
  std::string https_proxy;  // HTTPS_PROXY or https_proxy
  std::string no_proxy;     // NO_PROXY or no_proxy
  bool cgi = false;         // REQUEST_METHOD is set: HTTP_PROXY may be a client's header
};

ProxyEnvironment ReadProxyEnvironment();

// Whether NO_PROXY keeps `endpoint` from going through a proxy: "*", CIDR blocks, addresses and
// domains with or without a port; "a.b" means itself and what is below it, ".a.b" and "*.a.b" only
// what is below. Loopback addresses and "localhost" never go through one.
bool IsReachedDirectly(const Endpoint& endpoint, std::string_view no_proxy);

// The environment's proxy for `endpoint`; empty: none. kInvalid names the variable that is wrong.
Result<std::optional<Proxy>> ProxyFor(const Endpoint& endpoint,
                                      const ProxyEnvironment& environment);

}  // namespace schemaop
