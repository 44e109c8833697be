// What a request says besides its path: bodies, options and their checks.
#pragma once

#include "tests/support/apiserver/http_message.h"
#include "tests/support/apiserver/list.h"
#include "tests/support/apiserver/writer.h"

namespace schemaop::devcluster {

// The body as JSON, from JSON, YAML or Kubernetes protobuf as its Content-Type says.
Answer<Json> ParseBody(const HttpRequest& request, const ResourceType* type);

// YAML as JSON; JSON is YAML. 400 when it is malformed.
Answer<Json> ParseYaml(const std::string& text);

// `kind` is CreateOptions, UpdateOptions or PatchOptions, for the text of refusals.
Answer<WriteOptions> ParseWriteOptions(const HttpRequest& request, const char* kind);
Answer<DeleteOptions> ParseDeleteOptions(const HttpRequest& request);
Answer<ListOptions> ParseListOptions(const HttpRequest& request, const ResourceType& type);

// From the Content-Type; 415 for one the type does not take.
Answer<PatchKind> ParsePatchKind(const HttpRequest& request, const ResourceType& type);

}  // namespace schemaop::devcluster
