// The OpenAPI v2 document in gnostic's protobuf (OpenAPIv2.proto of github.com/google/gnostic), as
// far as kubectl reads it: definitions with their group, version and kind.
#include <fmt/format.h>

#include "tests/support/apiserver/openapi.h"
#include "tests/support/apiserver/protobuf.h"

namespace schemaop::devcluster {
namespace {

// Field numbers of openapi.v2.Schema.
enum SchemaField {
  kFormat = 2,
  kDescription = 4,
  kRequired = 19,
  kAdditionalProperties = 21,
  kType = 22,
  kItems = 23,
  kProperties = 25,
  kVendorExtension = 31
};

MessageWriter Schema(const Json& schema) {
  MessageWriter out;
  if (schema.contains("format")) out.String(kFormat, schema["format"].get<std::string>());
  if (schema.contains("description"))
    out.String(kDescription, schema["description"].get<std::string>());
  for (const Json& name : schema.value("required", Json::array())) {
    out.String(kRequired, name.get<std::string>());
  }
  if (const auto more = schema.find("additionalProperties");
      more != schema.end() && more->is_object()) {
    MessageWriter item;
    item.Message(1, Schema(*more));
    out.Message(kAdditionalProperties, item);
  }
  if (schema.contains("type")) {
    MessageWriter type;
    type.String(1, schema["type"].get<std::string>());
    out.Message(kType, type);
  }
  if (schema.contains("items")) {
    MessageWriter items;
    items.Message(1, Schema(schema["items"]));
    out.Message(kItems, items);
  }
  const Json members = schema.value("properties", Json::object());
  MessageWriter properties;
  for (const auto& [name, member] : members.items()) {
    MessageWriter named;
    named.String(1, name);
    named.Message(2, Schema(member));
    properties.Message(1, named);
  }
  if (!members.empty()) out.Message(kProperties, properties);
  return out;
}

// A NamedAny whose value is YAML text; JSON is YAML.
MessageWriter Extension(const std::string& name, const Json& value) {
  MessageWriter any, named;
  any.String(2, value.dump());
  named.String(1, name);
  named.Message(2, any);
  return named;
}

}  // namespace

std::string OpenApiV2Protobuf(const Registry& registry) {
  MessageWriter definitions;
  for (const TypePtr& type : registry.All()) {
    // Kinds without a schema are left out: clients take any content for a kind they do not find.
    if (!type->schema.is_object()) continue;
    const Json full = FullSchema(*type);
    MessageWriter schema = Schema(full);
    schema.Message(kVendorExtension, Extension("x-kubernetes-group-version-kind",
                                               full["x-kubernetes-group-version-kind"]));
    MessageWriter named;
    named.String(1, fmt::format("{}.{}.{}", type->group, type->version, type->kind));
    named.Message(2, schema);
    definitions.Message(1, named);
  }
  MessageWriter info, document;
  info.String(1, "devcluster");
  info.String(2, "v1");
  document.String(1, "2.0");
  document.Message(2, info);
  document.Message(8, MessageWriter());
  document.Message(9, definitions);
  return document.bytes();
}

}  // namespace schemaop::devcluster
