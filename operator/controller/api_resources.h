// The kinds this operator reads and writes.
#pragma once

#include <string>

#include "api/schema_version.h"
#include "kube/paths.h"

namespace schemaop {

// SchemaVersions of this group and version.
inline ApiResource SchemaVersionResource() {
  return {std::string(kApiGroup), std::string(kApiVersion), std::string(kSchemaVersionPlural)};
}

// core/v1.
inline ApiResource SecretResource() { return {"", "v1", "secrets"}; }
inline ApiResource ConfigMapResource() { return {"", "v1", "configmaps"}; }

// events.k8s.io/v1.
inline ApiResource EventResource() { return {"events.k8s.io", "v1", "events"}; }

}  // namespace schemaop
