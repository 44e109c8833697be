#include "kube/proxy.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <fmt/format.h>

#include "base/text.h"
#include "kube/ip_address.h"

namespace schemaop {
namespace {

constexpr int kHttpPort = 80;
constexpr int kSocksPort = 1080;

std::string AnyOf(const char* upper, const char* lower) {
  for (const char* name : {upper, lower}) {
    const char* const value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

std::string PercentDecode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    if (text[i] == '%' && i + 2 < text.size()) {
      const char* const end = text.data() + i + 3;
      const auto [at, error] = std::from_chars(text.data() + i + 1, end, byte, 16);
      if (error == std::errc() && at == end) {
        out += static_cast<char>(byte);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

// Host and port of one entry of NO_PROXY as net.SplitHostPort divides it; the whole is the host
// when that does not divide it.
struct Entry {
  std::string_view host;
  std::string_view port;
};

Entry SplitEntry(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos || colon != close + 1) return {text, {}};
    return {text.substr(1, close - 1), text.substr(colon + 1)};
  }
  // Two colons without brackets are an IPv6 address and no port.
  if (colon == std::string_view::npos || text.find(':') != colon) return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

bool MatchesDomain(const std::string& host, std::string_view domain) {
  if (domain.starts_with("*.")) domain.remove_prefix(1);
  if (domain.starts_with('.')) return host.ends_with(domain);
  return host == domain || host.ends_with("." + std::string(domain));
}

bool Matches(const Endpoint& endpoint, const std::string& host,
             const std::optional<IpAddress>& address, std::string_view text) {
  if (text == "*") return true;
  if (const auto block = ParseCidr(text)) return address && Contains(*block, *address);
  const Entry entry = SplitEntry(text);
  if (entry.host.empty()) return false;
  if (!entry.port.empty() && entry.port != std::to_string(endpoint.port)) return false;
  if (const auto single = ParseIpAddress(std::string(entry.host))) return address == single;
  return MatchesDomain(host, entry.host);
}

}  // namespace

Result<Proxy> ParseProxy(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  const std::string_view scheme = scheme_end == url.npos ? "http" : url.substr(0, scheme_end);
  std::string_view rest = scheme_end == url.npos ? url : url.substr(scheme_end + 3);
  const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  // What stands before an '@' is never shown: it is a password as a rule.
  if (rest.find('@', end) != rest.npos) {
    return Fail(ErrorCode::kInvalid,
                "the proxy's user or password holds '/', '?' or '#'; write %2F, %3F or %23");
  }
  rest = rest.substr(0, end);
  const bool socks = scheme == "socks5" || scheme == "socks5h";
  if (scheme != "http" && !socks) {
    return Fail(ErrorCode::kInvalid,
                "a proxy is reached by http:// or socks5://; https:// and others are not spoken");
  }
  Proxy proxy;
  proxy.kind = socks ? Proxy::Kind::kSocks5 : Proxy::Kind::kHttp;
  if (const std::size_t at = rest.rfind('@'); at != rest.npos) {
    const std::string_view login = rest.substr(0, at);
    const std::size_t colon = login.find(':');
    proxy.user = PercentDecode(login.substr(0, colon));
    if (colon != login.npos) proxy.password = PercentDecode(login.substr(colon + 1));
    rest = rest.substr(at + 1);
  }
  auto place = ParseHostAndPort(rest, socks ? kSocksPort : kHttpPort);
  if (!place) {
    return Fail(ErrorCode::kInvalid,
                fmt::format("\"{}\" {}; write http://HOST:PORT", rest, place.error().message));
  }
  proxy.host = std::move(place->host);
  proxy.port = place->port;
  return proxy;
}

std::string ProxyName(const Proxy& proxy) {
  return fmt::format("{}://{}", proxy.kind == Proxy::Kind::kHttp ? "http" : "socks5",
                     HostAndPort({.host = proxy.host, .port = proxy.port, .path_prefix = {}}));
}

ProxyEnvironment ReadProxyEnvironment() {
  return {.http_proxy = AnyOf("HTTP_PROXY", "http_proxy"),
          .https_proxy = AnyOf("HTTPS_PROXY", "https_proxy"),
          .no_proxy = AnyOf("NO_PROXY", "no_proxy"),
          .cgi = !AnyOf("REQUEST_METHOD", "REQUEST_METHOD").empty()};
}

bool IsReachedDirectly(const Endpoint& endpoint, std::string_view no_proxy) {
  const std::optional<IpAddress> address = ParseIpAddress(endpoint.host);
  if (endpoint.host == "localhost" || (address && IsLoopback(*address))) return true;
  const std::string host = ToLower(endpoint.host);
  const std::vector<std::string> entries = SplitList(ToLower(no_proxy));
  return std::any_of(entries.begin(), entries.end(), [&](const std::string& entry) {
    return Matches(endpoint, host, address, entry);
  });
}

Result<std::optional<Proxy>> ProxyFor(const Endpoint& endpoint,
                                      const ProxyEnvironment& environment) {
  const std::string& url = endpoint.tls ? environment.https_proxy : environment.http_proxy;
  if (url.empty() || IsReachedDirectly(endpoint, environment.no_proxy)) return std::nullopt;
  if (!endpoint.tls && environment.cgi) {
    return Fail(ErrorCode::kInvalid,
                "HTTP_PROXY is not believed where REQUEST_METHOD is set: it may be a header of a "
                "web request");
  }
  Result<Proxy> proxy = ParseProxy(url);
  if (!proxy) {
    return Fail(WithContext(std::move(proxy).error(), endpoint.tls ? "HTTPS_PROXY" : "HTTP_PROXY"));
  }
  return *std::move(proxy);
}

}  // namespace schemaop
