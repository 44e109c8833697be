// Paths of the Kubernetes API: a resource, a namespace and a name in; a percent-encoded request
// target out.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/object_meta.h"

namespace schemaop {

// A kind of object as the API server serves it. An empty group is the core group ("/api/v1").
struct ApiResource {
  std::string group;    // "schemaversion.io"
  std::string version;  // "v1alpha1"
  std::string plural;   // "schemaversions"

  bool operator==(const ApiResource&) const = default;
};

// How much of each object a list or watch asks for. kMetadata saves memory on both sides and needs
// the same rights: list and watch of a Secret may read it whole.
enum class Representation { kObject, kMetadata };

// Query parameters in the order they are sent; values are encoded here, not by the caller.
using QueryParameters = std::vector<std::pair<std::string, std::string>>;

// "/apis/GROUP/VERSION[/namespaces/NAMESPACE]/PLURAL"; an empty namespace means all of them (or a
// cluster-scoped kind).
std::string CollectionPath(const ApiResource& resource, std::string_view namespace_name);

// The path of one object.
std::string ObjectPath(const ApiResource& resource, const ObjectKey& key);

// The path of a part of one object, as in ".../status".
std::string SubresourcePath(const ApiResource& resource, const ObjectKey& key,
                            std::string_view subresource);

// `path` with "?a=b&c=d" behind it; unchanged when there are no parameters.
std::string WithQuery(std::string path, const QueryParameters& parameters);

// `text` with every byte outside RFC 3986's unreserved set as %XX.
std::string PercentEncode(std::string_view text);

}  // namespace schemaop
