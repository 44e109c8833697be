#include "catalog/step_statements.h"

#include <algorithm>
#include <utility>

#include "catalog/work.h"

namespace schemaop {

namespace {

constexpr const char* kAside = "__old";

std::string SchemaPart(const std::string& qualified) {
  return qualified.substr(0, qualified.size() - BareName(qualified).size());
}

// A range type's multirange keeps its name when the range is renamed, so it steps aside too.
std::string MultirangeOf(const CatalogObject& type) {
  const std::string& definition = type.Get(Property::kDefinition);
  const std::string words = "MULTIRANGE_TYPE_NAME = ";
  const std::size_t at = definition.find(words);
  if (type.id.kind != ObjectKind::kRange || at == std::string::npos) return "";
  std::string name = definition.substr(at + words.size());
  name.resize(name.find_last_of(')'));
  return name;
}

Statements PutAside(const CatalogObject& type) {
  Statements statements;
  const auto rename = [&](const std::string& kind, const std::string& name) {
    statements.push_back(MakeStatement(
        type, "ALTER " + kind + " " + name + " RENAME TO " + WithSuffix(BareName(name), kAside)));
  };
  rename(SqlKind(type.id.kind), type.id.name);
  if (const std::string multirange = MultirangeOf(type); !multirange.empty())
    rename("TYPE", multirange);
  return statements;
}

Statements DropAside(const CatalogObject& type) {
  return {MakeStatement(type, "DROP " + SqlKind(type.id.kind) + " " + SchemaPart(type.id.name) +
                                  WithSuffix(BareName(type.id.name), kAside))};
}

Parts CreatedParts(const DdlContext& context, const ObjectId& host,
                   const std::vector<StepKey>& members) {
  Parts parts;
  for (const StepKey& member : members)
    if (member.kind == StepKind::kCreate && member.id != host)
      parts.push_back(context.to.Find(member.id));
  return parts;
}

// Children have what their parent's change gave them; the rest is theirs.
CatalogObject AfterParents(const DdlContext& context, const CatalogObject& before,
                           const CatalogObject& after) {
  const CatalogObject* parent = InheritedFrom(context.to, after);
  const CatalogObject* parent_before = parent ? context.from.Find(parent->id) : nullptr;
  if (!parent_before || ChangesParents(context.from, context.to, after.id.container)) return before;
  CatalogObject given = before;
  for (const Property property :
       {Property::kType, Property::kCollation, Property::kNotNull, Property::kGenerated,
        Property::kStorage, Property::kStatistics, Property::kDefinition}) {
    if (parent_before->Get(property) == parent->Get(property)) continue;
    if (parent->Has(property))
      given.properties.Set(property, parent->Get(property));
    else
      given.properties.Erase(property);
  }
  return given;
}

// A check or foreign key that children inherit is validated with the parent's.
CatalogObject AfterValidation(const CatalogObject& before, const CatalogObject& after) {
  CatalogObject given = before;
  if (after.Has(Property::kInherited) && !after.Has(Property::kNotValid))
    given.properties.Erase(Property::kNotValid);
  return given;
}

Statements Alter(const DdlContext& context, const Work& work, const ObjectId& id) {
  const CatalogObject& before = *context.from.Find(id);
  const CatalogObject& after = *context.to.Find(id);
  Statements statements;
  CatalogObject start = before;
  if (id.kind == ObjectKind::kColumn || id.kind == ObjectKind::kDefault)
    start = AfterParents(context, before, after);
  if (id.kind == ObjectKind::kConstraint) start = AfterValidation(before, after);
  if (work.convert && start.Get(Property::kType) == after.Get(Property::kType))
    statements = ConvertColumn(context, after);
  Append(statements, AlterObject(context, start, after));
  return statements;
}

Statements Create(const DdlContext& context, const Work& work, const ObjectId& id,
                  const Parts& parts) {
  const CatalogObject& object = *context.to.Find(id);
  if (work.move) {
    Statements statements = MakeColumnAnew(context, *context.from.Find(id), object);
    Append(statements, AttributeStatements(context, nullptr, object));
    for (const CatalogObject* part : parts) Append(statements, SettleObject(context, *part));
    return statements;
  }
  return CreateObject(context, object, parts);
}

}  // namespace

Statements StepStatements(const DdlContext& context, const std::map<ObjectId, Work>& all,
                          const StepKey& step, const std::vector<StepKey>& members) {
  const Work& work = all.at(step.id);
  switch (step.kind) {
    case StepKind::kDrop: {
      const CatalogObject& object = *context.from.Find(step.id);
      if (work.set_aside) return PutAside(object);
      if (work.move) return PutColumnAside(context, object);
      if (object.id.kind == ObjectKind::kDefaultPrivileges)
        return DefaultPrivilegeStatements(context, &object, nullptr);
      Statements statements = DropObject(context, object);
      const bool takes_functions =
          std::any_of(members.begin(), members.end(), [&](const StepKey& member) {
            return member.kind == StepKind::kDrop && IsMadeOf(object, member.id);
          });
      if (takes_functions) statements.back().sql += " CASCADE";
      return statements;
    }
    case StepKind::kDropAside:
      return DropAside(*context.from.Find(step.id));
    case StepKind::kShell:
      return {MakeStatement(*context.to.Find(step.id), "CREATE TYPE " + step.id.name)};
    case StepKind::kFinish:
      return FinishObject(context, *context.to.Find(step.id));
    case StepKind::kAlter: {
      Statements statements = Alter(context, work, step.id);
      for (const CatalogObject* part : CreatedParts(context, step.id, members))
        Append(statements, SettleObject(context, *part));
      return statements;
    }
    case StepKind::kCreate:
      return Create(context, work, step.id, CreatedParts(context, step.id, members));
  }
  return {};
}

}  // namespace schemaop
