#include "kube/api_call.h"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace schemaop {

using nlohmann::json;

std::string_view AcceptedObjects(Representation representation) {
  if (representation != Representation::kMetadata) return "application/json";
  return "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
}

std::string_view AcceptedLists(Representation representation) {
  if (representation != Representation::kMetadata) return "application/json";
  return "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
}

std::string RequestName(const ApiCall& call) {
  const std::string_view path = call.path;
  return fmt::format("{} {}", call.method, path.substr(0, path.find('?')));
}

ApiError NoAnswer(Error error, const ApiCall& call) {
  return NoAnswer(std::move(error), RequestName(call));
}

std::string_view PatchContentType(PatchType type) {
  switch (type) {
    case PatchType::kMerge:
      return "application/merge-patch+json";
    case PatchType::kJson:
      return "application/json-patch+json";
    case PatchType::kApply:
      return "application/apply-patch+yaml";
  }
  return "application/merge-patch+json";
}

std::string RequestBody(const json& document) {
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

ApiResult<json> ParseAnswer(ApiResult<std::string> body, const ApiCall& call) {
  if (!body) return tl::unexpected(std::move(body).error());
  json document = json::parse(*body, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) {
    return tl::unexpected(NoAnswer(
        {ErrorCode::kUnavailable, "the answer is not JSON; it was cut or comes from a proxy"},
        call));
  }
  return document;
}

}  // namespace schemaop
