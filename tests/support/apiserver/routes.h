// Paths: which resource one names, and the documents that are no resources.
#pragma once

#include <optional>
#include <string>

#include "tests/support/apiserver/http_message.h"
#include "tests/support/apiserver/resource_type.h"

namespace schemaop::devcluster {

struct ResourcePath {
  std::string group;
  std::string version;
  std::string ns;  // "" for a cluster-scoped object or all namespaces
  std::string plural;
  std::string name;
  std::string subresource;
};

// /api/v1/..., /apis/GROUP/VERSION/...; nullopt when the path has another shape.
std::optional<ResourcePath> ParseResourcePath(const std::string& path);

// /healthz, /livez, /readyz (with anything below) and /version need no token.
std::optional<HttpReply> HealthReply(const HttpRequest& request);

// Discovery and OpenAPI; nullopt for other paths.
std::optional<HttpReply> DocumentReply(const HttpRequest& request, const Registry& registry);

// What the real server answers on a path it has no handler for: text, no Status.
HttpReply PlainNotFound();

}  // namespace schemaop::devcluster
