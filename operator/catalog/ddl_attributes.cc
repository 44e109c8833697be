// Owners, grants and comments.
#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "catalog/acl.h"
#include "catalog/ddl.h"

namespace schemaop {

namespace {

// What ALTER DEFAULT PRIVILEGES calls objects of that kind; "" when it has nothing to say of them.
std::string DefaultsClause(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kTable:
    case ObjectKind::kForeignTable:
    case ObjectKind::kView:
    case ObjectKind::kMaterializedView:
      return "TABLES";
    case ObjectKind::kSequence:
      return "SEQUENCES";
    case ObjectKind::kFunction:
    case ObjectKind::kProcedure:
    case ObjectKind::kAggregate:
      return "FUNCTIONS";
    case ObjectKind::kEnum:
    case ObjectKind::kComposite:
    case ObjectKind::kDomain:
    case ObjectKind::kRange:
    case ObjectKind::kBaseType:
    case ObjectKind::kShellType:
      return "TYPES";
    case ObjectKind::kSchema:
      return "SCHEMAS";
    default:
      return "";
  }
}

// What grants refer to: "TABLE app.t" covers views too.
std::string GrantTarget(const CatalogObject& object) {
  switch (object.id.kind) {
    case ObjectKind::kTable:
    case ObjectKind::kForeignTable:
    case ObjectKind::kView:
    case ObjectKind::kMaterializedView:
      return "TABLE " + object.id.name;
    case ObjectKind::kColumn:
      return "TABLE " + object.id.container;
    case ObjectKind::kAggregate:
      return "ROUTINE " + object.id.name;
    case ObjectKind::kDomain:
      return "DOMAIN " + object.id.name;
    case ObjectKind::kServer:
      return "FOREIGN SERVER " + object.id.name;
    default:
      return SqlKind(object.id.kind) + " " + object.id.name;
  }
}

// REVOKE and GRANT of default privileges: "ALTER DEFAULT PRIVILEGES FOR ROLE a IN SCHEMA b".
struct DefaultsTarget {
  std::string prefix;
  std::string objects;
};

DefaultsTarget SplitDefaults(const std::string& name) {
  const std::size_t on = name.rfind(" ON ");
  return {"ALTER DEFAULT PRIVILEGES " + name.substr(0, on) + " ", name.substr(on + 4)};
}

Acl ChangeOwner(Acl acl, const std::string& from, const std::string& to) {
  for (AclEntry& entry : acl) {
    if (entry.grantee == from) entry.grantee = to;
    if (entry.grantor == from) entry.grantor = to;
  }
  std::sort(acl.begin(), acl.end());
  acl.erase(std::unique(acl.begin(), acl.end()), acl.end());
  return acl;
}

// What a role's new object of that kind in that schema is granted, by the default privileges that
// are in force while we run: those of `from`, which change last.
Acl InitialAcl(const DdlContext& context, const CatalogObject& object, const std::string& role) {
  if (object.id.kind == ObjectKind::kColumn) return {};
  const ObjectKind kind = object.id.kind;
  Acl acl = BuiltInAcl(kind, role, context.from.origin().server_version);
  const std::string clause = DefaultsClause(kind);
  if (clause.empty()) return acl;
  const CatalogObject* everywhere =
      context.from.Find({ObjectKind::kDefaultPrivileges, "", "FOR ROLE " + role + " ON " + clause});
  if (everywhere) acl = ReadAcl(everywhere->Get(Property::kAcl));
  for (const CatalogObject& other : context.from.objects()) {
    if (other.id.kind != ObjectKind::kDefaultPrivileges || other.schema.empty()) continue;
    const std::string& name = other.id.name;
    if (other.schema != object.schema || !name.starts_with("FOR ROLE " + role + " IN SCHEMA ") ||
        !name.ends_with(" ON " + clause))
      continue;
    for (AclEntry& entry : ReadAcl(other.Get(Property::kAcl))) acl.push_back(std::move(entry));
  }
  std::sort(acl.begin(), acl.end());
  acl.erase(std::unique(acl.begin(), acl.end()), acl.end());
  return acl;
}

Acl AclOf(const CatalogObject& object, int server_version) {
  if (object.Has(Property::kAcl)) return ReadAcl(object.Get(Property::kAcl));
  if (object.id.kind == ObjectKind::kColumn) return {};
  return BuiltInAcl(object.id.kind, object.Get(Property::kOwner), server_version);
}

// Privileges of one role from one grantor go into one statement.
using GrantKey = std::tuple<std::string, std::string, bool>;  // grantor, grantee, grantable
using Grouped = std::map<GrantKey, std::vector<std::string>>;

Grouped GroupDifference(const Acl& left, const Acl& right) {
  Grouped groups;
  for (const AclEntry& entry : left) {
    const bool kept = std::any_of(right.begin(), right.end(), [&](const AclEntry& other) {
      return other.grantee == entry.grantee && other.privilege == entry.privilege &&
             other.grantor == entry.grantor && (other.grantable || !entry.grantable);
    });
    if (!kept) groups[{entry.grantor, entry.grantee, entry.grantable}].push_back(entry.privilege);
  }
  return groups;
}

std::string Privileges(const CatalogObject& object, const std::vector<std::string>& names) {
  if (object.id.kind != ObjectKind::kColumn) return Join(names, ", ");
  std::vector<std::string> with_column;
  for (const std::string& name : names) with_column.push_back(name + " (" + object.id.name + ")");
  return Join(with_column, ", ");
}

class GrantWriter {
 public:
  GrantWriter(const CatalogObject& object, std::string owner)
      : object_(object), owner_(std::move(owner)) {
    if (object.id.kind == ObjectKind::kDefaultPrivileges) {
      auto [prefix, objects] = SplitDefaults(object.id.name);
      prefix_ = prefix;
      target_ = objects;
    } else {
      target_ = GrantTarget(object);
    }
  }

