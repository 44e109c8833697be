// Structural schemas of CustomResourceDefinitions: pruning, defaulting and validation of an object.
#pragma once

#include <string>
#include <vector>

#include "tests/support/apiserver/status_error.h"

namespace schemaop::devcluster {

// Removes what the schema does not know, below the root's apiVersion, kind and metadata. Returns
// the paths removed ("spec.junk", "spec.items[0].x"), in order.
std::vector<std::string> Prune(Json& object, const Json& schema);

// Fills in defaults; a null where null is not allowed and a default exists becomes the default.
void ApplyDefaults(Json& object, const Json& schema);

// What is wrong with the object, with the texts of the real server. Empty: nothing.
// CEL rules (x-kubernetes-validations) are not evaluated.
std::vector<Cause> Validate(const Json& object, const Json& schema);

}  // namespace schemaop::devcluster
