// The way to the API server that a configuration names.
#pragma once

#include <optional>

#include "base/error.h"
#include "kube/config.h"
#include "kube/endpoint.h"
#include "kube/proxy.h"

namespace schemaop {

// Where a server is and how to get there.
struct Route {
  Endpoint endpoint;
  std::optional<Proxy> proxy;  // empty: directly
};

// A proxy-url is used for every server; without one the environment decides. An http server is
// reached through a proxy only without credentials, which the proxy would read. kInvalid says what
// is unusable.
Result<Route> RouteTo(const KubeConfig& config, const ProxyEnvironment& environment);

}  // namespace schemaop
