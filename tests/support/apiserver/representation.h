// How a client wants objects shown: as they are, as a Table, or their metadata only.
#pragma once

#include <string>
#include <vector>

#include "tests/support/apiserver/resource_type.h"
#include "tests/support/apiserver/table.h"

namespace schemaop::devcluster {

enum class Shape { kObject, kTable, kMetadata };

struct Representation {
  Shape shape = Shape::kObject;
  RowObject rows = RowObject::kMetadata;  // for kTable
};

// From the Accept header, first acceptable entry wins, and the query parameter includeObject.
Answer<Representation> ParseRepresentation(const std::string& accept,
                                           const std::string& include_object);

// One object; lists are made by ListBody.
Json Show(const ResourceType& type, const Json& object, const Representation& as);
Json ListBody(const ResourceType& type, const std::vector<Json>& objects, const Json& metadata,
              const Representation& as);

}  // namespace schemaop::devcluster
