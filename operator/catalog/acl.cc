#include "catalog/acl.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "catalog/property.h"

namespace schemaop {

namespace {

constexpr char kPartSeparator = '\t';

void Grant(Acl& acl, const std::string& grantee, const std::vector<std::string>& privileges,
           const std::string& owner) {
  for (const std::string& privilege : privileges) acl.push_back({grantee, privilege, false, owner});
}

std::vector<std::string> OwnerPrivileges(ObjectKind kind, int server_version) {
  switch (kind) {
    case ObjectKind::kTable:
    case ObjectKind::kForeignTable:
    case ObjectKind::kView:
    case ObjectKind::kMaterializedView: {
      std::vector<std::string> all = {"INSERT",   "SELECT",     "UPDATE", "DELETE",
                                      "TRUNCATE", "REFERENCES", "TRIGGER"};
      if (server_version >= 170000) all.emplace_back("MAINTAIN");
      return all;
    }
    case ObjectKind::kSequence:
      return {"SELECT", "UPDATE", "USAGE"};
    case ObjectKind::kSchema:
      return {"USAGE", "CREATE"};
    case ObjectKind::kFunction:
    case ObjectKind::kProcedure:
    case ObjectKind::kAggregate:
      return {"EXECUTE"};
    case ObjectKind::kLanguage:
    case ObjectKind::kForeignDataWrapper:
    case ObjectKind::kServer:
    case ObjectKind::kEnum:
    case ObjectKind::kComposite:
    case ObjectKind::kDomain:
    case ObjectKind::kRange:
    case ObjectKind::kBaseType:
    case ObjectKind::kShellType:
      return {"USAGE"};
    default:
      return {};
  }
}

bool IsForEverybody(ObjectKind kind) {
  return kind >= ObjectKind::kEnum && kind <= ObjectKind::kShellType
             ? true
             : kind == ObjectKind::kFunction || kind == ObjectKind::kProcedure ||
                   kind == ObjectKind::kAggregate || kind == ObjectKind::kLanguage;
}

}  // namespace

std::string WriteAcl(Acl acl) {
  std::sort(acl.begin(), acl.end());
  std::string text;
  for (const AclEntry& entry : acl) {
    if (!text.empty()) text += kListSeparator;
    text += entry.grantee + kPartSeparator + entry.privilege + kPartSeparator +
            (entry.grantable ? "*" : "") + kPartSeparator + entry.grantor;
  }
  return text;
}

Acl ReadAcl(std::string_view text) {
  Acl acl;
  for (const std::string& line : ListElements(text)) {
    const std::vector<std::string> parts = Split(line, kPartSeparator);
    if (parts.size() == 4) acl.push_back({parts[0], parts[1], parts[2] == "*", parts[3]});
  }
  std::sort(acl.begin(), acl.end());
  return acl;
}

Acl BuiltInAcl(ObjectKind kind, const std::string& owner, int server_version) {
  const std::vector<std::string> privileges = OwnerPrivileges(kind, server_version);
  Acl acl;
  Grant(acl, owner, privileges, owner);
  if (IsForEverybody(kind)) Grant(acl, "PUBLIC", privileges, owner);
  std::sort(acl.begin(), acl.end());
  return acl;
}

}  // namespace schemaop
