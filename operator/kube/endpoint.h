// Where an API server listens, out of its URL.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace schemaop {

struct Endpoint {
  bool tls = true;
  std::string host;  // a name or an address; IPv6 without brackets
  int port = 0;
  std::string path_prefix;  // "/k8s/clusters/c-1" or empty; never ends with '/'

  bool operator==(const Endpoint&) const = default;
};

// One end of a TCP connection.
struct Place {
  std::string host;  // a name or an address; IPv6 without brackets
  int port = 0;
};

// Reads "host", "host:port", "[v6]" or "[v6]:port". The message of kInvalid is the end of a
// sentence about `text`: "has no usable port".
Result<Place> ParseHostAndPort(std::string_view text, int default_port);

// Reads "https://host[:port][/prefix]" or "http://...". IPv6 addresses stand in brackets. The
// scheme is required: kubectl guesses http or https from the credentials beside a bare host, and a
// guess may send a token in the clear. kInvalid names the URL and what is wrong with it.
Result<Endpoint> ParseEndpoint(std::string_view url);

// "127.0.0.1:6443", "[::1]:6443".
std::string HostAndPort(const Endpoint& endpoint);

// "https://127.0.0.1:6443", for messages.
std::string Origin(const Endpoint& endpoint);

// Whether `host` is a literal IPv4 or IPv6 address.
bool IsIpAddress(const std::string& host);

}  // namespace schemaop
