// Constraints and indexes.
#include <string>
#include <utility>

#include "base/text.h"
#include "catalog/alter_rules.h"
#include "catalog/ddl.h"
#include "catalog/work.h"

namespace schemaop {

namespace {

bool IsNewTable(const DdlContext& context, const std::string& table) {
  return !context.from.Find({ObjectKind::kTable, "", table}) &&
         !context.from.Find({ObjectKind::kMaterializedView, "", table}) &&
         !context.from.Find({ObjectKind::kForeignTable, "", table});
}

bool IsPartitioned(const DdlContext& context, const std::string& table) {
  const CatalogObject* object = context.to.Find({ObjectKind::kTable, "", table});
  return object && object->Has(Property::kPartitionKey);
}

bool IsBacked(const CatalogObject& constraint) {
  const std::string& type = constraint.Get(Property::kConstraintType);
  return type == "p" || type == "u" || type == "x";
}

// What pg_get_constraintdef does not say: the index's storage parameters and tablespace.
std::string IndexClauses(const DdlContext& context, const CatalogObject& constraint) {
  const CatalogObject* index =
      context.to.Find({ObjectKind::kIndex, "", constraint.Get(Property::kIndex)});
  if (!index) return "";
  std::string sql;
  const auto options = CompareOptions("", index->Get(Property::kOptions)).set;
  if (!options.empty()) sql += " WITH (" + Join(options, ", ") + ")";
  if (index->Has(Property::kTablespace))
    sql += " USING INDEX TABLESPACE " + index->Get(Property::kTablespace);
  return sql;
}

// DEFERRABLE comes last in the grammar, behind WITH.
std::string WithIndexClauses(const DdlContext& context, const CatalogObject& constraint) {
  std::string definition = constraint.Get(Property::kDefinition);
  const std::string clauses = IsBacked(constraint) ? IndexClauses(context, constraint) : "";
  if (clauses.empty()) return definition;
  std::size_t at = definition.size();
  if (constraint.Get(Property::kConstraintType) == "x") {
    const std::size_t where = definition.find(") WHERE (");
    if (where != std::string::npos) at = where + 1;
  }
  const std::size_t deferrable = definition.find(" DEFERRABLE");
  if (deferrable != std::string::npos && at == definition.size()) at = deferrable;
  return definition.insert(at, clauses);
}

// DEFERRABLE and INITIALLY of a foreign key can be changed in place.
std::string WithoutDeferral(std::string definition) {
  for (const char* words : {" INITIALLY DEFERRED", " DEFERRABLE"}) {
    const std::size_t at = definition.rfind(words);
    if (at != std::string::npos && at + std::string(words).size() == definition.size())
      definition.resize(at);
  }
  return definition;
}

std::string Deferral(const std::string& definition) {
  const std::string rest = definition.substr(WithoutDeferral(definition).size());
  if (rest.empty()) return " NOT DEFERRABLE";
  return rest.ends_with("DEFERRED") ? rest : rest + " INITIALLY IMMEDIATE";
}

std::string IndexSql(const CatalogObject& index) {
  std::string sql = index.Get(Property::kDefinition);
  // A partitioned table's index that has not all of its parts is one of the table alone.
  const std::size_t only = sql.find(" ON ONLY ");
  if (only != std::string::npos && !index.Has(Property::kNotValid)) sql.replace(only, 9, " ON ");
  const auto options = CompareOptions("", index.Get(Property::kOptions)).set;
  std::string clauses;
  if (!options.empty()) clauses += " WITH (" + Join(options, ", ") + ")";
  if (index.Has(Property::kTablespace))
    clauses += " TABLESPACE " + index.Get(Property::kTablespace);
  if (clauses.empty()) return sql;
  // A predicate is the last clause, in parentheses of its own.
  std::size_t depth = 0;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (sql[i] == '\'' || sql[i] == '"') {
      const char quote = sql[i];
      while (++i < sql.size() && sql[i] != quote) {
      }
    } else if (sql[i] == '(') {
      ++depth;
    } else if (sql[i] == ')') {
      --depth;
    } else if (depth == 0 && sql.compare(i, 8, " WHERE (") == 0) {
      return sql.insert(i, clauses);
    }
  }
  return sql + clauses;
}

DdlStatement ValidateSql(const CatalogObject& constraint, const std::string& alter) {
  DdlStatement validate =
      MakeStatement(constraint, alter + " VALIDATE CONSTRAINT " + constraint.id.name);
  validate.validation = Validation::kValidates;
  validate.note = "fails while there are rows that contradict it";
  return validate;
}

DdlStatement AttachSql(const CatalogObject& index) {
  return MakeStatement(index, "ALTER INDEX " + index.Get(Property::kParentIndex) +
                                  " ATTACH PARTITION " + index.id.name);
}

}  // namespace

bool OnlyDeferralDiffers(const CatalogObject& from, const CatalogObject& to) {
  return to.Get(Property::kConstraintType) == "f" && from.Get(Property::kConstraintType) == "f" &&
         WithoutDeferral(from.Get(Property::kDefinition)) ==
             WithoutDeferral(to.Get(Property::kDefinition));
}

std::string ConstraintClause(const DdlContext& context, const CatalogObject& constraint) {
  return "CONSTRAINT " + constraint.id.name + " " + WithIndexClauses(context, constraint);
}

