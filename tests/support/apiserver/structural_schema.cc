#include "tests/support/apiserver/structural_schema.h"

namespace schemaop::devcluster {
namespace {

const Json* Member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

bool Keeps(const Json& schema) {
  return schema.value("x-kubernetes-preserve-unknown-fields", false);
}

// The schema of member `key`: its property, else additionalProperties when that is a schema.
const Json* SchemaOf(const Json& schema, const std::string& key) {
  if (const Json* properties = Member(schema, "properties")) {
    if (const auto found = properties->find(key); found != properties->end()) return &*found;
  }
  const Json* additional = Member(schema, "additionalProperties");
  return additional && additional->is_object() ? additional : nullptr;
}

std::string Joined(const std::string& path, const std::string& key) {
  return path.empty() ? key : path + "." + key;
}

void PruneAt(Json& value, const Json& schema, const std::string& path, bool root,
             std::vector<std::string>& removed) {
  if (value.is_array()) {
    const Json* items = Member(schema, "items");
    for (std::size_t i = 0; items && i < value.size(); ++i) {
      PruneAt(value[i], *items, path + "[" + std::to_string(i) + "]", false, removed);
    }
    return;
  }
  if (!value.is_object()) return;
  const bool embedded = root || schema.value("x-kubernetes-embedded-resource", false);
  const Json* additional = Member(schema, "additionalProperties");
  const bool open = Keeps(schema) || (additional && additional->is_boolean() && *additional);
  for (auto member = value.begin(); member != value.end();) {
    const std::string& key = member.key();
    if (embedded && (key == "apiVersion" || key == "kind" || key == "metadata")) {
      ++member;
    } else if (const Json* sub = SchemaOf(schema, key)) {
      PruneAt(*member, *sub, Joined(path, key), false, removed);
      ++member;
    } else if (open) {
      ++member;
    } else {
      removed.push_back(Joined(path, key));
      member = value.erase(member);
    }
  }
}

void DefaultAt(Json& value, const Json& schema);

void DefaultMembers(Json& value, const Json& schema) {
  const Json* properties = Member(schema, "properties");
  if (properties) {
    for (const auto& [key, sub] : properties->items()) {
      const Json* fallback = Member(sub, "default");
      if (!fallback) continue;
      const auto found = value.find(key);
      const bool pruned_null =
          found != value.end() && found->is_null() && !sub.value("nullable", false);
      if (found == value.end() || pruned_null) value[key] = *fallback;
    }
  }
  for (auto& [key, member] : value.items()) {
    if (const Json* sub = SchemaOf(schema, key)) DefaultAt(member, *sub);
  }
}

void DefaultAt(Json& value, const Json& schema) {
  if (value.is_object()) {
    DefaultMembers(value, schema);
  } else if (value.is_array()) {
    if (const Json* items = Member(schema, "items")) {
      for (Json& item : value) DefaultAt(item, *items);
    }
  }
}

}  // namespace

std::vector<std::string> Prune(Json& object, const Json& schema) {
  std::vector<std::string> removed;
  if (schema.is_object()) PruneAt(object, schema, "", true, removed);
  return removed;
}

void ApplyDefaults(Json& object, const Json& schema) {
  if (schema.is_object()) DefaultAt(object, schema);
}

}  // namespace schemaop::devcluster
