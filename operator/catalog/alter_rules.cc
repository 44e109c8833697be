#include "catalog/alter_rules.h"

#include <algorithm>

#include "catalog/work.h"

namespace schemaop {

namespace {

bool Changes(const ObjectChange& change, Property property) {
  return std::any_of(change.properties.begin(), change.properties.end(),
                     [&](const PropertyChange& other) { return other.property == property; });
}

// Columns that are there may not move or change their type; new ones come at the end.
bool CanReplaceView(const Catalog& from, const Catalog& to, const std::string& view) {
  const auto before = from.ColumnsOf(view);
  const auto after = to.ColumnsOf(view);
  if (before.size() > after.size()) return false;
  for (std::size_t i = 0; i < before.size(); ++i)
    if (before[i]->id.name != after[i]->id.name ||
        before[i]->Get(Property::kType) != after[i]->Get(Property::kType) ||
        before[i]->Get(Property::kCollation) != after[i]->Get(Property::kCollation))
      return false;
  return true;
}

bool IsUsedByColumn(const Catalog& catalog, const ObjectId& type) {
  return std::any_of(catalog.objects().begin(), catalog.objects().end(), [&](const auto& object) {
    return object.id.kind == ObjectKind::kColumn && object.id.container != type.name &&
           std::find(object.depends_on.begin(), object.depends_on.end(), type) !=
               object.depends_on.end();
  });
}

AlterRule ForTable(const CatalogObject& to, const ObjectChange& change) {
  if (Changes(change, Property::kPartitionKey))
    return {Remedy::kRefuse,
            "PostgreSQL cannot change how a table is partitioned; make a new table, move the rows, "
            "and swap the names"};
  if (to.id.kind == ObjectKind::kForeignTable && Changes(change, Property::kServer))
    return {Remedy::kRebuild, ""};
  return {Remedy::kAlter, ""};
}

AlterRule ForColumn(const Catalog& from_catalog, const Catalog& to_catalog,
                    const CatalogObject& from, const CatalogObject& to,
                    const ObjectChange& change) {
  if (to.Has(Property::kOfView)) {
    const bool by_view = Changes(change, Property::kType) || Changes(change, Property::kCollation);
    return {by_view && change.properties.size() == 1 ? Remedy::kNothing : Remedy::kAlter, ""};
  }
  const CatalogObject* table = to_catalog.Find({ObjectKind::kTable, "", to.id.container});
  const bool stays_own = !from.Has(Property::kInherited) && to.Has(Property::kInherited);
  if (stays_own && table && !table->Has(Property::kBound))
    return {Remedy::kRefuse,
            "a column that is there before its table inherits it stays the table's own; PostgreSQL "
            "cannot change that in place"};
  if (Changes(change, Property::kGenerated) && to.Has(Property::kGenerated))
    return {Remedy::kReplace, ""};
  if (from.Has(Property::kGenerated) && Changes(change, Property::kType))
    return {to.Has(Property::kGenerated) ? Remedy::kReplace : Remedy::kAlter, ""};
  const ObjectId composite{ObjectKind::kComposite, "", to.id.container};
  const bool type = Changes(change, Property::kType) || Changes(change, Property::kCollation);
  if (type && from_catalog.Find(composite) && IsUsedByColumn(from_catalog, composite))
    return {Remedy::kSetAside, ""};
  return {Remedy::kAlter, ""};
}

AlterRule ForConstraint(const CatalogObject& from, const CatalogObject& to,
                        const ObjectChange& change) {
  if (Changes(change, Property::kDefinition) && !OnlyDeferralDiffers(from, to))
    return {Remedy::kRebuild, ""};
  if (Changes(change, Property::kConstraintType) ||
      (!from.Has(Property::kNotValid) && to.Has(Property::kNotValid)))
    return {Remedy::kRebuild, ""};
  return {Remedy::kAlter, ""};
}

AlterRule ForIndex(const Catalog& from_catalog, const Catalog& to_catalog,
                   const CatalogObject& from, const CatalogObject& to, const ObjectChange& change) {
  const std::string& parent = from.Get(Property::kParentIndex);
  if (!parent.empty() && !to.Has(Property::kParentIndex) &&
      to_catalog.Find({ObjectKind::kIndex, "", parent}) &&
      !ChangesParents(from_catalog, to_catalog, from.Get(Property::kTable)))
    return {Remedy::kRefuse, "PostgreSQL cannot detach an index from that of the whole table, " +
                                 parent + "; drop that one, or leave it attached"};
  if (to.Has(Property::kOfConstraint) || from.Has(Property::kOfConstraint)) {
    // The constraint makes and takes it.
    const bool same = to.Get(Property::kOfConstraint) == from.Get(Property::kOfConstraint);
    if (!same || Changes(change, Property::kTable)) return {Remedy::kRebuild, ""};
    return {Remedy::kAlter, ""};
  }
  const bool partitioned = to.Get(Property::kDefinition).find(" ON ONLY ") != std::string::npos;
  if (!from.Has(Property::kNotValid) && to.Has(Property::kNotValid) && !partitioned)
    return {
        Remedy::kRefuse,
        "it is not valid where it should come from (an interrupted build); no statement makes an "
        "index invalid: build it there or drop it"};
  if (Changes(change, Property::kDefinition) || Changes(change, Property::kTable) ||
      Changes(change, Property::kNotValid))
    return {Remedy::kRebuild, ""};
  return {Remedy::kAlter, ""};
}

AlterRule ForPolicy(const CatalogObject& from, const CatalogObject& to,
                    const ObjectChange& change) {
  const bool takes_away = (from.Has(Property::kUsing) && !to.Has(Property::kUsing)) ||
                          (from.Has(Property::kCheck) && !to.Has(Property::kCheck));
  if (takes_away || Changes(change, Property::kCommand) || Changes(change, Property::kPermissive))
    return {Remedy::kRebuild, ""};
  return {Remedy::kAlter, ""};
}

AlterRule ForRoutine(const CatalogObject& from, const CatalogObject& to,
                     const ObjectChange& change) {
  const bool fewer_defaults =
      from.Get(Property::kDefaultText).size() > to.Get(Property::kDefaultText).size() ||
      from.Get(Property::kDefaultText) > to.Get(Property::kDefaultText);
  if (Changes(change, Property::kSignature) || fewer_defaults) return {Remedy::kRebuild, ""};
  return {Remedy::kAlter, ""};
}

AlterRule ForEnum(const CatalogObject& from, const CatalogObject& to) {
  return {OnlyAddsLabels(from, to) ? Remedy::kAlter : Remedy::kSetAside, ""};
}

bool ChangesDefinition(const ObjectChange& change) {
  static constexpr Property kDefining[] = {
      Property::kDefinition, Property::kBaseType, Property::kCollation, Property::kStorage,
      Property::kAllTables,  Property::kColumns,  Property::kFilter,    Property::kConnection};
  return std::any_of(std::begin(kDefining), std::end(kDefining),
                     [&](Property property) { return Changes(change, property); });
}

}  // namespace

AlterRule RuleFor(const Catalog& from_catalog, const Catalog& to_catalog, const CatalogObject& from,
                  const CatalogObject& to, const ObjectChange& change) {
  switch (to.id.kind) {
    case ObjectKind::kTable:
    case ObjectKind::kForeignTable:
      return ForTable(to, change);
    case ObjectKind::kView:
      return {
          CanReplaceView(from_catalog, to_catalog, to.id.name) ? Remedy::kAlter : Remedy::kRebuild,
          ""};
    case ObjectKind::kMaterializedView:
      return {Changes(change, Property::kDefinition) ? Remedy::kRebuild : Remedy::kAlter, ""};
    case ObjectKind::kColumn:
      return ForColumn(from_catalog, to_catalog, from, to, change);
    case ObjectKind::kConstraint:
      return ForConstraint(from, to, change);
    case ObjectKind::kIndex:
      return ForIndex(from_catalog, to_catalog, from, to, change);
    case ObjectKind::kPolicy:
      return ForPolicy(from, to, change);
    case ObjectKind::kFunction:
    case ObjectKind::kProcedure:
      return ForRoutine(from, to, change);
    case ObjectKind::kEnum:
      return Changes(change, Property::kLabels) ? ForEnum(from, to) : AlterRule{Remedy::kAlter, ""};
    case ObjectKind::kSequence:
      // An identity's sequence comes and goes with its column.
      return {Changes(change, Property::kIdentity) ||
                      (to.Has(Property::kIdentity) && Changes(change, Property::kOwnedBy))
                  ? Remedy::kRebuild
                  : Remedy::kAlter,
              ""};
    case ObjectKind::kDefault:
    case ObjectKind::kRule:
      return {Remedy::kAlter, ""};
    case ObjectKind::kDomain:
    case ObjectKind::kRange:
    case ObjectKind::kBaseType:
      return {ChangesDefinition(change) ? Remedy::kSetAside : Remedy::kAlter, ""};
    case ObjectKind::kTextSearchDictionary:
      return {ChangesDefinition(change) || Changes(change, Property::kForeignOptions)
                  ? Remedy::kRebuild
                  : Remedy::kAlter,
              ""};
    case ObjectKind::kOperatorClass:
      return {ChangesDefinition(change) || Changes(change, Property::kMembers) ? Remedy::kRebuild
                                                                               : Remedy::kAlter,
              ""};
    default:
      return {ChangesDefinition(change) ? Remedy::kRebuild : Remedy::kAlter, ""};
  }
}

bool HoldsColumnType(const CatalogObject& dependent) {
  switch (dependent.id.kind) {
    case ObjectKind::kView:
    case ObjectKind::kMaterializedView:
    case ObjectKind::kRule:
    case ObjectKind::kTrigger:
    case ObjectKind::kPolicy:
    case ObjectKind::kFunction:
    case ObjectKind::kProcedure:
    case ObjectKind::kPublicationTable:
      return true;
    case ObjectKind::kColumn:
      return dependent.Has(Property::kGenerated);
    default:
      return false;
  }
}

bool IsRebuildable(const CatalogObject& object) {
  switch (object.id.kind) {
    case ObjectKind::kTable:
    case ObjectKind::kSchema:
    case ObjectKind::kExtension:
    case ObjectKind::kSequence:
      return false;
    default:
      return true;
  }
}

}  // namespace schemaop
