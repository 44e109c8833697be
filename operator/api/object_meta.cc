#include "api/object_meta.h"

namespace schemaop {

std::string ToString(const ObjectKey& key) { return key.namespace_name + "/" + key.name; }

}  // namespace schemaop
