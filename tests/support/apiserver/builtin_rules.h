// What the real server does to built-in kinds on writes, beyond storing them.
#pragma once

#include <vector>

#include "tests/support/apiserver/resource_type.h"

namespace schemaop::devcluster {

// Defaults and derived fields (a Secret's stringData, a Namespace's phase, a CRD's conditions), in
// the stored form. `old` is null for a creation.
void PrepareBuiltin(const ResourceType& type, Json& object, const Json* old);

// What is wrong with the object. Empty: nothing.
std::vector<Cause> ValidateBuiltin(const ResourceType& type, const Json& object, const Json* old);

// Values Go would fail to decode: a MicroTime without microseconds, data that is no base64. The
// text of the 400; "" when there are none.
std::string DecodingError(const ResourceType& type, const Json& object);

// Both APIs of events show the same objects; the store keeps the core form.
Json ToStored(const ResourceType& type, Json object);
Json FromStored(const ResourceType& type, const Json& stored);

}  // namespace schemaop::devcluster
