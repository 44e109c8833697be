#include "tests/support/apiserver/patch.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace schemaop::devcluster {
namespace {

Refusal Unprocessable(const std::string& message) {
  StatusError error;
  error.code = 422;
  error.reason = "Invalid";
  error.message = message;
  return Refusal(std::move(error));
}

// The field that identifies an item, by the name of the list; "" is a list of primitives that is
// merged as a set. Lists that are not here are replaced whole. From the patchMergeKey tags of
// k8s.io/api.
const std::map<std::string, std::string>& MergeKeys() {
  static const std::map<std::string, std::string> keys = {
      {"containers", "name"},
      {"initContainers", "name"},
      {"env", "name"},
      {"volumes", "name"},
      {"volumeMounts", "mountPath"},
      {"ports", "containerPort"},
      {"imagePullSecrets", "name"},
      {"secrets", "name"},
      {"conditions", "type"},
      {"ownerReferences", "uid"},
      {"finalizers", ""},
      {"hostAliases", "ip"},
      {"topologySpreadConstraints", "topologyKey"}};
  return keys;
}

bool IsDirective(const std::string& key) { return key.starts_with("$"); }

void MergeObject(Json& target, const Json& patch);

void MergeKeyed(Json& target, const Json& patch, const std::string& key) {
  for (const Json& item : patch) {
    const std::string directive = item.is_object() ? item.value("$patch", "") : "";
    if (directive == "replace") {
      target = Json::array();
      continue;
    }
    const auto same = std::find_if(target.begin(), target.end(), [&](const Json& have) {
      if (key.empty()) return have == item;
      return have.is_object() && have.contains(key) && item.contains(key) && have[key] == item[key];
    });
    if (directive == "delete") {
      if (same != target.end()) target.erase(same);
    } else if (same == target.end()) {
      target.push_back(item);
    } else if (!key.empty()) {
      MergeObject(*same, item);
    }
  }
}

void ApplyDirective(Json& target, const std::string& key, const Json& value) {
  constexpr std::string_view kDelete = "$deleteFromPrimitiveList/";
  if (key.starts_with(kDelete)) {
    const auto list = target.find(key.substr(kDelete.size()));
    if (list == target.end()) return;
    Json kept = Json::array();
    for (const Json& item : *list) {
      if (std::find(value.begin(), value.end(), item) == value.end()) kept.push_back(item);
    }
    *list = std::move(kept);
  } else if (key == "$retainKeys") {
    for (auto member = target.begin(); member != target.end();) {
      const bool keep = std::find(value.begin(), value.end(), member.key()) != value.end();
      member = keep ? std::next(member) : target.erase(member);
    }
  }
}

void MergeObject(Json& target, const Json& patch) {
  if (patch.value("$patch", "") == "replace") {
    target = patch;
    target.erase("$patch");
    return;
  }
  if (!target.is_object()) target = Json::object();
  for (const auto& [key, value] : patch.items()) {
    if (IsDirective(key)) ApplyDirective(target, key, value);
  }
  for (const auto& [key, value] : patch.items()) {
    if (IsDirective(key)) continue;
    const auto merge_key = MergeKeys().find(key);
    if (value.is_null() || (value.is_object() && value.value("$patch", "") == "delete")) {
      target.erase(key);
    } else if (value.is_object()) {
      MergeObject(target[key], value);
    } else if (value.is_array() && merge_key != MergeKeys().end()) {
      if (!target.contains(key)) target[key] = Json::array();
      MergeKeyed(target[key], value, merge_key->second);
    } else {
      target[key] = value;
    }
  }
}

}  // namespace

Answer<Json> ApplyMergePatch(const Json& object, const Json& patch) {
  if (!patch.is_object()) return BadRequest("Invalid JSON Patch");
  Json result = object;
  result.merge_patch(patch);
  return result;
}

Answer<Json> ApplyJsonPatch(const Json& object, const Json& patch) {
  if (!patch.is_array()) {
    return BadRequest(
        "error decoding patch: json: cannot unmarshal object into Go value of type "
        "jsonpatch.Patch");
  }
  try {
    return object.patch(patch);
  } catch (const Json::parse_error& error) {
    return BadRequest(fmt::format("error decoding patch: {}", error.what()));
  } catch (const Json::exception& error) {
    return Unprocessable("the server rejected our request due to an error in our request");
  }
}

Answer<Json> ApplyStrategicPatch(const Json& object, const Json& patch) {
  if (!patch.is_object()) return BadRequest("Invalid JSON Patch");
  Json result = object;
  MergeObject(result, patch);
  return result;
}

}  // namespace schemaop::devcluster
