#include "tests/support/apiserver/builtin_rules.h"

#include <regex>

#include <fmt/format.h>

#include "tests/support/apiserver/encoding.h"

namespace schemaop::devcluster {
namespace {

void PrepareSecret(Json& secret) {
  if (!secret.contains("type")) secret["type"] = "Opaque";
  const auto plain = secret.find("stringData");
  if (plain == secret.end()) return;
  if (plain->is_object()) {
    for (const auto& [key, value] : plain->items()) {
      if (value.is_string()) secret["data"][key] = Base64Encode(value.get<std::string>());
    }
  }
  secret.erase("stringData");
}

void PrepareNamespace(Json& ns, const Json* old) {
  if (!old) ns["spec"]["finalizers"] = {"kubernetes"};
  ns["metadata"]["labels"]["kubernetes.io/metadata.name"] = ns["metadata"].value("name", "");
  const bool dying = ns["metadata"].contains("deletionTimestamp");
  ns["status"]["phase"] = dying ? "Terminating" : "Active";
}

Json Condition(const char* type, const char* reason, const char* message, const std::string& time) {
  return {{"type", type},
          {"status", "True"},
          {"reason", reason},
          {"message", message},
          {"lastTransitionTime", time}};
}

void PrepareCrd(Json& crd, const Json* old) {
  Json& spec = crd["spec"];
  Json& names = spec["names"];
  const std::string kind = names.value("kind", "");
  if (!names.contains("listKind")) names["listKind"] = kind + "List";
  if (!names.contains("singular")) names["singular"] = LowerCase(kind);
  if (!spec.contains("conversion")) spec["conversion"] = {{"strategy", "None"}};
  Json stored = Json::array();
  for (const Json& version : spec.value("versions", Json::array())) {
    if (version.value("storage", false)) stored.push_back(version.value("name", ""));
  }
  const Json status = old ? old->value("status", Json::object()) : Json::object();
  Json conditions = status.value("conditions", Json::array());
  if (conditions.empty()) {
    const std::string now = NowSeconds();
    conditions = {Condition("NamesAccepted", "NoConflicts", "no conflicts found", now),
                  Condition("Established", "InitialNamesAccepted",
                            "the initial names have been accepted", now)};
  }
  crd["status"] = {
      {"acceptedNames", names}, {"conditions", conditions}, {"storedVersions", stored}};
}

void ValidateCrd(const Json& crd, std::vector<Cause>& causes) {
  const Json spec = crd.value("spec", Json::object());
  const Json names = spec.value("names", Json::object());
  const std::string wanted = names.value("plural", "") + "." + spec.value("group", "");
  const std::string name = crd["metadata"].value("name", "");
  if (name != wanted) {
    causes.push_back(InvalidValue("metadata.name", Json(name).dump(),
                                  "must be spec.names.plural+\".\"+spec.group"));
  }
  int stored = 0;
  const Json versions = spec.value("versions", Json::array());
  for (std::size_t i = 0; i < versions.size(); ++i) {
    stored += versions[i].value("storage", false);
    if (!versions[i].value("schema", Json::object()).contains("openAPIV3Schema")) {
      causes.push_back(RequiredValue(fmt::format("spec.versions[{}].schema.openAPIV3Schema", i),
                                     "schemas are required"));
    }
  }
  if (stored != 1) {
    causes.push_back(InvalidValue("spec.versions", "\"\"",
                                  "must have exactly one version marked as storage version"));
  }
}

// events.k8s.io/v1 is strict where the core API takes anything:
// k8s.io/kubernetes/pkg/apis/core/validation/events.go.
void ValidateNewEvent(const Json& event, const Json* old, std::vector<Cause>& causes) {
  const auto text = [&](const char* key) {
    const Json member = event.value(key, Json());
    return member.is_string() ? member.get<std::string>() : std::string();
  };
  if (old) {
    for (const char* key : {"eventTime", "action", "reason", "regarding", "note", "type",
                            "reportingController", "reportingInstance"}) {
      const Json then = old->value(key, Json()), now = event.value(key, Json());
      if (then != now) causes.push_back(InvalidValue(key, now.dump(), "field is immutable"));
    }
  }
  if (text("eventTime").empty()) causes.push_back(RequiredValue("eventTime"));
  const std::string controller = text("reportingController");
  static const std::regex qualified(
      "([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
  if (controller.empty()) {
    causes.push_back(RequiredValue("reportingController"));
  } else if (!std::regex_match(controller, qualified)) {
    causes.push_back(InvalidValue("reportingController", Json(controller).dump(),
                                  "name part must consist of alphanumeric characters, '-', '_' or "
                                  "'.', and must start and end with an alphanumeric character"));
  }
  for (const char* key : {"reportingInstance", "action", "reason"}) {
    if (text(key).empty()) causes.push_back(RequiredValue(key));
    if (text(key).size() > 128) {
      causes.push_back(
          InvalidValue(key, Json(text(key)).dump(), "can have at most 128 characters"));
    }
  }
  if (text("note").size() > 1024) {
    causes.push_back(
        InvalidValue("note", Json(text("note")).dump(), "can have at most 1024 characters"));
  }
  if (text("type") != "Normal" && text("type") != "Warning") {
    causes.push_back(
        InvalidValue("type", Json(text("type")).dump(), "has invalid value: " + text("type")));
  }
  const Json series = event.value("series", Json());
  if (series.is_object() && series.value("count", 0) < 2) {
    causes.push_back(InvalidValue("series.count", std::to_string(series.value("count", 0)),
                                  "should be at least 2"));
  }
  for (const char* key : {"deprecatedSource", "deprecatedFirstTimestamp", "deprecatedLastTimestamp",
                          "deprecatedCount"}) {
    if (!event.contains(key) || event[key].is_null() ||
        (old && old->value(key, Json()) == event[key])) {
      continue;
    }
    causes.push_back(InvalidValue(key, event[key].dump(), "needs to be unset"));
  }
}

void ValidateEventNamespace(const Json& event, const char* about, std::vector<Cause>& causes) {
  const std::string ns = event["metadata"].value("namespace", "");
  const std::string of = event.value(about, Json::object()).value("namespace", "");
  const bool cluster_scoped = of.empty() && (ns == "default" || ns == "kube-system");
  if (of != ns && !cluster_scoped) {
    causes.push_back(InvalidValue(std::string(about) + ".namespace", Json(of).dump(),
                                  "does not match event.namespace"));
  }
}

void ValidateLease(const Json& lease, std::vector<Cause>& causes) {
  const Json spec = lease.value("spec", Json::object());
  if (spec.contains("leaseDurationSeconds") && spec["leaseDurationSeconds"] <= 0) {
    causes.push_back(InvalidValue("spec.leaseDurationSeconds", spec["leaseDurationSeconds"].dump(),
                                  "must be greater than 0"));
  }
  if (spec.contains("leaseTransitions") && spec["leaseTransitions"] < 0) {
    causes.push_back(InvalidValue("spec.leaseTransitions", spec["leaseTransitions"].dump(),
                                  "must be greater than or equal to 0"));
  }
}

void ValidateData(const Json& object, std::vector<Cause>& causes) {
  static const std::regex key_form("[-._a-zA-Z0-9]+");
  for (const char* member : {"data", "binaryData"}) {
    const Json data = object.value(member, Json::object());
    for (const auto& [key, value] : data.items()) {
      if (std::regex_match(key, key_form) && key.size() <= 253) continue;
      causes.push_back(InvalidValue(
          fmt::format("{}[{}]", member, key), Json(key).dump(),
          "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "
          "'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "
          "'[-._a-zA-Z0-9]+')"));
    }
  }
}

bool IsMicroTime(const Json& value) {
  // Go parses fractions it does not ask for, so more digits are accepted; none are not.
  static const std::regex form(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6,}(Z|[+-]\d\d:\d\d))");
  return value.is_null() || (value.is_string() && std::regex_match(value.get<std::string>(), form));
}

std::string MicroTimeError(const ResourceType& type, const Json& value) {
  const std::string shown = value.is_string() ? value.get<std::string>() : value.dump();
  return fmt::format(
      "{} in version \"{}\" cannot be handled as a {}: parsing time {} as "
      "\"2006-01-02T15:04:05.000000Z07:00\": cannot parse",
      type.kind, type.version, type.kind, Json(shown).dump());
}

// Renames members of an event between its two forms.
void Rename(Json& object, const char* from, const char* to) {
  const auto found = object.find(from);
  if (found == object.end()) return;
  Json value = *found;
  object.erase(from);
  object[to] = std::move(value);
}

constexpr std::pair<const char*, const char*> kEventMembers[] = {
    {"regarding", "involvedObject"},
    {"note", "message"},
    {"reportingController", "reportingComponent"},
    {"deprecatedSource", "source"},
    {"deprecatedFirstTimestamp", "firstTimestamp"},
    {"deprecatedLastTimestamp", "lastTimestamp"},
    {"deprecatedCount", "count"}};

}  // namespace

void PrepareBuiltin(const ResourceType& type, Json& object, const Json* old) {
  switch (type.rules) {
    case BuiltinRules::kSecret:
      return PrepareSecret(object);
    case BuiltinRules::kNamespace:
      return PrepareNamespace(object, old);
    case BuiltinRules::kCrd:
      return PrepareCrd(object, old);
    default:
      return;
  }
}

std::vector<Cause> ValidateBuiltin(const ResourceType& type, const Json& object, const Json* old) {
  std::vector<Cause> causes;
  switch (type.rules) {
    case BuiltinRules::kSecret:
    case BuiltinRules::kConfigMap:
      ValidateData(object, causes);
      break;
    case BuiltinRules::kCoreEvent:
      ValidateEventNamespace(object, "involvedObject", causes);
      break;
    case BuiltinRules::kNewEvent:
      ValidateNewEvent(object, old, causes);
      ValidateEventNamespace(object, "regarding", causes);
      break;
    case BuiltinRules::kLease:
      ValidateLease(object, causes);
      break;
    case BuiltinRules::kCrd:
      ValidateCrd(object, causes);
      break;
    default:
      break;
  }
  return causes;
}

std::string DecodingError(const ResourceType& type, const Json& object) {
  if (type.rules == BuiltinRules::kLease) {
    const Json spec = object.value("spec", Json::object());
    for (const char* key : {"acquireTime", "renewTime"}) {
      if (spec.contains(key) && !IsMicroTime(spec[key])) return MicroTimeError(type, spec[key]);
    }
  }
  if (type.rules == BuiltinRules::kNewEvent || type.rules == BuiltinRules::kCoreEvent) {
    const Json time = object.value("eventTime", Json());
    if (!IsMicroTime(time)) return MicroTimeError(type, time);
    const Json series = object.value("series", Json());
    if (series.is_object() && !IsMicroTime(series.value("lastObservedTime", Json()))) {
      return MicroTimeError(type, series["lastObservedTime"]);
    }
  }
  if (type.rules == BuiltinRules::kSecret) {
    const Json data = object.value("data", Json::object());
    for (const auto& [key, value] : data.items()) {
      if (value.is_string() && Base64Decode(value.get<std::string>())) continue;
      return fmt::format(
          "Secret in version \"v1\" cannot be handled as a Secret: illegal base64 data "
          "at input byte 0");
    }
  }
  return "";
}

Json ToStored(const ResourceType& type, Json object) {
  if (type.rules != BuiltinRules::kNewEvent) return object;
  for (const auto& [outside, inside] : kEventMembers) Rename(object, outside, inside);
  object["apiVersion"] = "v1";
  return object;
}

Json FromStored(const ResourceType& type, const Json& stored) {
  Json object = stored;
  if (type.rules != BuiltinRules::kNewEvent) return object;
  for (const auto& [outside, inside] : kEventMembers) Rename(object, inside, outside);
  object["apiVersion"] = "events.k8s.io/v1";
  return object;
}

}  // namespace schemaop::devcluster
