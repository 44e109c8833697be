#include "kube/route.h"

#include <utility>

namespace schemaop {
namespace {

Result<std::optional<Proxy>> ChooseProxy(const KubeConfig& config, const Endpoint& endpoint,
                                         const ProxyEnvironment& environment) {
  if (config.proxy_url.empty()) return ProxyFor(endpoint, environment);
  auto named = ParseProxy(config.proxy_url);
  if (!named) return Fail(WithContext(std::move(named).error(), "proxy-url"));
  return *std::move(named);
}

Result<void> CheckUntunnelled(const KubeConfig& config, const Route& route) {
  const std::string way =
      "proxy " + ProxyName(*route.proxy) + " on the way to " + Origin(route.endpoint);
  if (route.proxy->kind != Proxy::Kind::kHttp) {
    return Fail(ErrorCode::kInvalid, way + ": SOCKS is for https servers");
  }
  if (!config.token.empty() || !config.token_file.empty() || config.exec) {
    return Fail(ErrorCode::kInvalid,
                way + " would read the token; use https, or name the server in NO_PROXY");
  }
  return {};
}

}  // namespace

Result<Route> RouteTo(const KubeConfig& config, const ProxyEnvironment& environment) {
  Result<Endpoint> endpoint = ParseEndpoint(config.server);
  if (!endpoint) return Fail(std::move(endpoint).error());
  auto proxy = ChooseProxy(config, *endpoint, environment);
  if (!proxy) return Fail(std::move(proxy).error());
  Route route{*std::move(endpoint), *std::move(proxy)};
  if (route.proxy && !route.endpoint.tls) {
    if (auto usable = CheckUntunnelled(config, route); !usable) return Fail(usable.error());
  }
  return route;
}

}  // namespace schemaop