  void Write(const Acl& from, const Acl& to) {
    for (const auto& [key, names] : GroupDifference(from, to)) {
      const auto& [grantor, grantee, grantable] = key;
      // What was grantable and no longer is keeps the privilege.
      std::vector<std::string> gone;
      std::vector<std::string> no_option;
      for (const std::string& name : names) {
        const bool kept = std::any_of(
            to.begin(), to.end(), [&, who = grantee, by = grantor](const AclEntry& entry) {
              return entry.grantee == who && entry.grantor == by && entry.privilege == name;
            });
        (kept ? no_option : gone).push_back(name);
      }
      if (!gone.empty())
        Add(grantor, "REVOKE " + Privileges(object_, gone) + " ON " + target_ + " FROM " + grantee);
      if (!no_option.empty())
        Add(grantor, "REVOKE GRANT OPTION FOR " + Privileges(object_, no_option) + " ON " +
                         target_ + " FROM " + grantee);
    }
    for (const auto& [key, names] : GroupDifference(to, from)) {
      const auto& [grantor, grantee, grantable] = key;
      Add(grantor, "GRANT " + Privileges(object_, names) + " ON " + target_ + " TO " + grantee +
                       (grantable ? " WITH GRANT OPTION" : ""));
    }
  }

  Statements statements;

 private:
  // Only a role itself can grant in its name; the owner is who others grant for.
  void Add(const std::string& grantor, const std::string& sql) {
    if (grantor == owner_ || !prefix_.empty()) {
      statements.push_back(MakeStatement(object_, prefix_ + sql));
      return;
    }
    statements.push_back(MakeStatement(object_, "SET SESSION AUTHORIZATION " + grantor));
    statements.push_back(MakeStatement(object_, sql));
    statements.push_back(MakeStatement(object_, "RESET SESSION AUTHORIZATION"));
  }

