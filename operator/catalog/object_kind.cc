#include "catalog/object_kind.h"

#include <array>
#include <utility>

namespace schemaop {

namespace {

using KindEntry = std::pair<ObjectKind, std::string_view>;

constexpr std::array kKindNames = {
    KindEntry{ObjectKind::kSchema, "schema"},
    KindEntry{ObjectKind::kExtension, "extension"},
    KindEntry{ObjectKind::kLanguage, "language"},
    KindEntry{ObjectKind::kAccessMethod, "access method"},
    KindEntry{ObjectKind::kForeignDataWrapper, "foreign data wrapper"},
    KindEntry{ObjectKind::kServer, "server"},
    KindEntry{ObjectKind::kUserMapping, "user mapping"},
    KindEntry{ObjectKind::kCollation, "collation"},
    KindEntry{ObjectKind::kConversion, "conversion"},
    KindEntry{ObjectKind::kEnum, "enum"},
    KindEntry{ObjectKind::kComposite, "composite type"},
    KindEntry{ObjectKind::kDomain, "domain"},
    KindEntry{ObjectKind::kRange, "range type"},
    KindEntry{ObjectKind::kBaseType, "base type"},
    KindEntry{ObjectKind::kShellType, "shell type"},
    KindEntry{ObjectKind::kTextSearchParser, "text search parser"},
    KindEntry{ObjectKind::kTextSearchTemplate, "text search template"},
    KindEntry{ObjectKind::kTextSearchDictionary, "text search dictionary"},
    KindEntry{ObjectKind::kTextSearchConfiguration, "text search configuration"},
    KindEntry{ObjectKind::kFunction, "function"},
    KindEntry{ObjectKind::kProcedure, "procedure"},
    KindEntry{ObjectKind::kAggregate, "aggregate"},
    KindEntry{ObjectKind::kOperator, "operator"},
    KindEntry{ObjectKind::kOperatorFamily, "operator family"},
    KindEntry{ObjectKind::kOperatorClass, "operator class"},
    KindEntry{ObjectKind::kCast, "cast"},
    KindEntry{ObjectKind::kTransform, "transform"},
    KindEntry{ObjectKind::kSequence, "sequence"},
    KindEntry{ObjectKind::kTable, "table"},
    KindEntry{ObjectKind::kForeignTable, "foreign table"},
    KindEntry{ObjectKind::kView, "view"},
    KindEntry{ObjectKind::kMaterializedView, "materialized view"},
    KindEntry{ObjectKind::kColumn, "column"},
    KindEntry{ObjectKind::kDefault, "default"},
    KindEntry{ObjectKind::kConstraint, "constraint"},
    KindEntry{ObjectKind::kIndex, "index"},
    KindEntry{ObjectKind::kStatistics, "statistics"},
    KindEntry{ObjectKind::kTrigger, "trigger"},
    KindEntry{ObjectKind::kRule, "rule"},
    KindEntry{ObjectKind::kPolicy, "policy"},
    KindEntry{ObjectKind::kEventTrigger, "event trigger"},
    KindEntry{ObjectKind::kPublication, "publication"},
    KindEntry{ObjectKind::kPublicationTable, "publication table"},
    KindEntry{ObjectKind::kPublicationSchema, "publication schema"},
    KindEntry{ObjectKind::kSubscription, "subscription"},
    KindEntry{ObjectKind::kDefaultPrivileges, "default privileges"},
};

// So that a kind is an index.
constexpr bool KindsInOrder() {
  for (std::size_t i = 0; i < kKindNames.size(); ++i)
    if (kKindNames[i].first != static_cast<ObjectKind>(i)) return false;
  return true;
}
static_assert(KindsInOrder());
static_assert(kKindNames.back().first == ObjectKind::kDefaultPrivileges);

}  // namespace

std::string_view KindName(ObjectKind kind) {
  return kKindNames[static_cast<std::size_t>(kind)].second;
}

std::vector<std::string> KindNames() {
  std::vector<std::string> names;
  for (const auto& [kind, text] : kKindNames) names.emplace_back(text);
  return names;
}

std::optional<ObjectKind> FindKind(std::string_view name) {
  for (const auto& [kind, text] : kKindNames)
    if (text == name) return kind;
  return std::nullopt;
}

}  // namespace schemaop
