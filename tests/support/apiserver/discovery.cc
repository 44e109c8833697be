#include "tests/support/apiserver/discovery.h"

#include <map>

namespace schemaop::devcluster {
namespace {

const std::vector<std::string> kVerbs = {"create", "delete", "deletecollection", "get",
                                         "list",   "patch",  "update",           "watch"};
const std::vector<std::string> kStatusVerbs = {"get", "patch", "update"};

// Reviews are answered, not stored, so they are no ResourceType; discovery names them all the same.
struct Review {
  const char* group;
  const char* kind;
  const char* plural;
};
constexpr Review kReviews[] = {
    {"authorization.k8s.io", "SelfSubjectAccessReview", "selfsubjectaccessreviews"},
    {"authorization.k8s.io", "SelfSubjectRulesReview", "selfsubjectrulesreviews"},
    {"authentication.k8s.io", "SelfSubjectReview", "selfsubjectreviews"}};

std::map<std::string, std::vector<std::string>> Groups(const Registry& registry) {
  std::map<std::string, std::vector<std::string>> groups;
  for (const TypePtr& type : registry.All()) {
    std::vector<std::string>& versions = groups[type->group];
    if (versions.empty() || versions.back() != type->version) versions.push_back(type->version);
  }
  for (const Review& review : kReviews) groups[review.group] = {"v1"};
  return groups;
}

Json GroupJson(const std::string& name, const std::vector<std::string>& versions) {
  Json list = Json::array();
  for (const std::string& version : versions) {
    list.push_back({{"groupVersion", name + "/" + version}, {"version", version}});
  }
  return {{"name", name}, {"versions", list}, {"preferredVersion", list[0]}};
}

Json Resource(const ResourceType& type) {
  Json resource = {{"name", type.plural},
                   {"singularName", type.singular},
                   {"namespaced", type.namespaced},
                   {"kind", type.kind},
                   {"verbs", kVerbs}};
  if (!type.short_names.empty()) resource["shortNames"] = type.short_names;
  if (!type.categories.empty()) resource["categories"] = type.categories;
  return resource;
}

Json AggregatedResource(const ResourceType& type) {
  const auto kind = [&] {
    return Json{{"group", type.group}, {"version", type.version}, {"kind", type.kind}};
  };
  Json resource = {{"resource", type.plural},
                   {"responseKind", kind()},
                   {"scope", type.namespaced ? "Namespaced" : "Cluster"},
                   {"singularResource", type.singular},
                   {"verbs", kVerbs}};
  if (!type.short_names.empty()) resource["shortNames"] = type.short_names;
  if (!type.categories.empty()) resource["categories"] = type.categories;
  if (type.has_status) {
    resource["subresources"] = {
        {{"subresource", "status"}, {"responseKind", kind()}, {"verbs", kStatusVerbs}}};
  }
  return resource;
}

Json AggregatedVersion(const Registry& registry, const std::string& group,
                       const std::string& version) {
  Json resources = Json::array();
  for (const TypePtr& type : registry.All()) {
    if (type->group == group && type->version == version)
      resources.push_back(AggregatedResource(*type));
  }
  for (const Review& review : kReviews) {
    if (group != review.group) continue;
    resources.push_back(
        {{"resource", review.plural},
         {"scope", "Cluster"},
         {"singularResource", ""},
         {"verbs", {"create"}},
         {"responseKind", {{"group", group}, {"version", version}, {"kind", review.kind}}}});
  }
  return {{"version", version}, {"resources", std::move(resources)}, {"freshness", "Current"}};
}

}  // namespace

Json VersionInfo() {
  return {{"major", "1"},        {"minor", "32"},           {"gitVersion", "v1.32.0-devcluster"},
          {"gitCommit", ""},     {"gitTreeState", "clean"}, {"buildDate", "1970-01-01T00:00:00Z"},
          {"goVersion", "none"}, {"compiler", "gcc"},       {"platform", "linux/amd64"}};
}

Json CoreVersions(const std::string& address) {
  return {
      {"kind", "APIVersions"},
      {"versions", {"v1"}},
      {"serverAddressByClientCIDRs", {{{"clientCIDR", "0.0.0.0/0"}, {"serverAddress", address}}}}};
}

Json GroupList(const Registry& registry) {
  Json groups = Json::array();
  for (const auto& [name, versions] : Groups(registry)) {
    if (!name.empty()) groups.push_back(GroupJson(name, versions));
  }
  return {{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", std::move(groups)}};
}

Json Group(const Registry& registry, const std::string& group) {
  const auto groups = Groups(registry);
  const auto found = groups.find(group);
  if (group.empty() || found == groups.end()) return nullptr;
  Json body = GroupJson(group, found->second);
  body["kind"] = "APIGroup";
  body["apiVersion"] = "v1";
  return body;
}

Json ResourceList(const Registry& registry, const std::string& group, const std::string& version) {
  Json resources = Json::array();
  for (const TypePtr& type : registry.All()) {
    if (type->group != group || type->version != version) continue;
    resources.push_back(Resource(*type));
    if (!type->has_status) continue;
    resources.push_back({{"name", type->plural + "/status"},
                         {"singularName", ""},
                         {"namespaced", type->namespaced},
                         {"kind", type->kind},
                         {"verbs", kStatusVerbs}});
  }
  for (const Review& review : kReviews) {
    if (group != review.group || version != "v1") continue;
    resources.push_back({{"name", review.plural},
                         {"singularName", ""},
                         {"namespaced", false},
                         {"kind", review.kind},
                         {"verbs", {"create"}}});
  }
  if (resources.empty()) return nullptr;
  return {{"kind", "APIResourceList"},
          {"apiVersion", "v1"},
          {"groupVersion", group.empty() ? version : group + "/" + version},
          {"resources", std::move(resources)}};
}

Json AggregatedDiscovery(const Registry& registry, const std::string& version, bool core) {
  Json items = Json::array();
  for (const auto& [name, versions] : Groups(registry)) {
    if (name.empty() != core) continue;
    Json list = Json::array();
    for (const std::string& one : versions) list.push_back(AggregatedVersion(registry, name, one));
    Json metadata = {{"creationTimestamp", nullptr}};
    if (!name.empty()) metadata["name"] = name;
    items.push_back({{"metadata", metadata}, {"versions", std::move(list)}});
  }
  return {{"kind", "APIGroupDiscoveryList"},
          {"apiVersion", "apidiscovery.k8s.io/" + version},
          {"metadata", Json::object()},
          {"items", std::move(items)}};
}

}  // namespace schemaop::devcluster
