// Events of events.k8s.io/v1, rendered so that the server's strict validation accepts them
// (ValidateEventCreate of pkg/apis/core/validation).
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "api/object_meta.h"
#include "api/schema_version.h"
#include "base/time.h"

namespace schemaop {

// One thing that happened to one object.
struct Event {
  enum class Type { kNormal, kWarning };

  ObjectMeta regarding;  // the object; its namespace is the event's
  // What kind of object that is: by default a SchemaVersion.
  std::string regarding_api_version = std::string(kApiGroup) + "/" + std::string(kApiVersion);
  std::string regarding_kind = std::string(kSchemaVersionKind);
  Type type = Type::kNormal;
  std::string reason;              // why, CamelCase
  std::string action;              // what was being done, CamelCase
  std::string note;                // for people; cut at 1024 bytes
  std::string reporting_instance;  // the pod; cut at 128 bytes
  Time time;                       // also makes the name: no two events of an object may share it
};

// The object to POST to /apis/events.k8s.io/v1/namespaces/<namespace>/events. Its name is
// "<object>.<nanoseconds, hexadecimal>", as client-go names events, or a digest when that would be
// too long.
nlohmann::json ToJson(const Event& event);

}  // namespace schemaop
