// A way through a proxy: the proxy passes on bytes between us and an API server, and sees nothing
// of what they say.
#pragma once

#include <chrono>
#include <string>

#include "base/error.h"
#include "kube/endpoint.h"
#include "kube/proxy.h"

namespace schemaop {

// Asks the proxy at the other end of the connected `socket` for a way to `target`: CONNECT (RFC
// 9110, 9.3.6) or SOCKS5 (RFC 1928, with the login of RFC 1929). The name is resolved by the proxy.
// It is told its own user and password and no header of a request. Afterwards the socket carries
// the target's bytes, and none of them has been read. kUnavailable when the proxy refuses, is
// silent for `patience` or is no proxy; the message names proxy, target and what to do. Shutting
// the socket down ends it.
Result<void> OpenTunnel(int socket, const Proxy& proxy, const Endpoint& target,
                        std::chrono::milliseconds patience);

// The value of Proxy-Authorization for `proxy`; empty when it has no user. A secret.
std::string ProxyAuthorization(const Proxy& proxy);

}  // namespace schemaop