  const CatalogObject& object_;
  std::string owner_;
  std::string prefix_;
  std::string target_;
};

// Whose acl goes with the container's: a sequence of an identity column's owner is the table's.
bool OwnerFollows(const CatalogObject& object) {
  return object.id.kind == ObjectKind::kSequence && object.Has(Property::kOwnedBy);
}

// Whom a column's grants come from.
std::string OwnerOf(const Catalog& catalog, const CatalogObject& object) {
  if (object.id.kind != ObjectKind::kColumn) return object.Get(Property::kOwner);
  for (const ObjectKind kind : {ObjectKind::kTable, ObjectKind::kForeignTable, ObjectKind::kView,
                                ObjectKind::kMaterializedView})
    if (const CatalogObject* table = catalog.Find({kind, "", object.id.container}))
      return table->Get(Property::kOwner);
  return "";
}

Statements Grants(const DdlContext& context, const CatalogObject* from, const CatalogObject& to) {
  const int version = context.from.origin().server_version;
  const bool may_differ =
      to.Has(Property::kAcl) || (from && from->Has(Property::kAcl)) ||
      (!from && to.Has(Property::kOwner) && !DefaultsClause(to.id.kind).empty());
  if (!may_differ) return {};
  const std::string owner = OwnerOf(context.to, to);
  const std::string before = from               ? OwnerOf(context.from, *from)
                             : OwnerFollows(to) ? owner
                                                : context.from.origin().role;
  Acl old = from ? AclOf(*from, version) : InitialAcl(context, to, before);
  if (before != owner) old = ChangeOwner(std::move(old), before, owner);
  GrantWriter writer(to, owner);
  writer.Write(old, AclOf(to, version));
  return std::move(writer.statements);
}

// What is in force without any ALTER DEFAULT PRIVILEGES: within a schema nothing is added.
Acl UnalteredDefaults(const CatalogObject& defaults, int version) {
  if (!defaults.schema.empty()) return {};
  const std::string& name = defaults.id.name;
  for (const ObjectKind kind : {ObjectKind::kTable, ObjectKind::kSequence, ObjectKind::kFunction,
                                ObjectKind::kEnum, ObjectKind::kSchema})
    if (name.ends_with(" ON " + DefaultsClause(kind)))
      return BuiltInAcl(kind, defaults.Get(Property::kRoles), version);
  return {};
}

}  // namespace

Statements DefaultPrivilegeStatements(const DdlContext& context, const CatalogObject* from,
                                      const CatalogObject* to) {
  const CatalogObject& object = to ? *to : *from;
  const Acl unaltered = UnalteredDefaults(object, context.from.origin().server_version);
  GrantWriter writer(object, object.Get(Property::kRoles));
  writer.Write(from ? ReadAcl(from->Get(Property::kAcl)) : unaltered,
               to ? ReadAcl(to->Get(Property::kAcl)) : unaltered);
  return std::move(writer.statements);
}

Statements AttributeStatements(const DdlContext& context, const CatalogObject* from,
                               const CatalogObject& to) {
  if (to.id.kind == ObjectKind::kDefaultPrivileges) return {};
  Statements statements;
  const std::string& owner = to.Get(Property::kOwner);
  const std::string& before = from ? from->Get(Property::kOwner) : context.from.origin().role;
  if (!owner.empty() && owner != before && !OwnerFollows(to))
    statements.push_back(MakeStatement(to, "ALTER " + SqlReference(to) + " OWNER TO " + owner));
  for (DdlStatement& statement : Grants(context, from, to))
    statements.push_back(std::move(statement));
  const std::string& comment = to.Get(Property::kComment);
  if (comment != (from ? from->Get(Property::kComment) : std::string()))
    statements.push_back(MakeStatement(to, "COMMENT ON " + SqlReference(to) + " IS " +
                                               (comment.empty() ? "NULL" : Literal(comment))));
  return statements;
}

}  // namespace schemaop
