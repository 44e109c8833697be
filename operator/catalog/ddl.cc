#include "catalog/ddl.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"

namespace schemaop {

namespace {

std::map<std::string, std::string> ReadOptions(std::string_view list) {
  std::map<std::string, std::string> options;
  for (const std::string& element : ListElements(list)) {
    const std::size_t equals = element.find('=');
    options[element.substr(0, equals)] =
        equals == std::string::npos ? "" : element.substr(equals + 1);
  }
  return options;
}

// Storage parameters are numbers, booleans and words.
std::string OptionValue(const std::string& value) {
  const bool plain = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '_';
  });
  return plain ? value : Literal(value);
}

bool IsPart(ObjectKind kind) { return kind == ObjectKind::kColumn || kind == ObjectKind::kDefault; }

std::string Destruction(const CatalogObject& object) {
  switch (object.id.kind) {
    case ObjectKind::kTable:
      return "drops table " + object.id.name;
    case ObjectKind::kSchema:
      return "drops schema " + object.id.name;
    case ObjectKind::kSequence:
      return "drops sequence " + object.id.name;
    default:
      return "";
  }
}

std::string DropSql(const DdlContext& context, const CatalogObject& object) {
  const ObjectId& id = object.id;
  switch (id.kind) {
    case ObjectKind::kColumn:
      return AlterContainer(context.from, id) +
             (context.from.Find({ObjectKind::kComposite, "", id.container}) ? " DROP ATTRIBUTE "
                                                                            : " DROP COLUMN ") +
             id.name;
    case ObjectKind::kDefault:
      return AlterContainer(context.from, id) + " ALTER COLUMN " + id.name + " DROP DEFAULT";
    case ObjectKind::kConstraint:
      return AlterContainer(context.from, id) + " DROP CONSTRAINT " + id.name;
    case ObjectKind::kPublicationTable:
      return "ALTER PUBLICATION " + id.container + " DROP TABLE " + id.name;
    case ObjectKind::kPublicationSchema:
      return "ALTER PUBLICATION " + id.container + " DROP TABLES IN SCHEMA " + id.name;
    default:
      return "DROP " + SqlReference(object);
  }
}

bool ExistsBefore(const DdlContext& context, const std::string& table) {
  return context.from.Find({ObjectKind::kTable, "", table}) ||
         context.from.Find({ObjectKind::kMaterializedView, "", table});
}

}  // namespace

std::string Literal(std::string_view text) {
  const bool escapes = text.find('\\') != std::string_view::npos;
  if (!escapes) return QuoteDoubling('\'', text);
  std::string doubled;
  for (const char c : text) doubled += c == '\\' ? "\\\\" : std::string(1, c);
  return "E" + QuoteDoubling('\'', doubled);
}

std::string Identifier(std::string_view name) { return QuoteDoubling('"', name); }

std::string SqlKind(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kEnum:
    case ObjectKind::kComposite:
    case ObjectKind::kRange:
    case ObjectKind::kBaseType:
    case ObjectKind::kShellType:
      return "TYPE";
    default:
      break;
  }
  std::string words(KindName(kind));
  for (char& c : words)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return words;
}

std::string SqlReference(const CatalogObject& object) {
  const ObjectId& id = object.id;
  const std::string kind = SqlKind(id.kind) + " ";
  if (id.kind == ObjectKind::kTransform) return kind + id.name;
  if (id.kind == ObjectKind::kUserMapping)
    return kind + "FOR " + id.name + " SERVER " + id.container;
  if (id.kind == ObjectKind::kConstraint && object.Has(Property::kOfDomain))
    return kind + id.name + " ON DOMAIN " + id.container;
  if (id.container.empty()) return kind + id.name;
  if (IsPart(id.kind)) return kind + id.container + "." + id.name;
  return kind + id.name + " ON " + id.container;
}

std::string AlterContainer(const Catalog& catalog, const ObjectId& part) {
  for (const ObjectKind kind :
       {ObjectKind::kTable, ObjectKind::kForeignTable, ObjectKind::kView,
        ObjectKind::kMaterializedView, ObjectKind::kDomain, ObjectKind::kComposite})
    if (catalog.Find({kind, "", part.container}))
      return "ALTER " + SqlKind(kind) + " " + part.container;
  return "ALTER TABLE " + part.container;
}

void Append(Statements& statements, Statements more) {
  for (DdlStatement& statement : more) statements.push_back(std::move(statement));
}

DdlStatement MakeStatement(const CatalogObject& object, std::string sql) {
  DdlStatement statement;
  statement.sql = std::move(sql);
  statement.object = object.id;
  return statement;
}

OptionChanges CompareOptions(std::string_view from, std::string_view to) {
  const auto before = ReadOptions(from);
  const auto after = ReadOptions(to);
  OptionChanges changes;
  for (const auto& [name, value] : after) {
    const auto old = before.find(name);
    if (old == before.end() || old->second != value)
      changes.set.push_back(name + " = " + OptionValue(value));
  }
  for (const auto& [name, value] : before)
    if (!after.contains(name)) changes.reset.push_back(name);
  return changes;
}

