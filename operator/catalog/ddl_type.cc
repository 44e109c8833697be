// Enums, composite types and domains.
#include <algorithm>
#include <string>
#include <utility>

#include "base/text.h"
#include "catalog/alter_rules.h"
#include "catalog/ddl.h"

namespace schemaop {

namespace {

std::string CompositeSql(const DdlContext& context, const CatalogObject& type) {
  std::vector<std::string> attributes;
  for (const CatalogObject* column : context.to.ColumnsOf(type.id.name))
    attributes.push_back(ColumnClause(context, *column, nullptr));
  return "CREATE TYPE " + type.id.name + " AS (" + Join(attributes, ", ") + ")";
}

std::string DomainSql(const CatalogObject& domain, const Parts& folded) {
  std::string sql = "CREATE DOMAIN " + domain.id.name + " AS " + domain.Get(Property::kBaseType);
  if (domain.Has(Property::kCollation)) sql += " COLLATE " + domain.Get(Property::kCollation);
  if (domain.Has(Property::kDefaultText)) sql += " DEFAULT " + domain.Get(Property::kDefaultText);
  if (domain.Has(Property::kNotNull)) sql += " NOT NULL";
  for (const CatalogObject* part : folded)
    if (part->id.kind == ObjectKind::kConstraint)
      sql += " CONSTRAINT " + part->id.name + " " + part->Get(Property::kDefinition);
  return sql;
}

Statements AddLabels(const CatalogObject& from, const CatalogObject& to) {
  std::vector<std::string> there = ListElements(from.Get(Property::kLabels));
  const std::vector<std::string> wanted = ListElements(to.Get(Property::kLabels));
  Statements statements;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (i < there.size() && there[i] == wanted[i]) continue;
    std::string sql = "ALTER TYPE " + to.id.name + " ADD VALUE " + wanted[i];
    if (i < there.size()) sql += " BEFORE " + there[i];
    there.insert(there.begin() + static_cast<std::ptrdiff_t>(i), wanted[i]);
    DdlStatement statement = MakeStatement(to, sql);
    statement.transaction = Transaction::kCommitAfter;
    statements.push_back(std::move(statement));
  }
  return statements;
}

Statements AlterDomain(const CatalogObject& from, const CatalogObject& to) {
  const std::string alter = "ALTER DOMAIN " + to.id.name;
  Statements statements;
  if (from.Get(Property::kDefaultText) != to.Get(Property::kDefaultText))
    statements.push_back(MakeStatement(
        to,
        alter + (to.Has(Property::kDefaultText) ? " SET DEFAULT " + to.Get(Property::kDefaultText)
                                                : " DROP DEFAULT")));
  if (from.Has(Property::kNotNull) != to.Has(Property::kNotNull)) {
    statements.push_back(MakeStatement(
        to, alter + (to.Has(Property::kNotNull) ? " SET NOT NULL" : " DROP NOT NULL")));
    if (to.Has(Property::kNotNull))
      statements.back().note = "fails while a column of it holds null";
  }
  return statements;
}

}  // namespace

bool OnlyAddsLabels(const CatalogObject& from, const CatalogObject& to) {
  const auto before = ListElements(from.Get(Property::kLabels));
  const auto after = ListElements(to.Get(Property::kLabels));
  auto next = after.begin();
  for (const std::string& label : before) {
    next = std::find(next, after.end(), label);
    if (next == after.end()) return false;
    ++next;
  }
  return true;
}

Statements CreateType(const DdlContext& context, const CatalogObject& object, const Parts& folded) {
  switch (object.id.kind) {
    case ObjectKind::kEnum:
      return {MakeStatement(object, "CREATE TYPE " + object.id.name + " AS ENUM (" +
                                        Join(ListElements(object.Get(Property::kLabels)), ", ") +
                                        ")")};
    case ObjectKind::kComposite:
      return {MakeStatement(object, CompositeSql(context, object))};
    default:
      return {MakeStatement(object, DomainSql(object, folded))};
  }
}

Statements AlterType(const DdlContext&, const CatalogObject& from, const CatalogObject& to) {
  if (to.id.kind == ObjectKind::kEnum) return AddLabels(from, to);
  if (to.id.kind == ObjectKind::kDomain) return AlterDomain(from, to);
  return {};
}

}  // namespace schemaop
