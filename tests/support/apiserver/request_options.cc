#include "tests/support/apiserver/request_options.h"

#include <cctype>
#include <charconv>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "tests/support/apiserver/protobuf.h"

namespace schemaop::devcluster {
namespace {

constexpr int kMaxDepth = 200;

std::string MediaType(const std::string& content_type) {
  std::string type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && std::isspace(static_cast<unsigned char>(type.back()))) type.pop_back();
  return type;
}

// YAML 1.1 scalars as sigs.k8s.io/yaml reads them.
Json Scalar(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() == "!") return text;  // quoted
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL")
    return nullptr;
  bool flag = false;
  if (text != "y" && text != "Y" && text != "n" && text != "N" &&
      YAML::convert<bool>::decode(node, flag)) {
    return flag;
  }
  const char* end = text.data() + text.size();
  const char* begin = text.front() == '+' ? text.data() + 1 : text.data();
  std::int64_t integer = 0;
  if (std::from_chars(begin, end, integer).ptr == end) return integer;
  double real = 0;
  if (std::isdigit(static_cast<unsigned char>(text.back())) &&
      std::from_chars(begin, end, real).ptr == end) {
    return real;
  }
  return text;
}

Json FromYaml(const YAML::Node& node, int depth) {
  if (depth > kMaxDepth) return nullptr;
  switch (node.Type()) {
    case YAML::NodeType::Map: {
      Json object = Json::object();
      for (const auto& entry : node)
        object[entry.first.Scalar()] = FromYaml(entry.second, depth + 1);
      return object;
    }
    case YAML::NodeType::Sequence: {
      Json list = Json::array();
      for (const auto& item : node) list.push_back(FromYaml(item, depth + 1));
      return list;
    }
    case YAML::NodeType::Scalar:
      return Scalar(node);
    default:
      return nullptr;
  }
}

Answer<bool> ParseDryRun(const HttpRequest& request, const char* kind) {
  const std::string text = request.Query("dryRun");
  if (text.empty() || text == "All") return text == "All";
  return Invalid(
      {"meta.k8s.io", kind, kind}, "",
      {UnsupportedValue("dryRun", fmt::format("[]string{{{}}}", Json(text).dump()), {"All"})});
}

// The first part of the User-Agent names the manager when the request does not.
std::string ManagerOf(const HttpRequest& request) {
  const std::string named = request.Query("fieldManager");
  if (!named.empty()) return named;
  const std::string agent = request.user_agent.substr(0, request.user_agent.find('/'));
  return agent.empty() ? "unknown" : agent.substr(0, 128);
}

}  // namespace

Answer<Json> ParseYaml(const std::string& text) {
  try {
    return FromYaml(YAML::Load(text), 0);
  } catch (const YAML::Exception& error) {
    return BadRequest(fmt::format("error decoding YAML: {}", error.what()));
  }
}

Answer<Json> ParseBody(const HttpRequest& request, const ResourceType* type) {
  const std::string media = MediaType(request.content_type);
  if (media == "application/vnd.kubernetes.protobuf") {
    if (type && type->custom) {
      return UnsupportedMediaType(
          "the body of the request was in an unknown format - accepted media types include: "
          "application/json, application/yaml");
    }
    return DecodeKubernetesProtobuf(request.body);
  }
  if (media == "application/yaml" || media == "application/apply-patch+yaml") {
    return ParseYaml(request.body);
  }
  Json body = Json::parse(request.body, nullptr, false);
  if (!body.is_discarded()) return body;
  const std::string shown =
      request.body.empty() ? "<empty>"
                           : request.body.substr(0, 30) + (request.body.size() > 30 ? " ..." : "");
  return BadRequest(
      fmt::format("the object provided is unrecognized (must be of type {}): couldn't "
                  "get version/kind; json parse error: unexpected end of JSON input ({})",
                  type ? type->kind : "object", shown));
}

Answer<WriteOptions> ParseWriteOptions(const HttpRequest& request, const char* kind) {
  const auto dry_run = ParseDryRun(request, kind);
  if (!dry_run) return Refusal(dry_run.error());
  const std::string validation = request.Query("fieldValidation");
  if (!validation.empty() && validation != "Strict" && validation != "Warn" &&
      validation != "Ignore") {
    return Invalid({"meta.k8s.io", kind, kind}, "",
                   {UnsupportedValue("fieldValidation", Json(validation).dump(),
                                     {"Ignore", "Strict", "Warn"})});
  }
  const bool apply = MediaType(request.content_type) == "application/apply-patch+yaml";
  if (apply && request.Query("fieldManager").empty()) {
    return Invalid({"meta.k8s.io", kind, kind}, "",
                   {RequiredValue("fieldManager", "is required for apply patch")});
  }
  if (!apply && request.QueryFlag("force") && request.method == "PATCH") {
    return Invalid({"meta.k8s.io", kind, kind}, "",
                   {ForbiddenValue("force", "may not be specified for non-apply patch")});
  }
  return WriteOptions{*dry_run, request.QueryFlag("force"), ManagerOf(request), validation};
}

Answer<DeleteOptions> ParseDeleteOptions(const HttpRequest& request) {
  const auto dry_run = ParseDryRun(request, "DeleteOptions");
  if (!dry_run) return Refusal(dry_run.error());
  DeleteOptions options{*dry_run, request.Query("propagationPolicy"), "", ""};
  if (request.body.empty()) return options;
  const auto body = ParseBody(request, nullptr);
  if (!body) return Refusal(body.error());
  if (!body->is_object()) return BadRequest("the body of a DELETE is a DeleteOptions object");
  const Json conditions = body->value("preconditions", Json::object());
  if (conditions.is_object()) {
    options.uid = conditions.value("uid", "");
    options.version = conditions.value("resourceVersion", "");
  }
  options.propagation = body->value("propagationPolicy", options.propagation);
  const Json dry = body->value("dryRun", Json::array());
  if (!dry.empty()) options.dry_run = true;
  return options;
}

Answer<ListOptions> ParseListOptions(const HttpRequest& request, const ResourceType& type) {
  auto selector =
      ParseSelector(request.Query("labelSelector"), request.Query("fieldSelector"), type);
  if (!selector) return Refusal(selector.error());
  ListOptions options;
  options.selector = std::move(*selector);
  options.continue_token = request.Query("continue");
  options.version = request.Query("resourceVersion");
  options.version_match = request.Query("resourceVersionMatch");
  const std::string limit = request.Query("limit");
  const char* end = limit.data() + limit.size();
  if (!limit.empty() && std::from_chars(limit.data(), end, options.limit).ptr != end) {
    return BadRequest(
        fmt::format("strconv.ParseInt: parsing {}: invalid syntax", Json(limit).dump()));
  }
  return options;
}

Answer<PatchKind> ParsePatchKind(const HttpRequest& request, const ResourceType& type) {
  const std::string media = MediaType(request.content_type);
  if (media == "application/merge-patch+json") return PatchKind::kMerge;
  if (media == "application/json-patch+json") return PatchKind::kJson;
  if (media == "application/apply-patch+yaml") return PatchKind::kApply;
  if (media == "application/strategic-merge-patch+json" && !type.custom)
    return PatchKind::kStrategic;
  return UnsupportedMediaType(fmt::format(
      "the body of the request was in an unknown format - accepted media types include: "
      "application/json-patch+json, application/merge-patch+json, {}application/apply-patch+yaml",
      type.custom ? "" : "application/strategic-merge-patch+json, "));
}

}  // namespace schemaop::devcluster
