#include "catalog/step_host.h"

#include <algorithm>

namespace schemaop {

namespace {

const Work kNoWork;

const Work& WorkOf(const HostContext& context, const ObjectId& id) {
  const auto found = context.work.find(id);
  return found == context.work.end() ? kNoWork : found->second;
}

StepKey Drop(const ObjectId& id) { return {StepKind::kDrop, id}; }
StepKey Create(const ObjectId& id) { return {StepKind::kCreate, id}; }
StepKey Alter(const ObjectId& id) { return {StepKind::kAlter, id}; }

bool IsTableLike(const CatalogObject& object) {
  return object.id.kind == ObjectKind::kTable || object.id.kind == ObjectKind::kForeignTable;
}

bool IsView(const CatalogObject& object) {
  return object.id.kind == ObjectKind::kView || object.id.kind == ObjectKind::kMaterializedView;
}

// What an index, statistics or a publication's table goes with.
const CatalogObject* TableOf(const Catalog& catalog, const CatalogObject& object) {
  if (object.id.kind == ObjectKind::kPublicationTable)
    return FindContainer(catalog, object.id.name);
  return FindContainer(catalog, object.Get(Property::kTable));
}

std::optional<StepKey> WithTable(const HostContext& context, const CatalogObject& object) {
  const CatalogObject* table = TableOf(context.from, object);
  if (table && WorkOf(context, table->id).drop) return Drop(table->id);
  return std::nullopt;
}

// PostgreSQL drops indexes, constraints, statistics and defaults with any column that they are of.
std::optional<StepKey> WithColumn(const HostContext& context, const CatalogObject& object,
                                  const std::string& table) {
  for (const ObjectId& id : object.depends_on) {
    if (id.kind != ObjectKind::kColumn || id.container != table) continue;
    const Work& work = WorkOf(context, id);
    if (work.drop && !work.move) return Drop(id);
  }
  return std::nullopt;
}

std::optional<StepKey> DropWithParent(const HostContext& context, const CatalogObject& object) {
  const CatalogObject* table = FindContainer(context.from, object.id.container);
  if (!table) return std::nullopt;
  for (const std::string& parent : ListElements(table->Get(Property::kParents))) {
    const std::string& name =
        object.Has(Property::kParentIndex) ? object.Get(Property::kParentIndex) : object.id.name;
    const ObjectId id{object.id.kind, parent, name};
    if (WorkOf(context, id).drop) return Drop(id);
  }
  return std::nullopt;
}

std::optional<StepKey> SequenceDropHost(const HostContext& context, const CatalogObject& sequence) {
  for (const ObjectId& id : sequence.depends_on) {
    if (id.kind != ObjectKind::kColumn) continue;
    const Work& work = WorkOf(context, id);
    if (sequence.Has(Property::kIdentity)) {
      if (work.drop) return Drop(id);
      if (work.alter) return Alter(id);
    } else if (work.drop && !work.move) {
      return Drop(id);
    }
  }
  return std::nullopt;
}

std::optional<StepKey> IndexDropHost(const HostContext& context, const CatalogObject& index) {
  const std::string& table = index.Get(Property::kTable);
  if (const auto host = WithTable(context, index)) return host;
  if (index.Has(Property::kOfConstraint)) {
    const ObjectId id{ObjectKind::kConstraint, table, index.Get(Property::kOfConstraint)};
    if (WorkOf(context, id).drop) return Drop(id);
  }
  if (index.Has(Property::kParentIndex)) {
    const ObjectId id{ObjectKind::kIndex, "", index.Get(Property::kParentIndex)};
    if (WorkOf(context, id).drop) return Drop(id);
  }
  return WithColumn(context, index, table);
}

bool IsPartOfContainer(const CatalogObject& part, const CatalogObject& container) {
  if (part.id.kind == ObjectKind::kUserMapping) return false;
  return part.id.container == container.id.name;
}

// A partition or child gets it from its parent, which gets it now, or by becoming its child.
std::optional<StepKey> CreateWithParent(const HostContext& context, const CatalogObject& object) {
  const CatalogObject* table = FindContainer(context.to, object.id.container);
  if (!table) return std::nullopt;
  if (WorkOf(context, table->id).create) return Create(table->id);
  if (ChangesParents(context.from, context.to, object.id.container)) {
    if (object.Has(Property::kParentIndex)) return Alter(table->id);
    return std::nullopt;
  }
  for (const std::string& parent : ListElements(table->Get(Property::kParents))) {
    const std::string& name =
        object.Has(Property::kParentIndex) ? object.Get(Property::kParentIndex) : object.id.name;
    const ObjectId id{object.id.kind, parent, name};
    if (WorkOf(context, id).create) return Create(id);
  }
  return std::nullopt;
}

std::optional<StepKey> IndexCreateHost(const HostContext& context, const CatalogObject& index) {
  const std::string& table = index.Get(Property::kTable);
  if (index.Has(Property::kOfConstraint)) {
    const ObjectId id{ObjectKind::kConstraint, table, index.Get(Property::kOfConstraint)};
    if (WorkOf(context, id).create) return Create(id);
  }
  if (!index.Has(Property::kParentIndex)) return std::nullopt;
  const CatalogObject* parent =
      context.to.Find({ObjectKind::kIndex, "", index.Get(Property::kParentIndex)});
  // One that has not all of its parts brings none.
  if (parent && parent->Has(Property::kNotValid) && WorkOf(context, parent->id).create)
    return std::nullopt;
  const CatalogObject* container = FindContainer(context.to, table);
  if (container && WorkOf(context, container->id).create) return Create(container->id);
  if (container && ChangesParents(context.from, context.to, table)) return Alter(container->id);
  const ObjectId id{ObjectKind::kIndex, "", index.Get(Property::kParentIndex)};
  if (WorkOf(context, id).create) return Create(id);
  return std::nullopt;
}

std::optional<StepKey> PartCreateHost(const HostContext& context, const CatalogObject& part,
                                      const CatalogObject& container) {
  const Work& work = WorkOf(context, container.id);
  const ObjectKind kind = part.id.kind;
  if (kind == ObjectKind::kColumn) {
    if (work.create) return Create(container.id);
    if (IsView(container) && work.alter) return Alter(container.id);
    return part.Has(Property::kInherited) ? CreateWithParent(context, part) : std::nullopt;
  }
  if (kind == ObjectKind::kConstraint) {
    if (part.Has(Property::kInherited) || part.Has(Property::kParentIndex)) {
      const auto host = CreateWithParent(context, part);
      if (host) return host;
    }
    const bool inside =
        part.Get(Property::kConstraintType) != "f" && !part.Has(Property::kNotValid);
    const bool takes = IsTableLike(container) || container.id.kind == ObjectKind::kDomain;
    if (work.create && inside && takes) return Create(container.id);
    return std::nullopt;
  }
  if (kind == ObjectKind::kDefault && IsTableLike(container)) {
    if (work.create) return Create(container.id);
    // Said with its column, it is what the rows that are there get.
    const ObjectId column{ObjectKind::kColumn, part.id.container, part.id.name};
    const Work& made = WorkOf(context, column);
    if (made.create && !made.move) return Create(column);
  }
  return std::nullopt;
}

// A type takes along the functions that it is made of.
std::optional<StepKey> FunctionDropHost(const HostContext& context, const CatalogObject& function) {
  for (const ObjectId& id : function.depends_on) {
    const CatalogObject* type = context.from.Find(id);
    const Work& work = WorkOf(context, id);
    if (type && work.drop && !work.set_aside && IsMadeOf(*type, function.id)) return Drop(id);
  }
  return std::nullopt;
}

}  // namespace

bool IsMadeOf(const CatalogObject& type, const ObjectId& function) {
  if (type.id.kind != ObjectKind::kBaseType && type.id.kind != ObjectKind::kRange) return false;
  return std::find(type.depends_on.begin(), type.depends_on.end(), function) !=
         type.depends_on.end();
}

bool NeedsShell(const Catalog& catalog, const CatalogObject& type) {
  return std::any_of(type.depends_on.begin(), type.depends_on.end(), [&](const ObjectId& id) {
    const CatalogObject* function = catalog.Find(id);
    if (!function || !IsMadeOf(type, id)) return false;
    const auto& needs = function->depends_on;
    return std::find(needs.begin(), needs.end(), type.id) != needs.end();
  });
}

const CatalogObject* FindContainer(const Catalog& catalog, const std::string& container) {
  if (container.empty()) return nullptr;
  for (const ObjectKind kind : {ObjectKind::kTable, ObjectKind::kForeignTable, ObjectKind::kView,
                                ObjectKind::kMaterializedView, ObjectKind::kComposite,
                                ObjectKind::kDomain, ObjectKind::kPublication, ObjectKind::kServer})
    if (const CatalogObject* found = catalog.Find({kind, "", container})) return found;
  return nullptr;
}

std::optional<StepKey> DropHost(const HostContext& context, const CatalogObject& object) {
  if (context.apart.contains(Drop(object.id))) return std::nullopt;
  const ObjectId& id = object.id;
  if (const CatalogObject* container = FindContainer(context.from, id.container);
      container && IsPartOfContainer(object, *container)) {
    if (WorkOf(context, container->id).drop) return Drop(container->id);
    if (IsView(*container) && id.kind == ObjectKind::kColumn) return Alter(container->id);
  }
  switch (id.kind) {
    case ObjectKind::kIndex:
      return IndexDropHost(context, object);
    case ObjectKind::kStatistics: {
      if (const auto host = WithTable(context, object)) return host;
      return WithColumn(context, object, object.Get(Property::kTable));
    }
    case ObjectKind::kPublicationTable:
      return WithTable(context, object);
    case ObjectKind::kSequence:
      return SequenceDropHost(context, object);
    case ObjectKind::kFunction:
      return FunctionDropHost(context, object);
    case ObjectKind::kDefault: {
      const ObjectId column{ObjectKind::kColumn, id.container, id.name};
      if (WorkOf(context, column).drop) return Drop(column);
      return std::nullopt;
    }
    case ObjectKind::kColumn:
      return object.Has(Property::kInherited) ? DropWithParent(context, object) : std::nullopt;
    case ObjectKind::kConstraint:
      if (object.Has(Property::kInherited) || object.Has(Property::kParentIndex))
        if (const auto host = DropWithParent(context, object)) return host;
      return WithColumn(context, object, id.container);
    case ObjectKind::kDefaultPrivileges: {
      for (const CatalogObject& schema : context.from.objects()) {
        if (schema.id.kind != ObjectKind::kSchema) break;
        if (schema.schema == object.schema && WorkOf(context, schema.id).drop)
          return Drop(schema.id);
      }
      return std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

std::optional<StepKey> CreateHost(const HostContext& context, const CatalogObject& object) {
  if (context.apart.contains(Create(object.id))) return std::nullopt;
  if (object.id.kind == ObjectKind::kIndex) return IndexCreateHost(context, object);
  if (object.id.kind == ObjectKind::kSequence && object.Has(Property::kIdentity)) {
    for (const ObjectId& id : object.depends_on) {
      if (id.kind != ObjectKind::kColumn) continue;
      const Work& work = WorkOf(context, id);
      return work.create ? Create(id) : Alter(id);
    }
  }
  const CatalogObject* container = FindContainer(context.to, object.id.container);
  if (container && IsPartOfContainer(object, *container))
    return PartCreateHost(context, object, *container);
  return std::nullopt;
}

bool CanStandApart(const HostContext& context, const StepKey& step) {
  const bool drop = step.kind == StepKind::kDrop;
  if (!drop && step.kind != StepKind::kCreate) return false;
  const CatalogObject* object = (drop ? context.from : context.to).Find(step.id);
  if (!object || object->Has(Property::kInherited) || object->Has(Property::kParentIndex))
    return false;
  switch (object->id.kind) {
    case ObjectKind::kDefault:
      return true;
    case ObjectKind::kConstraint: {
      const std::string& type = object->Get(Property::kConstraintType);
      return !drop || type == "f" || type == "c";
    }
    case ObjectKind::kPolicy:
    case ObjectKind::kTrigger:
      return drop;
    case ObjectKind::kIndex:
      return drop && !object->Has(Property::kOfConstraint);
    default:
      return false;
  }
}

}  // namespace schemaop