std::string ForeignOptionChanges(std::string_view from, std::string_view to) {
  const auto before = ReadOptions(from);
  const auto after = ReadOptions(to);
  std::vector<std::string> parts;
  for (const auto& [name, value] : after) {
    const auto old = before.find(name);
    if (old == before.end())
      parts.push_back("ADD " + Identifier(name) + " " + Literal(value));
    else if (old->second != value)
      parts.push_back("SET " + Identifier(name) + " " + Literal(value));
  }
  for (const auto& [name, value] : before)
    if (!after.contains(name)) parts.push_back("DROP " + Identifier(name));
  return Join(parts, ", ");
}

std::string ForeignOptionList(std::string_view options) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : ReadOptions(options))
    parts.push_back(Identifier(name) + " " + Literal(value));
  return Join(parts, ", ");
}

Statements DropObject(const DdlContext& context, const CatalogObject& object) {
  if (IsTriggerCopy(object)) return LikeParentsTrigger(context, object);
  DdlStatement statement = MakeStatement(object, DropSql(context, object));
  if (object.id.kind == ObjectKind::kColumn && !object.Has(Property::kGenerated) &&
      !object.Has(Property::kOfView))
    statement.destroys = "drops " + Text(object.id);
  if (const std::string what = Destruction(object); !what.empty()) statement.destroys = what;
  if (object.id.kind == ObjectKind::kIndex && context.options.concurrent_indexes &&
      ExistsBefore(context, object.Get(Property::kTable)) && !object.Has(Property::kParentIndex)) {
    statement.sql = "DROP INDEX CONCURRENTLY " + object.id.name;
    statement.transaction = Transaction::kOutside;
  }
  return {statement};
}

Statements CreateObject(const DdlContext& context, const CatalogObject& object,
                        const Parts& folded) {
  Statements statements;
  switch (object.id.kind) {
    case ObjectKind::kTable:
    case ObjectKind::kForeignTable:
    case ObjectKind::kView:
    case ObjectKind::kMaterializedView:
      statements = CreateRelation(context, object, folded);
      break;
    case ObjectKind::kColumn:
      statements = CreateColumn(context, object, folded);
      break;
    case ObjectKind::kConstraint:
      statements = CreateConstraint(context, object);
      break;
    case ObjectKind::kIndex:
      statements = CreateIndex(context, object);
      break;
    case ObjectKind::kSequence:
      statements = CreateSequence(context, object);
      break;
    case ObjectKind::kEnum:
    case ObjectKind::kComposite:
    case ObjectKind::kDomain:
      statements = CreateType(context, object, folded);
      break;
    default:
      statements = CreateOther(context, object);
      break;
  }
  for (DdlStatement& statement : AttributeStatements(context, nullptr, object))
    statements.push_back(std::move(statement));
  for (const CatalogObject* part : folded)
    if (object.id.kind != ObjectKind::kColumn || !IsDefaultOf(*part, object))
      Append(statements, SettleObject(context, *part));
  return statements;
}

Statements SettleObject(const DdlContext& context, const CatalogObject& object) {
  Statements statements;
  switch (object.id.kind) {
    case ObjectKind::kColumn:
      statements = SettleColumn(context, object);
      break;
    case ObjectKind::kDefault:
      statements = SettleDefault(context, object);
      break;
    case ObjectKind::kIndex:
      statements = SettleIndex(context, object);
      break;
    default:
      break;
  }
  for (DdlStatement& statement : AttributeStatements(context, nullptr, object))
    statements.push_back(std::move(statement));
  return statements;
}

Statements AlterObject(const DdlContext& context, const CatalogObject& from,
                       const CatalogObject& to) {
  Statements statements;
  switch (to.id.kind) {
    case ObjectKind::kTable:
    case ObjectKind::kForeignTable:
    case ObjectKind::kMaterializedView:
    case ObjectKind::kView:
      statements = RelationSettings(context, &from, to);
      break;
    case ObjectKind::kColumn:
      statements = AlterColumn(context, from, to);
      break;
    case ObjectKind::kConstraint:
      statements = AlterConstraint(context, from, to);
      break;
    case ObjectKind::kIndex:
      statements = IndexSettings(context, &from, to);
      break;
    case ObjectKind::kSequence:
      statements = AlterSequence(context, from, to);
      break;
    case ObjectKind::kEnum:
    case ObjectKind::kComposite:
    case ObjectKind::kDomain:
      statements = AlterType(context, from, to);
      break;
    default:
      statements = AlterOther(context, from, to);
      break;
  }
  for (DdlStatement& statement : AttributeStatements(context, &from, to))
    statements.push_back(std::move(statement));
  return statements;
}

}  // namespace schemaop
