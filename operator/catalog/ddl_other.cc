// Objects of which the server or the reader writes the whole definition, and their settings.
#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "base/text.h"
#include "catalog/ddl.h"
#include "catalog/work.h"

namespace schemaop {

namespace {

std::string PolicyRoles(const CatalogObject& policy) {
  return policy.Has(Property::kRoles) ? policy.Get(Property::kRoles) : "PUBLIC";
}

std::string PolicySql(const CatalogObject& policy) {
  static const std::map<std::string, std::string> kCommands = {
      {"*", "ALL"}, {"r", "SELECT"}, {"a", "INSERT"}, {"w", "UPDATE"}, {"d", "DELETE"}};
  std::string sql = "CREATE POLICY " + policy.id.name + " ON " + policy.id.container;
  if (!policy.Has(Property::kPermissive)) sql += " AS RESTRICTIVE";
  const auto command = kCommands.find(policy.Get(Property::kCommand));
  if (command != kCommands.end() && command->first != "*") sql += " FOR " + command->second;
  if (PolicyRoles(policy) != "PUBLIC") sql += " TO " + PolicyRoles(policy);
  if (policy.Has(Property::kUsing)) sql += " USING (" + policy.Get(Property::kUsing) + ")";
  if (policy.Has(Property::kCheck)) sql += " WITH CHECK (" + policy.Get(Property::kCheck) + ")";
  return sql;
}

std::string AlterPolicySql(const CatalogObject& from, const CatalogObject& to) {
  std::string sql = "ALTER POLICY " + to.id.name + " ON " + to.id.container;
  if (PolicyRoles(from) != PolicyRoles(to)) sql += " TO " + PolicyRoles(to);
  if (from.Get(Property::kUsing) != to.Get(Property::kUsing))
    sql += " USING (" + to.Get(Property::kUsing) + ")";
  if (from.Get(Property::kCheck) != to.Get(Property::kCheck))
    sql += " WITH CHECK (" + to.Get(Property::kCheck) + ")";
  return sql;
}

std::string PublicationSql(const CatalogObject& publication) {
  std::string sql = "CREATE PUBLICATION " + publication.id.name;
  if (publication.Has(Property::kAllTables)) sql += " FOR ALL TABLES";
  std::vector<std::string> options;
  if (publication.Get(Property::kEvents) != "insert, update, delete, truncate")
    options.push_back("publish = " + Literal(publication.Get(Property::kEvents)));
  if (publication.Has(Property::kViaRoot))
    options.emplace_back("publish_via_partition_root = true");
  if (!options.empty()) sql += " WITH (" + Join(options, ", ") + ")";
  return sql;
}

std::string PublicationTableSql(const CatalogObject& table) {
  std::string sql = "ALTER PUBLICATION " + table.id.container + " ADD TABLE ONLY " + table.id.name;
  if (table.Has(Property::kColumns)) sql += " (" + table.Get(Property::kColumns) + ")";
  if (table.Has(Property::kFilter)) sql += " WHERE (" + table.Get(Property::kFilter) + ")";
  return sql;
}

Statements Mappings(const CatalogObject* from, const CatalogObject& to) {
  const auto read = [](const CatalogObject* object) {
    std::map<std::string, std::string> mappings;
    if (!object) return mappings;
    for (const std::string& line : ListElements(object->Get(Property::kMappings)))
      mappings[line.substr(0, line.find('='))] = line.substr(line.find('=') + 1);
    return mappings;
  };
  const auto before = read(from);
  const auto after = read(&to);
  const std::string alter = "ALTER TEXT SEARCH CONFIGURATION " + to.id.name;
  Statements statements;
  for (const auto& [token, dictionaries] : after) {
    const auto old = before.find(token);
    if (old == before.end())
      statements.push_back(
          MakeStatement(to, alter + " ADD MAPPING FOR " + token + " WITH " + dictionaries));
    else if (old->second != dictionaries)
      statements.push_back(
          MakeStatement(to, alter + " ALTER MAPPING FOR " + token + " WITH " + dictionaries));
  }
  for (const auto& [token, dictionaries] : before)
    if (!after.contains(token))
      statements.push_back(MakeStatement(to, alter + " DROP MAPPING FOR " + token));
  return statements;
}

Statements Members(const CatalogObject* from, const CatalogObject& to) {
  const auto before =
      from ? ListElements(from->Get(Property::kMembers)) : std::vector<std::string>();
  const auto after = ListElements(to.Get(Property::kMembers));
  const auto has = [](const std::vector<std::string>& list, const std::string& item) {
    return std::find(list.begin(), list.end(), item) != list.end();
  };
  const std::string alter = "ALTER OPERATOR FAMILY " + to.id.name;
  Statements statements;
  for (const std::string& member : before) {
    if (has(after, member)) continue;
    // "FUNCTION 1 (int4, int4) f(...)" and "OPERATOR 1 app.<(int4,int4)" to their heads.
    std::string head = member.substr(0, member.find(')') + 1);
    if (member.starts_with("OPERATOR")) {
      const std::size_t number_end = member.find(' ', 9);
      head = member.substr(0, number_end) + " " +
             member.substr(member.find('('), member.find(')') + 1 - member.find('('));
    }
    statements.push_back(MakeStatement(to, alter + " DROP " + head));
  }
  for (const std::string& member : after)
    if (!has(before, member)) statements.push_back(MakeStatement(to, alter + " ADD " + member));
  return statements;
}

std::string EnabledSql(const CatalogObject& object) {
  const std::string& enabled = object.Get(Property::kEnabled);
  const std::string word = enabled == "D"   ? "DISABLE"
                           : enabled == "R" ? "ENABLE REPLICA"
                           : enabled == "A" ? "ENABLE ALWAYS"
                                            : "ENABLE";
  if (object.id.kind == ObjectKind::kEventTrigger)
    return "ALTER EVENT TRIGGER " + object.id.name + " " +
           (enabled == "R" ? "ENABLE REPLICA" : word);
  return "ALTER TABLE " + object.id.container + " " + word + " " + SqlKind(object.id.kind) + " " +
         object.id.name;
}

std::string StatisticsTarget(const CatalogObject& object) {
  return "ALTER STATISTICS " + object.id.name + " SET STATISTICS " +
         (object.Has(Property::kStatistics) ? object.Get(Property::kStatistics) : "-1");
}

std::string Estimators(const CatalogObject& object) {
  const auto value = [&](Property property) {
    return object.Has(property) ? object.Get(property) : std::string("NONE");
  };
  return "ALTER OPERATOR " + object.id.name + " SET (RESTRICT = " + value(Property::kRestrict) +
         ", JOIN = " + value(Property::kJoin) + ")";
}

std::string OperatorClassSql(const CatalogObject& object) {
  std::vector<std::string> items = ListElements(object.Get(Property::kMembers));
  if (object.Has(Property::kStorage)) items.push_back("STORAGE " + object.Get(Property::kStorage));
  if (items.empty()) items.push_back("STORAGE " + object.Get(Property::kType));
  return object.Get(Property::kDefinition) + Join(items, ", ");
}

std::string SubscriptionSql(const CatalogObject& object) {
  std::string sql = "CREATE SUBSCRIPTION " + object.id.name + " CONNECTION " +
                    Literal(object.Get(Property::kConnection)) + " PUBLICATION " +
                    object.Get(Property::kMembers) + " WITH (connect = false, slot_name = " +
                    (object.Has(Property::kSlot) ? object.Get(Property::kSlot) : "NONE");
  // Which not everybody may read before PostgreSQL 14.
  if (object.Has(Property::kOptions)) {
    sql += ", synchronous_commit = " + Literal(object.Get(Property::kOptions));
  }
  return sql + ")";
}

std::string ExtensionSql(const CatalogObject& object) {
  std::string sql =
      "CREATE EXTENSION " + object.id.name + " SCHEMA " + object.Get(Property::kSchema);
  if (object.Has(Property::kVersion)) sql += " VERSION " + Literal(object.Get(Property::kVersion));
  return sql;
}

bool HasForeignOptions(ObjectKind kind) {
  return kind == ObjectKind::kServer || kind == ObjectKind::kForeignDataWrapper ||
         kind == ObjectKind::kUserMapping;
}

std::string WithForeignOptions(const CatalogObject& object, std::string sql) {
  if (object.Has(Property::kVersion)) {
    const std::size_t at = sql.find(" FOREIGN DATA WRAPPER ");
    sql.insert(at, " VERSION " + object.Get(Property::kVersion));
  }
  if (object.Has(Property::kForeignOptions))
    sql += " OPTIONS (" + ForeignOptionList(object.Get(Property::kForeignOptions)) + ")";
  return sql;
}

bool IsSecretDigest(const CatalogObject& object) {
  return object.id.kind == ObjectKind::kUserMapping &&
         object.Get(Property::kForeignOptions).starts_with("md5:");
}

std::string MappingSql(const CatalogObject& object) {
  const std::string sql = "CREATE " + SqlReference(object);
  return IsSecretDigest(object) ? sql : WithForeignOptions(object, sql);
}

std::string CreateSql(const CatalogObject& object) {
  std::string definition(Trim(object.Get(Property::kDefinition)));
  while (!definition.empty() && definition.back() == ';') definition.pop_back();
  switch (object.id.kind) {
    case ObjectKind::kSchema:
      return "CREATE SCHEMA " + object.id.name;
    case ObjectKind::kExtension:
      return ExtensionSql(object);
    case ObjectKind::kForeignDataWrapper:
    case ObjectKind::kServer:
      return WithForeignOptions(object, definition);
    case ObjectKind::kUserMapping:
      return MappingSql(object);
    case ObjectKind::kTextSearchDictionary:
      return definition +
             (object.Has(Property::kForeignOptions) ? ", " + object.Get(Property::kForeignOptions)
                                                    : "") +
             ")";
    case ObjectKind::kShellType:
      return "CREATE TYPE " + object.id.name;
    case ObjectKind::kOperatorFamily:
      return "CREATE OPERATOR FAMILY " + object.id.name;
    case ObjectKind::kOperatorClass:
      return OperatorClassSql(object);
    case ObjectKind::kPolicy:
      return PolicySql(object);
    case ObjectKind::kPublication:
      return PublicationSql(object);
    case ObjectKind::kPublicationTable:
      return PublicationTableSql(object);
    case ObjectKind::kPublicationSchema:
      return "ALTER PUBLICATION " + object.id.container + " ADD TABLES IN SCHEMA " + object.id.name;
    case ObjectKind::kSubscription:
      return SubscriptionSql(object);
    default:
      return definition;
  }
}

std::string DefaultSql(const DdlContext& context, const CatalogObject& object) {
  return AlterContainer(context.to, object.id) + " ALTER COLUMN " + object.id.name +
         " SET DEFAULT " + object.Get(Property::kDefinition);
}

}  // namespace

bool IsTriggerCopy(const CatalogObject& object) {
  return object.id.kind == ObjectKind::kTrigger && object.Has(Property::kInherited);
}

Statements LikeParentsTrigger(const DdlContext& context, const CatalogObject& copy) {
  const CatalogObject* table = context.to.Find({ObjectKind::kTable, "", copy.id.container});
  if (!table || ChangesParents(context.from, context.to, copy.id.container)) return {};
  for (const std::string& parent : ListElements(table->Get(Property::kParents))) {
    const CatalogObject* trigger = context.to.Find({ObjectKind::kTrigger, parent, copy.id.name});
    if (!trigger) continue;
    CatalogObject like = copy;
    like.properties.Set(Property::kEnabled, trigger->Get(Property::kEnabled));
    return {MakeStatement(copy, EnabledSql(like))};
  }
  return {};
}

// REPLACE is what functions have instead of ALTER.
Statements CreateOther(const DdlContext& context, const CatalogObject& object) {
  const ObjectKind kind = object.id.kind;
  Statements statements;
  if (kind == ObjectKind::kDefault) return {MakeStatement(object, DefaultSql(context, object))};
  if (kind == ObjectKind::kDefaultPrivileges)
    return DefaultPrivilegeStatements(context, nullptr, &object);
  if (IsTriggerCopy(object)) return {MakeStatement(object, EnabledSql(object))};
  std::string sql = CreateSql(object);
  if (kind == ObjectKind::kFunction || kind == ObjectKind::kProcedure) {
    const std::string replace = "CREATE OR REPLACE ";
    if (sql.starts_with(replace)) sql.replace(0, replace.size(), "CREATE ");
  }
  statements.push_back(MakeStatement(object, sql));
  if (IsSecretDigest(object))
    statements.back().note = "the options of a user mapping may be secret: add them by hand";
  if (kind == ObjectKind::kTextSearchConfiguration)
    for (DdlStatement& statement : Mappings(nullptr, object))
      statements.push_back(std::move(statement));
  if (kind == ObjectKind::kOperatorFamily)
    for (DdlStatement& statement : Members(nullptr, object))
      statements.push_back(std::move(statement));
  if (object.Has(Property::kRestrict) || object.Has(Property::kJoin))
    statements.push_back(MakeStatement(object, Estimators(object)));
  if (object.Has(Property::kEnabled) && kind != ObjectKind::kSubscription)
    statements.push_back(MakeStatement(object, EnabledSql(object)));
  if (kind == ObjectKind::kStatistics && object.Has(Property::kStatistics))
    statements.push_back(MakeStatement(object, StatisticsTarget(object)));
  return statements;
}

Statements AlterOther(const DdlContext& context, const CatalogObject& from,
                      const CatalogObject& to) {
  const ObjectKind kind = to.id.kind;
  const auto differs = [&](Property property) { return from.Get(property) != to.Get(property); };
  Statements statements;
  const auto add = [&](const std::string& sql) { statements.push_back(MakeStatement(to, sql)); };
  if (kind == ObjectKind::kDefault) {
    if (differs(Property::kDefinition)) add(DefaultSql(context, to));
    return statements;
  }
  if (kind == ObjectKind::kDefaultPrivileges)
    return DefaultPrivilegeStatements(context, &from, &to);
  const std::string alter = "ALTER " + SqlReference(to);
  if ((kind == ObjectKind::kFunction || kind == ObjectKind::kProcedure) &&
      differs(Property::kDefinition))
    add(std::string(Trim(to.Get(Property::kDefinition))));
  if (kind == ObjectKind::kRule && differs(Property::kDefinition)) {
    std::string sql = CreateSql(to);
    sql.insert(7, "OR REPLACE ");
    add(sql);
  }
  if (kind == ObjectKind::kExtension && differs(Property::kSchema))
    add(alter + " SET SCHEMA " + to.Get(Property::kSchema));
  if (kind == ObjectKind::kExtension && differs(Property::kVersion) && to.Has(Property::kVersion))
    add(alter + " UPDATE TO " + Literal(to.Get(Property::kVersion)));
  if (kind == ObjectKind::kServer && differs(Property::kVersion))
    add(alter + " VERSION " + (to.Has(Property::kVersion) ? to.Get(Property::kVersion) : "NULL"));
  if (HasForeignOptions(kind) && differs(Property::kForeignOptions) && !IsSecretDigest(to))
    add(alter + " OPTIONS (" +
        ForeignOptionChanges(from.Get(Property::kForeignOptions),
                             to.Get(Property::kForeignOptions)) +
        ")");
  if (kind == ObjectKind::kTextSearchConfiguration)
    for (DdlStatement& statement : Mappings(&from, to)) statements.push_back(std::move(statement));
  if (kind == ObjectKind::kOperatorFamily)
    for (DdlStatement& statement : Members(&from, to)) statements.push_back(std::move(statement));
  if (kind == ObjectKind::kOperator && (differs(Property::kRestrict) || differs(Property::kJoin)))
    add(Estimators(to));
  if (kind == ObjectKind::kPolicy &&
      (differs(Property::kRoles) || differs(Property::kUsing) || differs(Property::kCheck)))
    add(AlterPolicySql(from, to));
  if (kind == ObjectKind::kPublication && differs(Property::kEvents))
    add(alter + " SET (publish = " + Literal(to.Get(Property::kEvents)) + ")");
  if (kind == ObjectKind::kPublication && differs(Property::kViaRoot))
    add(alter + " SET (publish_via_partition_root = " +
        (to.Has(Property::kViaRoot) ? "true" : "false") + ")");
  if (kind == ObjectKind::kSubscription && differs(Property::kEnabled))
    add(alter + (to.Has(Property::kEnabled) ? " ENABLE" : " DISABLE"));
  else if (differs(Property::kEnabled))
    add(EnabledSql(to));
  if (kind == ObjectKind::kStatistics && differs(Property::kStatistics)) add(StatisticsTarget(to));
  return statements;
}

}  // namespace schemaop
