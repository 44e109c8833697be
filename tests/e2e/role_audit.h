// Compares what the operator asked of a real API server with what its shipped roles grant.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace schemaop::testing {

// The events of an audit log (JSON lines of audit.k8s.io/v1) that tell of `user`'s calls.
std::vector<nlohmann::json> CallsOf(const std::string& user, const std::string& audit_log);

// What a comparison found; empty lists when roles and calls fit each other.
struct RoleAudit {
  std::vector<std::string> excess;  // calls that were refused, or allowed by another role
  std::vector<std::string> unused;  // "ClusterRole schema-operator: patch events.k8s.io/events"
};

// `roles` are Role and ClusterRole objects; `calls` are audit events of one user.
RoleAudit CompareWithRoles(const std::vector<nlohmann::json>& roles,
                           const std::vector<nlohmann::json>& calls);

}  // namespace schemaop::testing
