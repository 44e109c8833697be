// The two halves of ParseSchemaVersion.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "api/schema_version.h"
#include "base/error.h"

namespace schemaop {

// `object["spec"]`; kInvalid as "spec.field: ..." for the first field that breaks a rule.
Result<SchemaVersionSpec> ParseSchemaVersionSpec(const nlohmann::json& object);

// `object["status"]`; what cannot be read reads as absent, since this program is its only writer.
SchemaVersionStatus ParseSchemaVersionStatus(const nlohmann::json& object);

}  // namespace schemaop
