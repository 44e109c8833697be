#include "kube/endpoint.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "kube/ip_address.h"

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

tl::unexpected<Error> Has(const char* problem) { return Fail(ErrorCode::kInvalid, problem); }

}  // namespace

bool IsIpAddress(const std::string& host) { return ParseIpAddress(host).has_value(); }

Result<Place> ParseHostAndPort(std::string_view text, int default_port) {
  Place place;
  std::string_view rest;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return Has("has an unclosed '['");
    place.host = text.substr(1, close - 1);
    if (place.host.find(':') == std::string::npos || !IsIpAddress(place.host)) {
      return Has("has no IPv6 address between its brackets");
    }
    rest = text.substr(close + 1);
    if (!rest.empty() && rest.front() != ':') return Has("has text after ']'");
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    place.host = text.substr(0, colon);
    rest = text.substr(colon);
    if (!IsHostName(place.host)) return Has("has no usable host");
  }
  place.port = default_port;
  if (!rest.empty() && !ParsePort(rest.substr(1), place.port)) return Has("has no usable port");
  return place;
}

Result<Endpoint> ParseEndpoint(std::string_view url) {
  Endpoint endpoint;
  const std::size_t scheme_end = url.find("://");
  const std::string_view scheme = scheme_end == url.npos ? "" : url.substr(0, scheme_end);
  const std::string_view rest = scheme_end == url.npos ? url : url.substr(scheme_end + 3);
  endpoint.tls = scheme == "https";
  // Never show what stands before an '@': it is a password as a rule.
  if (rest.find('@') != std::string_view::npos) {
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
  auto place = ParseHostAndPort(rest.substr(0, slash), endpoint.tls ? kHttpsPort : kHttpPort);
  if (!place) return Refuse(url, place.error().message);
  endpoint.host = std::move(place->host);
  endpoint.port = place->port;
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
