// Secrets and ConfigMaps: their data as plain maps.
#pragma once

#include <map>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "api/object_meta.h"
#include "base/error.h"

namespace schemaop {

// A core/v1 Secret.
struct Secret {
  ObjectMeta metadata;
  std::map<std::string, std::string> data;  // decoded bytes; never logged
};

// A core/v1 ConfigMap.
struct ConfigMap {
  ObjectMeta metadata;
  std::map<std::string, std::string> data;  // `data` and decoded `binaryData`
};

// Read an object as a server sends it. kInvalid names the entry that is not what it must be, never
// its value.
Result<Secret> ParseSecret(const nlohmann::json& object);
Result<ConfigMap> ParseConfigMap(const nlohmann::json& object);

}  // namespace schemaop
