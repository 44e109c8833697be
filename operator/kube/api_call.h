// One call of the Kubernetes API: what it asks for, what it is called in errors, what its body is.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "kube/api_error.h"
#include "kube/client.h"
#include "kube/paths.h"

namespace schemaop {

// The Accept header of a watch or of one object, and that of a list. Servers that know no partial
// objects answer with whole ones, which are read as well.
std::string_view AcceptedObjects(Representation representation);
std::string_view AcceptedLists(Representation representation);

// A call, before what every request gets. `path` outlives it.
struct ApiCall {
  std::string_view method;
  const std::string& path;
  std::string content_type;
  std::string body;
  bool compressed = false;  // ask for gzip
  std::string_view accept = AcceptedObjects(Representation::kObject);
};

// "GET /apis/...", without the query: it holds nothing people look for.
std::string RequestName(const ApiCall& call);

// The error of a call that got no answer, or none that can be read.
ApiError NoAnswer(Error error, const ApiCall& call);

// The Content-Type of a patch.
std::string_view PatchContentType(PatchType type);

// `document` as a body. Malformed UTF-8 becomes U+FFFD: an error text of a database may hold any
// bytes.
std::string RequestBody(const nlohmann::json& document);

// The document in the answer to `call`; kUnavailable when it is none.
ApiResult<nlohmann::json> ParseAnswer(ApiResult<std::string> body, const ApiCall& call);

}  // namespace schemaop
