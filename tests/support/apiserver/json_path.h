// The JSONPath subset printer columns use: .a.b, ['a'], [0], [*], [?(@.type=="Ready")], "\."
// escapes.
#pragma once

#include <string>

#include "tests/support/apiserver/status_error.h"

namespace schemaop::devcluster {

// The first value `path` finds in `object`; null when there is none or the path is malformed.
Json FirstAt(const Json& object, const std::string& path);

}  // namespace schemaop::devcluster
