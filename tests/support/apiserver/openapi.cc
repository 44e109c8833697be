#include "tests/support/apiserver/openapi.h"

#include <functional>

#include <fmt/format.h>

namespace schemaop::devcluster {
namespace {

Json KindOf(const ResourceType& type) {
  return {{"group", type.group}, {"version", type.version}, {"kind", type.kind}};
}

std::string SchemaName(const ResourceType& type) {
  return (type.group.empty() ? "core" : type.group) + "." + type.version + "." + type.kind;
}

Json Operation(const ResourceType& type, const char* action) {
  const std::string ref = "#/components/schemas/" + SchemaName(type);
  Json parameters = Json::array();
  for (const char* name : {"dryRun", "fieldManager", "fieldValidation"}) {
    parameters.push_back({{"name", name}, {"in", "query"}, {"schema", {{"type", "string"}}}});
  }
  return {{"operationId", std::string(action) + type.kind},
          {"x-kubernetes-action", action},
          {"x-kubernetes-group-version-kind", KindOf(type)},
          {"parameters", std::move(parameters)},
          {"responses",
           {{"200",
             {{"description", "OK"},
              {"content", {{"application/json", {{"schema", {{"$ref", ref}}}}}}}}}}}};
}

std::string Root(const std::string& group, const std::string& version) {
  return group.empty() ? "api/" + version : "apis/" + group + "/" + version;
}

}  // namespace

Json FullSchema(const ResourceType& type) {
  Json schema = type.schema.is_object()
                    ? type.schema
                    : Json{{"type", "object"}, {"x-kubernetes-preserve-unknown-fields", true}};
  Json& properties = schema["properties"];
  properties["apiVersion"] = {
      {"type", "string"},
      {"description",
       "APIVersion defines the versioned schema of this representation of an object."}};
  properties["kind"] = {
      {"type", "string"},
      {"description",
       "Kind is a string value representing the REST resource this object represents."}};
  properties["metadata"] = {
      {"type", "object"},
      {"description", "Standard object's metadata."},
      {"properties",
       {{"name", {{"type", "string"}, {"description", "Name, unique within a namespace."}}},
        {"namespace", {{"type", "string"}, {"description", "The namespace the object is in."}}},
        {"labels",
         {{"type", "object"},
          {"description", "Keys and values to organise and select objects by."},
          {"additionalProperties", {{"type", "string"}}}}},
        {"annotations",
         {{"type", "object"},
          {"description", "Keys and values tools keep with the object."},
          {"additionalProperties", {{"type", "string"}}}}}}}};
  schema["x-kubernetes-group-version-kind"] = {KindOf(type)};
  return schema;
}

Json OpenApiDocument(const Registry& registry, const std::string& group,
                     const std::string& version) {
  Json paths = Json::object(), schemas = Json::object();
  for (const TypePtr& type : registry.All()) {
    if (type->group != group || type->version != version) continue;
    schemas[SchemaName(*type)] = FullSchema(*type);
    const std::string collection = "/" + Root(group, version) +
                                   (type->namespaced ? "/namespaces/{namespace}/" : "/") +
                                   type->plural;
    paths[collection] = {{"get", Operation(*type, "list")}, {"post", Operation(*type, "post")}};
    paths[collection + "/{name}"] = {{"get", Operation(*type, "get")},
                                     {"put", Operation(*type, "put")},
                                     {"patch", Operation(*type, "patch")},
                                     {"delete", Operation(*type, "delete")}};
  }
  if (schemas.empty()) return nullptr;
  return {{"openapi", "3.0.0"},
          {"info", {{"title", "devcluster"}, {"version", "v1"}}},
          {"paths", std::move(paths)},
          {"components", {{"schemas", std::move(schemas)}}}};
}

Json OpenApiIndex(const Registry& registry) {
  Json paths = Json::object();
  for (const TypePtr& type : registry.All()) {
    const std::string root = Root(type->group, type->version);
    if (paths.contains(root)) continue;
    const std::string text = OpenApiDocument(registry, type->group, type->version).dump();
    paths[root] = {{"serverRelativeURL", fmt::format("/openapi/v3/{}?hash={:016X}", root,
                                                     std::hash<std::string>()(text))}};
  }
  return {{"paths", std::move(paths)}};
}

}  // namespace schemaop::devcluster
