// What holds for the metadata and shape of every object, whatever its kind.
#pragma once

#include <string>
#include <vector>

#include "tests/support/apiserver/writer.h"

namespace schemaop::devcluster {

// A 400 or 422 unless `body` is an object of the target's apiVersion, kind, namespace and name.
Answer<void> CheckIdentity(const Target& target, Json& body);

// Removes empty and null members of metadata: Go leaves them out when it writes.
void DropEmptyMetadata(Json& object);

// metadata.name must be there and be a DNS subdomain; label keys and values must be legal.
std::vector<Cause> ValidateMetadata(const Json& object);

// What an update may not do to metadata.
std::vector<Cause> ValidateMetadataUpdate(const Json& old, const Json& updated);

// Puts back what only the server sets, from `old`.
void KeepServerMetadata(const Json& old, Json& updated);

// Anything but metadata (and status, where that is a subresource) differs.
bool ContentDiffers(const ResourceType& type, const Json& old, const Json& updated);

// Removes unknown fields. Under Strict they are an error text, under Warn warnings.
Answer<std::vector<std::string>> PruneUnknown(const ResourceType& type, Json& object,
                                              const std::string& validation);

}  // namespace schemaop::devcluster
