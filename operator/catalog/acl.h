// Grants on one object.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/object_kind.h"

namespace schemaop {

// One privilege of one role. Roles are quoted; "PUBLIC" is everybody.
struct AclEntry {
  std::string grantee;
  std::string privilege;  // "SELECT"
  bool grantable = false;
  std::string grantor;

  auto operator<=>(const AclEntry&) const = default;
};

using Acl = std::vector<AclEntry>;  // sorted

// The value of Property::kAcl: entries with tabs between their parts and kListSeparator between
// them.
std::string WriteAcl(Acl acl);
Acl ReadAcl(std::string_view text);

// What the server grants on a new object of that kind that nobody has granted anything on (manual,
// "Privileges"; acldefault()).
Acl BuiltInAcl(ObjectKind kind, const std::string& owner, int server_version);

}  // namespace schemaop
