// The three kinds of patch besides server-side apply.
#pragma once

#include "tests/support/apiserver/status_error.h"

namespace schemaop::devcluster {

// RFC 7396.
Answer<Json> ApplyMergePatch(const Json& object, const Json& patch);

// RFC 6902, with the real server's texts: a malformed patch is a 400, one that does not fit (a
// `test` that fails, a path that is not there) a 422.
Answer<Json> ApplyJsonPatch(const Json& object, const Json& patch);

// Kubernetes' strategic merge, as far as built-in kinds need it: lists with a merge key are merged
// by it, $patch, $retainKeys, $deleteFromPrimitiveList and $setElementOrder are understood.
Answer<Json> ApplyStrategicPatch(const Json& object, const Json& patch);

}  // namespace schemaop::devcluster
