#include "api/object_meta.h"

#include <nlohmann/json.hpp>

namespace schemaop {
namespace {

std::string MetaText(const nlohmann::json& metadata, const char* name) {
  const auto found = metadata.find(name);
  return found != metadata.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::string ToString(const ObjectKey& key) { return key.namespace_name + "/" + key.name; }

bool IsDnsSubdomain(std::string_view name) {
  constexpr std::size_t kMaxLength = 253;
  if (name.empty() || name.size() > kMaxLength) return false;
  const auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  char before = '.';
  for (const char c : name) {
    if (!alphanumeric(c) && c != '-' && c != '.') return false;
    // A label neither begins nor ends with '-', and is never empty.
    if (before == '.' && !alphanumeric(c)) return false;
    if (before == '-' && c == '.') return false;
    before = c;
  }
  return alphanumeric(before);
}

Result<ObjectMeta> ParseObjectMeta(const nlohmann::json& object) {
  if (!object.is_object() || !object.contains("metadata") || !object["metadata"].is_object()) {
    return Fail(ErrorCode::kInvalid, "metadata: must be an object");
  }
  const nlohmann::json& metadata = object["metadata"];
  ObjectMeta meta;
  meta.namespace_name = MetaText(metadata, "namespace");
  meta.name = MetaText(metadata, "name");
  meta.uid = MetaText(metadata, "uid");
  meta.resource_version = MetaText(metadata, "resourceVersion");
  if (meta.name.empty()) return Fail(ErrorCode::kInvalid, "metadata.name: must not be empty");
  if (const auto found = metadata.find("generation");
      found != metadata.end() && found->is_number_integer()) {
    meta.generation = found->get<std::int64_t>();
  }
  if (const auto found = metadata.find("annotations");
      found != metadata.end() && found->is_object()) {
    for (const auto& [name, value] : found->items()) {
      if (value.is_string()) meta.annotations.emplace(name, value.get<std::string>());
    }
  }
  meta.deleting = !MetaText(metadata, "deletionTimestamp").empty();
  return meta;
}

}  // namespace schemaop
