#include "kube/endpoint.h"

#include <arpa/inet.h>
#include <array>
#include <charconv>

#include <fmt/format.h>

namespace schemaop {
namespace {

constexpr int kHttpsPort = 443;
constexpr int kHttpPort = 80;

tl::unexpected<Error> Refuse(std::string_view url, std::string_view problem) {
  return Fail(ErrorCode::kInvalid,
              fmt::format("server \"{}\" {}; write https://HOST:PORT", url, problem));
}

bool ParsePort(std::string_view text, int& port) {
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, port);
  return error == std::errc() && at == end && port > 0 && port <= 65535;
}

bool IsHostCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_';
}

bool IsHostName(const std::string& host) {
  if (host.empty()) return false;
  for (const char c : host) {
    if (!IsHostCharacter(c)) return false;
  }
  return true;
}

bool IsAddressOf(int family, const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return inet_pton(family, host.c_str(), address.data()) == 1;
}

// Splits "host:port", "[v6]:port" or "host" and fills `endpoint`; what is wrong, or empty.
std::string_view ReadAuthority(std::string_view authority, Endpoint& endpoint) {
  std::string_view port;
  bool has_port = false;
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return "has an unclosed '['";
    endpoint.host = authority.substr(1, close - 1);
    if (!IsAddressOf(AF_INET6, endpoint.host)) return "has no IPv6 address between its brackets";
    const std::string_view rest = authority.substr(close + 1);
    if (!rest.empty() && rest.front() != ':') return "has text after ']'";
    has_port = !rest.empty();
    if (has_port) port = rest.substr(1);
  } else {
    const std::size_t colon = authority.find(':');
    endpoint.host = authority.substr(0, colon);
    has_port = colon != std::string_view::npos;
    if (has_port) port = authority.substr(colon + 1);
    if (!IsHostName(endpoint.host)) return "has no usable host";
  }
  endpoint.port = endpoint.tls ? kHttpsPort : kHttpPort;
  if (has_port && !ParsePort(port, endpoint.port)) return "has no usable port";
  return {};
}

}  // namespace

bool IsIpAddress(const std::string& host) {
  return IsAddressOf(AF_INET, host) || IsAddressOf(AF_INET6, host);
}

Result<Endpoint> ParseEndpoint(std::string_view url) {
  Endpoint endpoint;
  const std::size_t scheme_end = url.find("://");
  const std::string_view scheme = scheme_end == url.npos ? "" : url.substr(0, scheme_end);
  const std::string_view rest = scheme_end == url.npos ? url : url.substr(scheme_end + 3);
  endpoint.tls = scheme == "https";
  // Never show what stands before an '@': it is a password as a rule.
  if (rest.substr(0, rest.find('/')).find('@') != std::string_view::npos) {
    return Fail(ErrorCode::kInvalid,
                "server URL holds a user name; credentials belong to the kubeconfig's user entry");
  }
  if (scheme_end == url.npos) return Refuse(url, "does not begin with https:// or http://");
  if (scheme != "https" && scheme != "http") return Refuse(url, "is neither https nor http");
  if (rest.find_first_of("?#") != std::string_view::npos)
    return Refuse(url, "has a query or fragment");
  const std::size_t slash = rest.find('/');
  if (slash != std::string_view::npos) endpoint.path_prefix = rest.substr(slash);
  while (endpoint.path_prefix.ends_with('/')) endpoint.path_prefix.pop_back();
  if (const std::string_view problem = ReadAuthority(rest.substr(0, slash), endpoint);
      !problem.empty()) {
    return Refuse(url, problem);
  }
  return endpoint;
}

std::string HostAndPort(const Endpoint& endpoint) {
  const bool bracket = endpoint.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", bracket ? "[" : "", endpoint.host, bracket ? "]" : "",
                     endpoint.port);
}

std::string Origin(const Endpoint& endpoint) {
  return (endpoint.tls ? "https://" : "http://") + HostAndPort(endpoint);
}

}  // namespace schemaop
