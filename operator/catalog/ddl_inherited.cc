// What parents give to their children, and columns that move.
#include <algorithm>
#include <string>
#include <utility>

#include "base/text.h"
#include "catalog/ddl.h"
#include "catalog/work.h"

namespace schemaop {

namespace {

const CatalogObject* TableOf(const Catalog& catalog, const std::string& name) {
  for (const ObjectKind kind : {ObjectKind::kTable, ObjectKind::kForeignTable})
    if (const CatalogObject* table = catalog.Find({kind, "", name})) return table;
  return nullptr;
}

// "a_b_idx" without its table: the part of the name that the server makes of columns (indexcmds.c,
// ChooseIndexNameAddition). Empty when it is not plain.
std::string NameAddition(const std::string& definition) {
  const std::size_t open = definition.find(" (");
  if (open == std::string::npos || definition.find(" INCLUDE (") != std::string::npos) return "";
  std::string columns = definition.substr(open + 2);
  columns.resize(std::min(columns.find(')'), columns.size()));
  std::string addition;
  for (const std::string& column : SplitList(columns)) {
    const std::string name = column.substr(0, column.find(' '));
    if (name.find_first_of("(\"") != std::string::npos) return "";
    addition += (addition.empty() ? "" : "_") + name;
  }
  return addition;
}

// The name that the server chooses for a partition's index; empty when we cannot say.
std::string ChosenName(const CatalogObject& index, const std::string& constraint_type) {
  std::string table = BareName(index.Get(Property::kTable));
  if (table.find('"') != std::string::npos) return "";
  const std::string addition = NameAddition(index.Get(Property::kDefinition));
  std::string name;
  if (constraint_type == "p")
    name = table + "_pkey";
  else if (addition.empty())
    return "";
  else if (constraint_type == "u")
    name = table + "_" + addition + "_key";
  else if (constraint_type == "x")
    name = table + "_" + addition + "_excl";
  else
    name = table + "_" + addition + "_idx";
  constexpr std::size_t kLongest = 63;
  return name.size() <= kLongest ? name : "";
}

std::string AsideName(const CatalogObject& column) { return WithSuffix(column.id.name, "__old"); }

}  // namespace

const CatalogObject* InheritedFrom(const Catalog& catalog, const CatalogObject& column) {
  if (column.id.kind == ObjectKind::kColumn && !column.Has(Property::kInherited)) return nullptr;
  const CatalogObject* table = TableOf(catalog, column.id.container);
  if (!table) return nullptr;
  for (const std::string& parent : ListElements(table->Get(Property::kParents)))
    if (const CatalogObject* found = catalog.Find({column.id.kind, parent, column.id.name}))
      return found;
  return nullptr;
}

Statements SettleColumn(const DdlContext& context, const CatalogObject& column) {
  const CatalogObject* parent = InheritedFrom(context.to, column);
  if (!parent) return ColumnSettings(context, nullptr, column);
  CatalogObject given = *parent;
  for (const Property property :
       {Property::kStatistics, Property::kOptions, Property::kForeignOptions})
    given.properties.Erase(property);
  Statements statements = ColumnSettings(context, &given, column);
  const std::string alter =
      AlterContainer(context.to, column.id) + " ALTER COLUMN " + column.id.name;
  if (column.Has(Property::kNotNull) && !parent->Has(Property::kNotNull))
    statements.push_back(MakeStatement(column, alter + " SET NOT NULL"));
  const ObjectId own{ObjectKind::kDefault, column.id.container, column.id.name};
  const ObjectId theirs{ObjectKind::kDefault, parent->id.container, column.id.name};
  if (context.to.Find(theirs) && !context.to.Find(own))
    statements.push_back(MakeStatement(column, alter + " DROP DEFAULT"));
  return statements;
}

Statements SettleDefault(const DdlContext& context, const CatalogObject& object) {
  const CatalogObject* column =
      context.to.Find({ObjectKind::kColumn, object.id.container, object.id.name});
  if (!column || !column->Has(Property::kInherited)) return {};
  const CatalogObject* parent = InheritedFrom(context.to, object);
  if (parent && parent->Get(Property::kDefinition) == object.Get(Property::kDefinition)) return {};
  return CreateOther(context, object);
}

Statements SettleIndex(const DdlContext& context, const CatalogObject& index) {
  Statements statements;
  CatalogObject given = index;
  for (const Property property :
       {Property::kClustered, Property::kReplicaIndex, Property::kStatistics})
    given.properties.Erase(property);
  if (index.Has(Property::kParentIndex)) {
    std::string type;
    if (const CatalogObject* constraint =
            context.to.Find({ObjectKind::kConstraint, index.Get(Property::kTable),
                             index.Get(Property::kOfConstraint)}))
      type = constraint->Get(Property::kConstraintType);
    const std::string chosen = ChosenName(index, type);
    if (!chosen.empty() && chosen != BareName(index.id.name)) {
      const std::string schema =
          index.id.name.substr(0, index.id.name.size() - BareName(index.id.name).size());
      statements.push_back(MakeStatement(
          index, "ALTER INDEX " + schema + chosen + " RENAME TO " + BareName(index.id.name)));
    }
    const CatalogObject* parent =
        context.to.Find({ObjectKind::kIndex, "", index.Get(Property::kParentIndex)});
    given.properties.Set(Property::kOptions, parent ? parent->Get(Property::kOptions) : "");
    if (parent && parent->Has(Property::kTablespace))
      given.properties.Set(Property::kTablespace, parent->Get(Property::kTablespace));
  }
  Append(statements, IndexSettings(context, &given, index));
  return statements;
}

Statements PutColumnAside(const DdlContext& context, const CatalogObject& column) {
  const std::string alter = AlterContainer(context.from, column.id);
  Statements statements;
  if (column.Has(Property::kIdentity))
    statements.push_back(
        MakeStatement(column, alter + " ALTER COLUMN " + column.id.name + " DROP IDENTITY"));
  statements.push_back(MakeStatement(
      column, alter + " RENAME COLUMN " + column.id.name + " TO " + AsideName(column)));
  return statements;
}

Statements MakeColumnAnew(const DdlContext& context, const CatalogObject& from,
                          const CatalogObject& to) {
  const std::string alter = AlterContainer(context.to, to.id);
  CatalogObject bare = to;
  bare.properties.Erase(Property::kIdentity);
  bare.properties.Erase(Property::kNotNull);
  Statements statements = {
      MakeStatement(to, alter + " ADD COLUMN " + ColumnClause(context, bare, nullptr))};
  if (!to.Has(Property::kGenerated)) {
    const bool same = from.Get(Property::kType) == to.Get(Property::kType);
    DdlStatement update =
        MakeStatement(to, "UPDATE " + to.id.container + " SET " + to.id.name + " = " +
                              AsideName(from) + (same ? "" : "::" + to.Get(Property::kType)));
    update.note = "writes every row, to give the columns of " + to.id.container + " another order";
    statements.push_back(std::move(update));
  }
  for (const CatalogObject& sequence : context.to.objects())
    if (sequence.id.kind == ObjectKind::kSequence && !sequence.Has(Property::kIdentity) &&
        sequence.Get(Property::kOwnedBy) == to.id.container + "." + to.id.name &&
        context.from.Find(sequence.id))
      statements.push_back(MakeStatement(to, "ALTER SEQUENCE " + sequence.id.name + " OWNED BY " +
                                                 sequence.Get(Property::kOwnedBy)));
  bare.properties.Erase(Property::kDefinition);
  DdlContext now = context;
  Append(statements, AlterColumn(now, bare, to));
  CatalogObject plain = bare;
  for (const Property property : {Property::kStorage, Property::kCompression, Property::kStatistics,
                                  Property::kOptions, Property::kForeignOptions})
    plain.properties.Erase(property);
  Append(statements, ColumnSettings(context, &plain, to));
  statements.push_back(MakeStatement(to, alter + " DROP COLUMN " + AsideName(from)));
  return statements;
}

}  // namespace schemaop
