#include "role_audit.h"

#include <algorithm>
#include <set>
#include <sstream>

namespace schemaop::testing {
namespace {

using nlohmann::json;

// One verb on one resource, as one role grants it.
struct Grant {
  std::string role;            // "Role schema-operator-leader-election"
  std::string namespace_name;  // empty: everywhere
  std::string group;
  std::string resource;  // "schemaversions/status"
  std::string verb;

  std::string Text() const {
    return role + ": " + verb + " " + (group.empty() ? "" : group + "/") + resource;
  }
};

std::vector<Grant> GrantsOf(const json& role) {
  std::vector<Grant> grants;
  const std::string name =
      role.at("kind").get<std::string>() + " " + role.at("metadata").at("name").get<std::string>();
  const std::string namespace_name = role.at("metadata").value("namespace", "");
  for (const json& rule : role.at("rules")) {
    for (const json& group : rule.at("apiGroups")) {
      for (const json& resource : rule.at("resources")) {
        for (const json& verb : rule.at("verbs")) {
          grants.push_back({name, namespace_name, group, resource, verb});
        }
      }
    }
  }
  return grants;
}

bool Covers(const Grant& grant, const json& call) {
  const json reference = call.value("objectRef", json::object());
  const std::string subresource = reference.value("subresource", "");
  const std::string resource =
      reference.value("resource", "") + (subresource.empty() ? "" : "/" + subresource);
  return grant.verb == call.at("verb") && grant.resource == resource &&
         grant.group == reference.value("apiGroup", "") &&
         (grant.namespace_name.empty() || grant.namespace_name == reference.value("namespace", ""));
}

std::string Decision(const json& call) {
  return call.value("annotations", json::object()).value("authorization.k8s.io/decision", "");
}

}  // namespace

std::vector<json> CallsOf(const std::string& user, const std::string& audit_log) {
  std::vector<json> calls;
  std::istringstream lines(audit_log);
  for (std::string line; std::getline(lines, line);) {
    json event = json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (event.is_object() && event.at("user").value("username", "") == user) {
      calls.push_back(std::move(event));
    }
  }
  return calls;
}

RoleAudit CompareWithRoles(const std::vector<json>& roles, const std::vector<json>& calls) {
  std::vector<Grant> grants;
  for (const json& role : roles) {
    for (Grant& grant : GrantsOf(role)) grants.push_back(std::move(grant));
  }
  std::set<std::string> excess;
  std::vector<bool> used(grants.size(), false);
  for (const json& call : calls) {
    bool covered = false;
    for (std::size_t i = 0; i < grants.size(); ++i) {
      if (!Covers(grants[i], call)) continue;
      used[i] = covered = true;
    }
    const std::string uri = call.at("requestURI");
    const std::string text =
        call.at("verb").get<std::string>() + " " + uri.substr(0, uri.find('?'));
    if (Decision(call) != "allow") excess.insert(text + " was refused");
    if (!covered) excess.insert(text + " is in none of the roles");
  }
  RoleAudit audit;
  audit.excess.assign(excess.begin(), excess.end());
  for (std::size_t i = 0; i < grants.size(); ++i) {
    if (!used[i]) audit.unused.push_back(grants[i].Text());
  }
  return audit;
}

}  // namespace schemaop::testing
