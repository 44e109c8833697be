// The statements that make, change and take away single objects. In which order they run is for
// catalog/plan_graph.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/diff.h"

namespace schemaop {

using Statements = std::vector<DdlStatement>;
using Parts = std::vector<const CatalogObject*>;

// What every rendering may look at.
struct DdlContext {
  const Catalog& from;
  const Catalog& to;
  const DiffOptions& options;
};

// 'text' as a string constant.
std::string Literal(std::string_view text);
// `name` as an identifier, quoted whether needed or not.
std::string Identifier(std::string_view name);
// What DROP, COMMENT ON and ALTER ... OWNER TO call the kind: "TABLE", "TYPE".
std::string SqlKind(ObjectKind kind);
// How those statements name the object: "TABLE app.t", "COLUMN app.t.c", "TRIGGER tr ON app.t".
std::string SqlReference(const CatalogObject& object);
// "ALTER TABLE app.t" or what else the container is: tables, foreign tables, views, types.
std::string AlterContainer(const Catalog& catalog, const ObjectId& part);

// Creates the object as it is in `context.to`, with its owner, grants and comment. `folded`: parts
// that CREATE TABLE or CREATE TYPE names itself; their grants, comments and the like are included.
Statements CreateObject(const DdlContext& context, const CatalogObject& object,
                        const Parts& folded);
// What has to wait until other objects are there: OWNED BY, the use of an index, VALIDATE.
Statements FinishObject(const DdlContext& context, const CatalogObject& object);
Statements DropObject(const DdlContext& context, const CatalogObject& object);
// What is to say of an object that another's creation brought about: settings, grants, comment, and
// its name where the server chose one.
Statements SettleObject(const DdlContext& context, const CatalogObject& object);
// In place, for what catalog/alter_rules.h says can be.
Statements AlterObject(const DdlContext& context, const CatalogObject& from,
                       const CatalogObject& to);

// Parts of CreateObject and AlterObject, by kind.
std::string ColumnClause(const DdlContext& context, const CatalogObject& column,
                         const CatalogObject* default_value);
// ADD COLUMN, with its default when `folded` holds it: what rows that are there get.
Statements CreateColumn(const DdlContext& context, const CatalogObject& column,
                        const Parts& folded);
bool IsDefaultOf(const CatalogObject& object, const CatalogObject& column);
Statements ColumnSettings(const DdlContext& context, const CatalogObject* from,
                          const CatalogObject& to);
Statements AlterColumn(const DdlContext& context, const CatalogObject& from,
                       const CatalogObject& to);
// The column's values go through text into its type, which was made anew under the same name.
Statements ConvertColumn(const DdlContext& context, const CatalogObject& column);
Statements CreateRelation(const DdlContext& context, const CatalogObject& object,
                          const Parts& folded);
Statements RelationSettings(const DdlContext& context, const CatalogObject* from,
                            const CatalogObject& to);
Statements CreateConstraint(const DdlContext& context, const CatalogObject& constraint);
Statements AlterConstraint(const DdlContext& context, const CatalogObject& from,
                           const CatalogObject& to);
// "CONSTRAINT ck CHECK (...)" with the clauses of its index, for CREATE TABLE and CREATE DOMAIN.
std::string ConstraintClause(const DdlContext& context, const CatalogObject& constraint);
Statements CreateIndex(const DdlContext& context, const CatalogObject& index);
Statements IndexSettings(const DdlContext& context, const CatalogObject* from,
                         const CatalogObject& to);
Statements CreateType(const DdlContext& context, const CatalogObject& object, const Parts& folded);
Statements AlterType(const DdlContext& context, const CatalogObject& from, const CatalogObject& to);
Statements CreateSequence(const DdlContext& context, const CatalogObject& sequence);
Statements AlterSequence(const DdlContext& context, const CatalogObject& from,
                         const CatalogObject& to);
// Lets a new sequence begin behind the values that its column has; nothing for a column that is
// new, too, or holds no integers.
Statements ContinueSequence(const DdlContext& context, const std::string& sequence,
                            const CatalogObject& column);
// Every other kind.
Statements CreateOther(const DdlContext& context, const CatalogObject& object);
Statements AlterOther(const DdlContext& context, const CatalogObject& from,
                      const CatalogObject& to);
// Whether it is a partition's copy of a trigger, which is an object of its own only when it is not
// enabled as its parent's is.
bool IsTriggerCopy(const CatalogObject& object);
// Makes the copy be enabled as its parent's is.
Statements LikeParentsTrigger(const DdlContext& context, const CatalogObject& copy);

// What SettleObject adds for these kinds.
Statements SettleColumn(const DdlContext& context, const CatalogObject& column);
Statements SettleDefault(const DdlContext& context, const CatalogObject& object);
Statements SettleIndex(const DdlContext& context, const CatalogObject& index);
// A column takes its data along to the end of its table: the first statements put it aside, the
// others make it anew.
Statements PutColumnAside(const DdlContext& context, const CatalogObject& column);
Statements MakeColumnAnew(const DdlContext& context, const CatalogObject& from,
                          const CatalogObject& to);

// The column of the first parent that the column is inherited from; nullptr when it is its own.
const CatalogObject* InheritedFrom(const Catalog& catalog, const CatalogObject& column);

// Owner, grants and comment. `from`: as it is before; nullptr for a new object.
Statements AttributeStatements(const DdlContext& context, const CatalogObject* from,
                               const CatalogObject& to);

// ALTER DEFAULT PRIVILEGES from one set to the other; nullptr: nothing was altered.
Statements DefaultPrivilegeStatements(const DdlContext& context, const CatalogObject* from,
                                      const CatalogObject* to);

// "a = 1, b = 2" and names to reset, from two lists of name=value.
struct OptionChanges {
  std::vector<std::string> set;    // "name=value", values quoted where needed
  std::vector<std::string> reset;  // names
};
OptionChanges CompareOptions(std::string_view from, std::string_view to);
// "ADD host 'a', SET port '1', DROP x": the OPTIONS clause of foreign data; "" when nothing
// differs.
std::string ForeignOptionChanges(std::string_view from, std::string_view to);
// "host 'a', port '1'".
std::string ForeignOptionList(std::string_view options);

// Puts `more` behind.
void Append(Statements& statements, Statements more);

// A statement inside the transaction.
DdlStatement MakeStatement(const CatalogObject& object, std::string sql);

}  // namespace schemaop
