// metadata of a Kubernetes object: the parts this operator reads.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"

namespace schemaop {

// A namespaced object's key. Ordered, so that it can index maps.
struct ObjectKey {
  std::string namespace_name;
  std::string name;

  auto operator<=>(const ObjectKey&) const = default;
};

// "namespace/name".
std::string ToString(const ObjectKey& key);

struct ObjectMeta {
  std::string namespace_name;
  std::string name;
  std::string uid;
  std::string resource_version;  // opaque: compare for equality only
  std::int64_t generation = 0;
  std::map<std::string, std::string> annotations;
  bool deleting = false;  // deletionTimestamp is set

  ObjectKey key() const { return {namespace_name, name}; }
  bool operator==(const ObjectMeta&) const = default;
};

// Reads `object["metadata"]`. kInvalid when it is not what a server sends.
Result<ObjectMeta> ParseObjectMeta(const nlohmann::json& object);

}  // namespace schemaop
