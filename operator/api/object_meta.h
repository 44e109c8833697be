// metadata of a Kubernetes object: the parts this operator reads.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

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

// Whether `name` is a DNS subdomain (RFC 1123, at most 253 bytes), as the names of most objects
// must be. Such a name needs no percent-encoding in a path.
bool IsDnsSubdomain(std::string_view name);

// Members the server left out read as empty.
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

// Reads `object["metadata"]`; annotations that are no text are left out. kInvalid when there is no
// name.
Result<ObjectMeta> ParseObjectMeta(const nlohmann::json& object);

}  // namespace schemaop
