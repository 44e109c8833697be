// The classes of objects a catalog holds (PostgreSQL 12 to 17; manual, chapter "System Catalogs").
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace schemaop {

// In the order in which objects are created when nothing else decides.
enum class ObjectKind {
  kSchema,
  kExtension,
  kLanguage,
  kAccessMethod,
  kForeignDataWrapper,
  kServer,
  kUserMapping,
  kCollation,
  kConversion,
  kEnum,
  kComposite,  // its attributes are kColumn
  kDomain,     // its checks are kConstraint
  kRange,
  kBaseType,
  kShellType,
  kTextSearchParser,
  kTextSearchTemplate,
  kTextSearchDictionary,
  kTextSearchConfiguration,
  kFunction,
  kProcedure,
  kAggregate,
  kOperator,
  kOperatorFamily,
  kOperatorClass,
  kCast,
  kTransform,
  kSequence,  // those of identity columns belong to the column
  kTable,     // partitioned ones and partitions too
  kForeignTable,
  kView,
  kMaterializedView,
  kColumn,   // of tables, foreign tables, views and composite types
  kDefault,  // of a column, a view's too; the expression of a generated column belongs to the
             // column
  kConstraint,
  kIndex,  // those behind constraints belong to the constraint
  kStatistics,
  kTrigger,
  kRule,
  kPolicy,
  kEventTrigger,
  kPublication,
  kPublicationTable,
  kPublicationSchema,
  kSubscription,
  kDefaultPrivileges,
};

// "table", "materialized view": the words of SQL, lower case.
std::string_view KindName(ObjectKind kind);

// Of every kind, in their order.
std::vector<std::string> KindNames();

// The kind with that name; nullopt for any other text.
std::optional<ObjectKind> FindKind(std::string_view name);

}  // namespace schemaop
