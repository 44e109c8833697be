// Tables, foreign tables, views and materialized views.
#include <algorithm>
#include <string>
#include <utility>

#include "base/text.h"
#include "catalog/ddl.h"

namespace schemaop {

namespace {

std::string WithClause(const CatalogObject& object) {
  std::vector<std::string> options = CompareOptions("", object.Get(Property::kOptions)).set;
  for (const std::string& option : CompareOptions("", object.Get(Property::kToastOptions)).set)
    options.push_back("toast." + option);
  return options.empty() ? "" : " WITH (" + Join(options, ", ") + ")";
}

const CatalogObject* Folded(const Parts& folded, ObjectKind kind, const std::string& name) {
  for (const CatalogObject* part : folded)
    if (part->id.kind == kind && part->id.name == name) return part;
  return nullptr;
}

// A child says nothing of an expression that its parent has: it gets that one, and could have no
// other before PostgreSQL 16.
bool InheritsExpression(const DdlContext& context, const CatalogObject& table,
                        const CatalogObject& column) {
  if (!column.Has(Property::kGenerated)) return false;
  for (const std::string& parent : ListElements(table.Get(Property::kParents))) {
    const CatalogObject* above = context.to.Find({ObjectKind::kColumn, parent, column.id.name});
    if (above && above->Get(Property::kGenerated) == column.Get(Property::kGenerated)) return true;
  }
  return false;
}

std::string ElementList(const DdlContext& context, const CatalogObject& table,
                        const Parts& folded) {
  std::vector<std::string> lines;
  const bool typed = table.Has(Property::kOfType);
  for (const CatalogObject* column : context.to.ColumnsOf(table.id.name)) {
    if (!Folded(folded, ObjectKind::kColumn, column->id.name) || column->Has(Property::kInherited))
      continue;
    const CatalogObject* value = Folded(folded, ObjectKind::kDefault, column->id.name);
    if (typed && !value && !column->Has(Property::kNotNull)) continue;
    CatalogObject said = *column;
    if (InheritsExpression(context, table, *column)) said.properties.Erase(Property::kGenerated);
    std::string clause = ColumnClause(context, said, value);
    if (typed) {
      clause = column->id.name + (value ? " DEFAULT " + value->Get(Property::kDefinition) : "") +
               (column->Has(Property::kNotNull) ? " NOT NULL" : "");
    }
    lines.push_back(std::move(clause));
  }
  for (const CatalogObject* part : folded)
    if (part->id.kind == ObjectKind::kConstraint && !part->Has(Property::kInherited) &&
        !part->Has(Property::kParentIndex))
      lines.push_back(ConstraintClause(context, *part));
  if (lines.empty()) return typed ? "" : " ()";
  return " (\n    " + Join(lines, ",\n    ") + "\n)";
}

std::string TableSql(const DdlContext& context, const CatalogObject& table, const Parts& folded) {
  std::string sql = "CREATE ";
  if (table.Get(Property::kPersistence) == "u") sql += "UNLOGGED ";
  const bool foreign = table.id.kind == ObjectKind::kForeignTable;
  sql += (foreign ? "FOREIGN TABLE " : "TABLE ") + table.id.name;
  std::vector<std::string> parents = ListElements(table.Get(Property::kParents));
  if (table.Has(Property::kBound)) {
    sql += " PARTITION OF " + parents.front();
    const std::string elements = ElementList(context, table, folded);
    if (elements != " ()") sql += elements;
    sql += "\n" + table.Get(Property::kBound);
    parents.clear();
  } else {
    if (table.Has(Property::kOfType)) sql += " OF " + table.Get(Property::kOfType);
    sql += ElementList(context, table, folded);
  }
  if (!parents.empty()) sql += "\nINHERITS (" + Join(parents, ", ") + ")";
  if (foreign) {
    sql += "\nSERVER " + table.Get(Property::kServer);
    if (table.Has(Property::kForeignOptions))
      sql += " OPTIONS (" + ForeignOptionList(table.Get(Property::kForeignOptions)) + ")";
    return sql;
  }
  if (table.Has(Property::kPartitionKey))
    sql += "\nPARTITION BY " + table.Get(Property::kPartitionKey);
  if (table.Has(Property::kAccessMethod)) sql += "\nUSING " + table.Get(Property::kAccessMethod);
  sql += WithClause(table);
  if (table.Has(Property::kTablespace)) sql += " TABLESPACE " + table.Get(Property::kTablespace);
  return sql;
}

std::string QueryOf(const CatalogObject& view) {
  std::string query(Trim(view.Get(Property::kDefinition)));
  while (!query.empty() && query.back() == ';') query.pop_back();
  return query;
}

std::string ViewSql(const DdlContext& context, const CatalogObject& view) {
  std::vector<std::string> names;
  for (const CatalogObject* column : context.to.ColumnsOf(view.id.name))
    names.push_back(column->id.name);
  std::string sql = "CREATE ";
  if (view.id.kind == ObjectKind::kMaterializedView) {
    sql += "MATERIALIZED VIEW " + view.id.name;
    if (view.Has(Property::kAccessMethod)) sql += " USING " + view.Get(Property::kAccessMethod);
    sql += WithClause(view);
    if (view.Has(Property::kTablespace)) sql += " TABLESPACE " + view.Get(Property::kTablespace);
    return sql + " AS\n" + QueryOf(view);
  }
  return sql + "VIEW " + view.id.name + WithClause(view) + " AS\n" + QueryOf(view);
}

void AddRowSecurity(const CatalogObject& old, const CatalogObject& to, const std::string& alter,
                    Statements& statements) {
  if (old.Has(Property::kRowSecurity) != to.Has(Property::kRowSecurity))
    statements.push_back(MakeStatement(
        to,
        alter + (to.Has(Property::kRowSecurity) ? " ENABLE" : " DISABLE") + " ROW LEVEL SECURITY"));
  if (old.Has(Property::kForceRowSecurity) != to.Has(Property::kForceRowSecurity))
    statements.push_back(
        MakeStatement(to, alter + (to.Has(Property::kForceRowSecurity) ? " FORCE" : " NO FORCE") +
                              " ROW LEVEL SECURITY"));
}

void AddOptions(const CatalogObject& from, const CatalogObject& to, const std::string& alter,
                Statements& statements) {
  OptionChanges changes = CompareOptions(from.Get(Property::kOptions), to.Get(Property::kOptions));
  const OptionChanges toast =
      CompareOptions(from.Get(Property::kToastOptions), to.Get(Property::kToastOptions));
  for (const std::string& option : toast.set) changes.set.push_back("toast." + option);
  for (const std::string& option : toast.reset) changes.reset.push_back("toast." + option);
  if (!changes.set.empty())
    statements.push_back(MakeStatement(to, alter + " SET (" + Join(changes.set, ", ") + ")"));
  if (!changes.reset.empty())
    statements.push_back(MakeStatement(to, alter + " RESET (" + Join(changes.reset, ", ") + ")"));
}

void AddParents(const CatalogObject& from, const CatalogObject& to, const std::string& alter,
                Statements& statements) {
  if (from.Get(Property::kParents) == to.Get(Property::kParents) &&
      from.Get(Property::kBound) == to.Get(Property::kBound))
    return;
  const auto before = ListElements(from.Get(Property::kParents));
  const auto after = ListElements(to.Get(Property::kParents));
  if (from.Has(Property::kBound))
    statements.push_back(
        MakeStatement(to, "ALTER TABLE " + before.front() + " DETACH PARTITION " + to.id.name));
  if (to.Has(Property::kBound)) {
    statements.push_back(MakeStatement(to, "ALTER TABLE " + after.front() + " ATTACH PARTITION " +
                                               to.id.name + " " + to.Get(Property::kBound)));
    return;
  }
  // Parents are told apart by their order too: from the first difference on they are new.
  std::size_t same = 0;
  while (same < before.size() && same < after.size() && before[same] == after[same]) ++same;
  if (!from.Has(Property::kBound))
    for (std::size_t i = same; i < before.size(); ++i)
      statements.push_back(MakeStatement(to, alter + " NO INHERIT " + before[i]));
  for (std::size_t i = same; i < after.size(); ++i)
    statements.push_back(MakeStatement(to, alter + " INHERIT " + after[i]));
}

void AddPlace(const CatalogObject& from, const CatalogObject& to, const std::string& alter,
              Statements& statements) {
  if (from.Get(Property::kOfType) != to.Get(Property::kOfType))
    statements.push_back(MakeStatement(
        to, alter + (to.Has(Property::kOfType) ? " OF " + to.Get(Property::kOfType) : " NOT OF")));
  if (from.Get(Property::kPersistence) != to.Get(Property::kPersistence))
    statements.push_back(MakeStatement(
        to, alter + (to.Get(Property::kPersistence) == "u" ? " SET UNLOGGED" : " SET LOGGED")));
  if (from.Get(Property::kAccessMethod) != to.Get(Property::kAccessMethod))
    statements.push_back(MakeStatement(
        to, alter + " SET ACCESS METHOD " +
                (to.Has(Property::kAccessMethod) ? to.Get(Property::kAccessMethod) : "heap")));
  if (from.Get(Property::kTablespace) != to.Get(Property::kTablespace))
    statements.push_back(MakeStatement(
        to, alter + " SET TABLESPACE " +
                (to.Has(Property::kTablespace) ? to.Get(Property::kTablespace) : "pg_default")));
}

// The index that is the identity comes by itself: see FinishObject.
void AddReplicaIdentity(const CatalogObject& old, const CatalogObject& to, const std::string& alter,
                        Statements& statements) {
  const std::string& identity = to.Get(Property::kReplicaIdentity);
  if (old.Get(Property::kReplicaIdentity) == identity || identity == "i") return;
  statements.push_back(MakeStatement(to, alter + " REPLICA IDENTITY " +
                                             (identity == "f"   ? "FULL"
                                              : identity == "n" ? "NOTHING"
                                                                : "DEFAULT")));
}

}  // namespace

Statements CreateRelation(const DdlContext& context, const CatalogObject& object,
                          const Parts& folded) {
  static const CatalogObject kNothing;
  if (object.id.kind == ObjectKind::kView || object.id.kind == ObjectKind::kMaterializedView)
    return {MakeStatement(object, ViewSql(context, object))};
  Statements statements = {MakeStatement(object, TableSql(context, object, folded))};
  const std::string alter = "ALTER TABLE " + object.id.name;
  AddRowSecurity(kNothing, object, alter, statements);
  AddReplicaIdentity(kNothing, object, alter, statements);
  return statements;
}

Statements RelationSettings(const DdlContext& context, const CatalogObject* from,
                            const CatalogObject& to) {
  const std::string alter = "ALTER " + SqlKind(to.id.kind) + " " + to.id.name;
  Statements statements;
  if (to.id.kind == ObjectKind::kView &&
      from->Get(Property::kDefinition) != to.Get(Property::kDefinition)) {
    // OR REPLACE sets the options too.
    std::string sql = ViewSql(context, to);
    sql.insert(std::string("CREATE ").size(), "OR REPLACE ");
    return {MakeStatement(to, sql)};
  }
  AddOptions(*from, to, alter, statements);
  if (to.id.kind == ObjectKind::kView) return statements;
  AddPlace(*from, to, alter, statements);
  if (to.id.kind == ObjectKind::kMaterializedView) return statements;
  AddParents(*from, to, alter, statements);
  AddRowSecurity(*from, to, alter, statements);
  AddReplicaIdentity(*from, to, alter, statements);
  if (from->Get(Property::kForeignOptions) != to.Get(Property::kForeignOptions))
    statements.push_back(
        MakeStatement(to, alter + " OPTIONS (" +
                              ForeignOptionChanges(from->Get(Property::kForeignOptions),
                                                   to.Get(Property::kForeignOptions)) +
                              ")"));
  return statements;
}

}  // namespace schemaop