Statements CreateConstraint(const DdlContext& context, const CatalogObject& constraint) {
  const std::string alter = AlterContainer(context.to, constraint.id);
  DdlStatement add = MakeStatement(constraint, alter + " ADD CONSTRAINT " + constraint.id.name +
                                                   " " + WithIndexClauses(context, constraint));
  const std::string& type = constraint.Get(Property::kConstraintType);
  const bool can_wait =
      (type == "f" && !IsPartitioned(context, constraint.id.container)) || type == "c";
  if (constraint.Has(Property::kNotValid)) {
    add.sql += " NOT VALID";
    add.validation = Validation::kAdds;
    return {add};
  }
  const bool domain = constraint.Has(Property::kOfDomain);
  if (!can_wait || (!domain && IsNewTable(context, constraint.id.container))) {
    if (can_wait || domain) return {add};
    if (!IsNewTable(context, constraint.id.container) && type != "c" && type != "f" && type != "t")
      add.note = "fails while there are rows that contradict it";
    return {add};
  }
  add.note = "fails while there are rows that contradict it";
  if (!context.options.validate_later) return {add};
  add.sql += " NOT VALID";
  add.validation = Validation::kAdds;
  add.note.clear();
  return {add, ValidateSql(constraint, alter)};
}

Statements AlterConstraint(const DdlContext& context, const CatalogObject& from,
                           const CatalogObject& to) {
  Statements statements;
  const std::string alter = AlterContainer(context.to, to.id);
  if (from.Get(Property::kDefinition) != to.Get(Property::kDefinition))
    statements.push_back(MakeStatement(
        to, alter + " ALTER CONSTRAINT " + to.id.name + Deferral(to.Get(Property::kDefinition))));
  if (from.Has(Property::kNotValid) && !to.Has(Property::kNotValid))
    statements.push_back(ValidateSql(to, alter));
  return statements;
}

Statements CreateIndex(const DdlContext& context, const CatalogObject& index) {
  DdlStatement create = MakeStatement(index, IndexSql(index));
  const std::string& table = index.Get(Property::kTable);
  if (context.options.concurrent_indexes && !IsNewTable(context, table) &&
      !IsPartitioned(context, table)) {
    const std::size_t at = create.sql.find("INDEX ");
    create.sql.insert(at + 6, "CONCURRENTLY ");
    create.transaction = Transaction::kOutside;
  }
  if (index.Has(Property::kUnique) && !IsNewTable(context, table))
    create.note = "fails while there are rows that are equal in it";
  Statements statements = {create};
  CatalogObject plain = index;
  for (const Property property :
       {Property::kClustered, Property::kReplicaIndex, Property::kStatistics})
    plain.properties.Erase(property);
  for (DdlStatement& statement : IndexSettings(context, &plain, index))
    statements.push_back(std::move(statement));
  if (index.Has(Property::kParentIndex)) statements.push_back(AttachSql(index));
  return statements;
}

Statements IndexSettings(const DdlContext& context, const CatalogObject* from,
                         const CatalogObject& to) {
  const std::string alter = "ALTER INDEX " + to.id.name;
  const std::string& table = to.Get(Property::kTable);
  const bool view = context.to.Find({ObjectKind::kMaterializedView, "", table});
  const std::string alter_table = (view ? "ALTER MATERIALIZED VIEW " : "ALTER TABLE ") + table;
  const std::string bare = to.id.name.substr(to.id.name.find('.') + 1);
  Statements statements;
  const OptionChanges options =
      CompareOptions(from->Get(Property::kOptions), to.Get(Property::kOptions));
  if (!options.set.empty())
    statements.push_back(MakeStatement(to, alter + " SET (" + Join(options.set, ", ") + ")"));
  if (!options.reset.empty())
    statements.push_back(MakeStatement(to, alter + " RESET (" + Join(options.reset, ", ") + ")"));
  if (from->Get(Property::kTablespace) != to.Get(Property::kTablespace))
    statements.push_back(MakeStatement(
        to, alter + " SET TABLESPACE " +
                (to.Has(Property::kTablespace) ? to.Get(Property::kTablespace) : "pg_default")));
  if (from->Get(Property::kStatistics) != to.Get(Property::kStatistics)) {
    for (const std::string& entry : ListElements(from->Get(Property::kStatistics)))
      statements.push_back(MakeStatement(
          to, alter + " ALTER COLUMN " + entry.substr(0, entry.find(':')) + " SET STATISTICS -1"));
    for (const std::string& entry : ListElements(to.Get(Property::kStatistics))) {
      const std::size_t colon = entry.find(':');
      statements.push_back(MakeStatement(to, alter + " ALTER COLUMN " + entry.substr(0, colon) +
                                                 " SET STATISTICS " + entry.substr(colon + 1)));
    }
  }
  if (!from->Has(Property::kClustered) && to.Has(Property::kClustered))
    statements.push_back(MakeStatement(to, alter_table + " CLUSTER ON " + bare));
  if (from->Has(Property::kClustered) && !to.Has(Property::kClustered)) {
    bool moved = false;
    for (const CatalogObject& other : context.to.objects())
      moved |= other.Has(Property::kClustered) && other.Get(Property::kTable) == table;
    if (!moved) statements.push_back(MakeStatement(to, alter_table + " SET WITHOUT CLUSTER"));
  }
  if (!from->Has(Property::kReplicaIndex) && to.Has(Property::kReplicaIndex))
    statements.push_back(MakeStatement(to, alter_table + " REPLICA IDENTITY USING INDEX " + bare));
  // A partition that is attached brings its indexes.
  if (!from->Has(Property::kParentIndex) && to.Has(Property::kParentIndex) &&
      !ChangesParents(context.from, context.to, table))
    statements.push_back(AttachSql(to));
  return statements;
}

}  // namespace schemaop
