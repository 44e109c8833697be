#include "tests/support/apiserver/object_rules.h"

#include <regex>

#include <fmt/format.h>

#include "tests/support/apiserver/structural_schema.h"

namespace schemaop::devcluster {
namespace {

constexpr const char* kSubdomainRule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', "
    "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
    "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

constexpr const char* kLabelValueRule =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or "
    "'12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

bool IsRbac(const Json& object) {
  return object.value("apiVersion", "").starts_with("rbac.authorization.k8s.io/");
}

void ValidateLabels(const Json& metadata, std::vector<Cause>& causes) {
  static const std::regex form("(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?");
  const Json labels = metadata.value("labels", Json::object());
  if (!labels.is_object()) return;
  for (const auto& [key, value] : labels.items()) {
    if (value.is_string() && std::regex_match(value.get_ref<const std::string&>(), form)) continue;
    causes.push_back(InvalidValue("metadata.labels", value.dump(), kLabelValueRule));
  }
}

std::string GoStrings(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) {
    if (!list.empty()) list += ", ";
    list += Json(text).dump();
  }
  return "[]string{" + list + "}";
}

Answer<void> CheckKind(const Target& target, const Json& body) {
  const ResourceType& type = *target.type;
  const std::string version = body.value("apiVersion", "");
  const std::string kind = body.value("kind", "");
  if (kind.empty()) {
    return BadRequest(fmt::format(
        "{} in version \"{}\" cannot be handled as a {}: Object 'Kind' is missing in '{}'",
        type.kind, type.version, type.kind, body.dump()));
  }
  if (version != type.GroupVersion()) {
    return BadRequest(
        fmt::format("the API version in the data ({}) does not match the expected API version ({})",
                    version, type.GroupVersion()));
  }
  if (kind == type.kind) return {};
  if (!type.custom) {
    return BadRequest(
        fmt::format("{} in version \"{}\" cannot be handled as a {}: no kind \"{}\" is "
                    "registered for version \"{}\"",
                    kind, type.version, type.kind, kind, version));
  }
  return Invalid({type.group, type.plural, kind}, body["metadata"].value("name", ""),
                 {InvalidValue("kind", Json(kind).dump(), "must be " + type.kind)});
}

}  // namespace

Answer<void> CheckIdentity(const Target& target, Json& body) {
  if (!body.is_object()) {
    return BadRequest(
        fmt::format("the object provided is unrecognized (must be of type {})", target.type->kind));
  }
  Json& metadata = body["metadata"];
  if (metadata.is_null()) metadata = Json::object();
  if (!metadata.is_object()) return BadRequest("metadata of the object is not an object");
  if (auto right = CheckKind(target, body); !right) return right;
  if (target.type->namespaced) {
    const std::string ns = metadata.value("namespace", "");
    if (!ns.empty() && ns != target.ns) {
      return BadRequest(
          "the namespace of the provided object does not match the namespace sent on the request");
    }
    metadata["namespace"] = target.ns;
  } else {
    metadata.erase("namespace");
  }
  if (target.name.empty()) return {};
  const std::string name = metadata.value("name", "");
  if (name.empty()) metadata["name"] = target.name;
  if (!name.empty() && name != target.name) {
    return BadRequest(fmt::format(
        "the name of the object ({}) does not match the name on the URL ({})", name, target.name));
  }
  return {};
}

void DropEmptyMetadata(Json& object) {
  Json& metadata = object["metadata"];
  for (auto member = metadata.begin(); member != metadata.end();) {
    const bool empty = member->is_null() || (member->is_structured() && member->empty()) ||
                       (member->is_string() && member->get_ref<const std::string&>().empty());
    member = empty ? metadata.erase(member) : std::next(member);
  }
}

std::vector<Cause> ValidateMetadata(const Json& object) {
  static const std::regex subdomain(
      R"([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)");
  std::vector<Cause> causes;
  const Json& metadata = object["metadata"];
  const std::string name = metadata.value("name", "");
  if (name.empty()) {
    causes.push_back(RequiredValue("metadata.name", "name or generateName is required"));
  } else if (name.size() > 253) {
    causes.push_back(
        InvalidValue("metadata.name", Json(name).dump(), "must be no more than 253 characters"));
  } else if (!IsRbac(object) && !std::regex_match(name, subdomain)) {
    causes.push_back(InvalidValue("metadata.name", Json(name).dump(), kSubdomainRule));
  }
  ValidateLabels(metadata, causes);
  return causes;
}

std::vector<Cause> ValidateMetadataUpdate(const Json& old, const Json& updated) {
  std::vector<Cause> causes;
  const Json& before = old["metadata"];
  const Json& after = updated["metadata"];
  const std::string uid = after.value("uid", "");
  if (!uid.empty() && uid != before.value("uid", "")) {
    causes.push_back(InvalidValue("metadata.uid", Json(uid).dump(), "field is immutable"));
  }
  if (before.contains("deletionTimestamp")) {
    const auto had = before.value("finalizers", std::vector<std::string>());
    std::vector<std::string> added;
    for (const auto& finalizer : after.value("finalizers", std::vector<std::string>())) {
      if (std::find(had.begin(), had.end(), finalizer) == had.end()) added.push_back(finalizer);
    }
    if (!added.empty()) {
      causes.push_back(
          ForbiddenValue("metadata.finalizers",
                         "no new finalizers can be added if the object is being deleted, "
                         "found new finalizers " +
                             GoStrings(added)));
    }
  }
  return causes;
}

void KeepServerMetadata(const Json& old, Json& updated) {
  for (const char* key : {"creationTimestamp", "generation", "deletionTimestamp",
                          "deletionGracePeriodSeconds", "uid", "resourceVersion", "generateName"}) {
    if (old["metadata"].contains(key)) {
      updated["metadata"][key] = old["metadata"][key];
    } else {
      updated["metadata"].erase(key);
    }
  }
}

bool ContentDiffers(const ResourceType& type, const Json& old, const Json& updated) {
  Json before = old, after = updated;
  for (Json* object : {&before, &after}) {
    object->erase("metadata");
    if (type.has_status) object->erase("status");
  }
  return before != after;
}

Answer<std::vector<std::string>> PruneUnknown(const ResourceType& type, Json& object,
                                              const std::string& validation) {
  std::vector<std::string> texts;
  for (const std::string& path : Prune(object, type.schema)) {
    texts.push_back(fmt::format("unknown field \"{}\"", path));
  }
  if (validation == "Ignore") return std::vector<std::string>();
  if (validation != "Strict" || texts.empty()) return texts;
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return BadRequest(
      fmt::format("{} in version \"{}\" cannot be handled as a {}: strict decoding error: {}",
                  type.kind, type.version, type.kind, all));
}

}  // namespace schemaop::devcluster
