#include "tests/support/apiserver/routes.h"

#include <vector>

#include "tests/support/apiserver/discovery.h"
#include "tests/support/apiserver/openapi.h"

namespace schemaop::devcluster {
namespace {

// Clients ask for "...spec.v2@v1.0+protobuf", which is no legal media type: Go refuses it in an
// answer.
constexpr const char* kOpenApiV2 = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

std::vector<std::string> Segments(const std::string& path) {
  std::vector<std::string> segments;
  std::string segment;
  for (const char c : path + "/") {
    if (c != '/') {
      segment += c;
    } else if (!segment.empty()) {
      segments.push_back(std::exchange(segment, {}));
    }
  }
  return segments;
}

HttpReply Document(const Json& document) {
  if (document.is_null()) return PlainNotFound();
  HttpReply reply;
  reply.body = document.dump() + "\n";
  return reply;
}

// The aggregated form when the client asks for it first, else nullopt.
std::optional<HttpReply> Aggregated(const HttpRequest& request, const Registry& registry,
                                    bool core) {
  for (const char* version : {"v2", "v2beta1"}) {
    const std::string type = std::string("application/json;g=apidiscovery.k8s.io;v=") + version +
                             ";as=APIGroupDiscoveryList";
    if (request.accept.find(type) == std::string::npos) continue;
    HttpReply reply = Document(AggregatedDiscovery(registry, version, core));
    reply.content_type = type;
    return reply;
  }
  return std::nullopt;
}

HttpReply OpenApiV2(const HttpRequest& request, const Registry& registry) {
  HttpReply reply;
  if (request.accept.find("protobuf") == std::string::npos) {
    reply.code = 406;
    reply.content_type = "text/plain";
    reply.body = "devcluster has this document as protobuf only; see /openapi/v3\n";
  } else {
    reply.content_type = kOpenApiV2;
    reply.body = OpenApiV2Protobuf(registry);
  }
  return reply;
}

std::optional<HttpReply> OpenApi(const HttpRequest& request, const Registry& registry,
                                 const std::vector<std::string>& at) {
  if (at.size() == 2 && at[1] == "v2") return OpenApiV2(request, registry);
  if (at.size() < 2 || at[1] != "v3") return PlainNotFound();
  if (at.size() == 2) return Document(OpenApiIndex(registry));
  if (at.size() == 4 && at[2] == "api") return Document(OpenApiDocument(registry, "", at[3]));
  if (at.size() == 5 && at[2] == "apis") return Document(OpenApiDocument(registry, at[3], at[4]));
  return PlainNotFound();
}

}  // namespace

HttpReply PlainNotFound() {
  HttpReply reply;
  reply.code = 404;
  reply.content_type = "text/plain; charset=utf-8";
  reply.body = "404 page not found\n";
  return reply;
}

std::optional<ResourcePath> ParseResourcePath(const std::string& path) {
  const std::vector<std::string> at = Segments(path);
  ResourcePath resource;
  std::size_t next = 0;
  if (at.size() > 2 && at[0] == "api") {
    resource.version = at[1];
    next = 2;
  } else if (at.size() > 3 && at[0] == "apis") {
    resource.group = at[1];
    resource.version = at[2];
    next = 3;
  } else {
    return std::nullopt;
  }
  // /namespaces/NS/PLURAL is a collection in a namespace; /namespaces/NS and /namespaces/NS/status
  // are the namespace itself.
  const bool below_namespace = at[next] == "namespaces" && at.size() >= next + 3 &&
                               at[next + 2] != "status" && at[next + 2] != "finalize";
  if (below_namespace) {
    resource.ns = at[next + 1];
    next += 2;
  }
  resource.plural = at[next];
  if (at.size() > next + 1) resource.name = at[next + 1];
  if (at.size() > next + 2) resource.subresource = at[next + 2];
  if (at.size() > next + 3) return std::nullopt;
  return resource;
}

std::optional<HttpReply> HealthReply(const HttpRequest& request) {
  const std::vector<std::string> at = Segments(request.path);
  if (request.method != "GET" || at.empty()) return std::nullopt;
  if (at[0] == "version" && at.size() == 1) return Document(VersionInfo());
  if (at[0] != "healthz" && at[0] != "livez" && at[0] != "readyz") return std::nullopt;
  HttpReply reply;
  reply.content_type = "text/plain; charset=utf-8";
  reply.body = "ok";
  return reply;
}

std::optional<HttpReply> DocumentReply(const HttpRequest& request, const Registry& registry) {
  const std::vector<std::string> at = Segments(request.path);
  if (request.method != "GET" || at.empty()) return std::nullopt;
  if (at[0] == "openapi") return OpenApi(request, registry, at);
  if (at[0] != "api" && at[0] != "apis") return std::nullopt;
  const bool core = at[0] == "api";
  if (at.size() == 1) {
    if (auto reply = Aggregated(request, registry, core)) return reply;
    return Document(core ? CoreVersions("127.0.0.1") : GroupList(registry));
  }
  if (core && at.size() == 2) return Document(ResourceList(registry, "", at[1]));
  if (!core && at.size() == 2) return Document(Group(registry, at[1]));
  if (!core && at.size() == 3) return Document(ResourceList(registry, at[1], at[2]));
  return std::nullopt;
}

}  // namespace schemaop::devcluster
