// OpenAPI documents: what kubectl validates against and `kubectl explain` reads.
#pragma once

#include <string>

#include "tests/support/apiserver/resource_type.h"

namespace schemaop::devcluster {

// /openapi/v3: the index. Each document's URL carries a digest of it, as clients cache by URL.
Json OpenApiIndex(const Registry& registry);

// /openapi/v3/apis/GROUP/VERSION (or api/v1); null when there is none.
Json OpenApiDocument(const Registry& registry, const std::string& group,
                     const std::string& version);

// /openapi/v2 as gnostic's protobuf: the only form kubectl before 1.29 reads.
std::string OpenApiV2Protobuf(const Registry& registry);

// The schema of a type with apiVersion, kind and metadata filled in.
Json FullSchema(const ResourceType& type);

}  // namespace schemaop::devcluster
