// Sequences.
#include <string>
#include <utility>

#include "catalog/ddl.h"

namespace schemaop {

namespace {

std::string OptionsSql(const CatalogObject* from, const CatalogObject& to) {
  std::string sql;
  const auto add = [&](const char* words, Property property) {
    if (!from || from->Get(property) != to.Get(property)) sql += words + to.Get(property);
  };
  if (from || to.Get(Property::kDataType) != "bigint") add(" AS ", Property::kDataType);
  add(" INCREMENT BY ", Property::kIncrement);
  add(" MINVALUE ", Property::kMinimum);
  add(" MAXVALUE ", Property::kMaximum);
  add(" START WITH ", Property::kStart);
  add(" CACHE ", Property::kCache);
  if (from && from->Has(Property::kCycle) && !to.Has(Property::kCycle)) sql += " NO CYCLE";
  if (to.Has(Property::kCycle) && (!from || !from->Has(Property::kCycle))) sql += " CYCLE";
  return sql;
}

// What CREATE SEQUENCE does by itself.
CatalogObject Usual(const CatalogObject& sequence) {
  CatalogObject usual = sequence;
  const bool down = sequence.Get(Property::kIncrement).starts_with('-');
  const std::string& type = sequence.Get(Property::kDataType);
  const std::string top = type == "smallint"  ? "32767"
                          : type == "integer" ? "2147483647"
                                              : "9223372036854775807";
  const std::string bottom = type == "smallint"  ? "-32768"
                             : type == "integer" ? "-2147483648"
                                                 : "-9223372036854775808";
  usual.properties.Set(Property::kDataType, "bigint");
  usual.properties.Set(Property::kIncrement, "1");
  usual.properties.Set(Property::kMinimum, down ? bottom : "1");
  usual.properties.Set(Property::kMaximum, down ? "-1" : top);
  usual.properties.Set(Property::kStart,
                       down ? sequence.Get(Property::kMaximum) : sequence.Get(Property::kMinimum));
  usual.properties.Set(Property::kCache, "1");
  usual.properties.Erase(Property::kCycle);
  return usual;
}

// Whether the column that it belongs to is dropped, which would take it along.
bool LosesOwner(const DdlContext& context, const CatalogObject& sequence) {
  for (const ObjectId& id : sequence.depends_on)
    if (id.kind == ObjectKind::kColumn && !context.to.Find(id)) return true;
  return false;
}

}  // namespace

Statements CreateSequence(const DdlContext&, const CatalogObject& sequence) {
  const CatalogObject usual = Usual(sequence);
  const std::string unlogged =
      sequence.Get(Property::kPersistence) == "u" && !sequence.Has(Property::kIdentity)
          ? "UNLOGGED "
          : "";
  return {MakeStatement(sequence, "CREATE " + unlogged + "SEQUENCE " + sequence.id.name +
                                      OptionsSql(&usual, sequence))};
}

// A column's identity brings and takes its sequence; options can be changed on the sequence.
Statements AlterSequence(const DdlContext& context, const CatalogObject& from,
                         const CatalogObject& to) {
  Statements statements;
  const std::string alter = "ALTER SEQUENCE " + to.id.name;
  if (const std::string options = OptionsSql(&from, to); !options.empty())
    statements.push_back(MakeStatement(to, alter + options));
  const bool identity = to.Has(Property::kIdentity);
  if (!identity && from.Get(Property::kPersistence) != to.Get(Property::kPersistence))
    statements.push_back(MakeStatement(
        to, alter + (to.Get(Property::kPersistence) == "u" ? " SET UNLOGGED" : " SET LOGGED")));
  if (!identity && from.Has(Property::kOwnedBy) &&
      from.Get(Property::kOwnedBy) != to.Get(Property::kOwnedBy) &&
      (!to.Has(Property::kOwnedBy) || LosesOwner(context, from)))
    statements.push_back(MakeStatement(to, alter + " OWNED BY NONE"));
  return statements;
}

Statements FinishObject(const DdlContext& context, const CatalogObject& object) {
  if (object.id.kind != ObjectKind::kSequence || object.Has(Property::kIdentity) ||
      !object.Has(Property::kOwnedBy))
    return {};
  const CatalogObject* before = context.from.Find(object.id);
  if (before && before->Get(Property::kOwnedBy) == object.Get(Property::kOwnedBy) &&
      !before->Has(Property::kIdentity))
    return {};
  Statements statements = {MakeStatement(
      object, "ALTER SEQUENCE " + object.id.name + " OWNED BY " + object.Get(Property::kOwnedBy))};
  const bool made_anew = !before || before->Has(Property::kIdentity);
  for (const ObjectId& id : object.depends_on) {
    const CatalogObject* column = made_anew ? context.to.Find(id) : nullptr;
    if (column && id.kind == ObjectKind::kColumn)
      Append(statements, ContinueSequence(context, object.id.name, *column));
  }
  return statements;
}

Statements ContinueSequence(const DdlContext& context, const std::string& sequence,
                            const CatalogObject& column) {
  const std::string& type = column.Get(Property::kType);
  const bool counts = type == "smallint" || type == "integer" || type == "bigint";
  if (!counts || !context.from.Find(column.id) ||
      !context.to.Find({ObjectKind::kTable, "", column.id.container}))
    return {};
  const CatalogObject* options = context.to.Find({ObjectKind::kSequence, "", sequence});
  const std::string start = options ? options->Get(Property::kStart) : "1";
  const bool down = options && options->Get(Property::kIncrement).starts_with('-');
  const std::string last = (down ? "min(" : "max(") + column.id.name + ")";
  // An empty table begins at the start, as does one whose values all are before it.
  return {MakeStatement(column, "SELECT setval(" + Literal(sequence) + ", " +
                                    (down ? "least(" : "greatest(") + last + ", " + start +
                                    "), coalesce(" + last + (down ? " <= " : " >= ") + start +
                                    ", false)) FROM " + column.id.container)};
}

}  // namespace schemaop
