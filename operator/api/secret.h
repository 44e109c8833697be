// Secrets and ConfigMaps: their data as plain maps.
#pragma once

#include <map>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "api/object_meta.h"
#include "base/error.h"

namespace schemaop {

struct Secret {
  ObjectMeta metadata;
  std::map<std::string, std::string> data;  // decoded bytes; never logged
};

struct ConfigMap {
  ObjectMeta metadata;
  std::map<std::string, std::string> data;  // `data` and decoded `binaryData`
};

Result<Secret> ParseSecret(const nlohmann::json& object);
Result<ConfigMap> ParseConfigMap(const nlohmann::json& object);

}  // namespace schemaop
