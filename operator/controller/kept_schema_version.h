// A SchemaVersion as the store keeps it: ten thousand of them must not fill a pod.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "api/object_meta.h"
#include "api/schema_version.h"
#include "base/compression.h"
#include "base/error.h"

namespace schemaop {

// Immutable and small. What nobody reads of an object (managedFields, what kubectl applied last) is
// not kept.
struct KeptSchemaVersion {
  ObjectMeta metadata;  // of the annotations schemaversion.io/requestedAt alone
  CompressedText packed;
  std::shared_ptr<const std::string> model;  // one for all that one reflector reads

  // The object; kInternal when that is not what was kept.
  Result<SchemaVersion> Read() const;
};

// Reads objects as a server sends them, as ParseSchemaVersion does. The first becomes the model of
// those after it. Of one thread, as its copies are.
std::function<Result<KeptSchemaVersion>(const nlohmann::json&)> SchemaVersionKeeper();

}  // namespace schemaop
