#include "catalog/work.h"

#include <algorithm>
#include <cctype>
#include <deque>
#include <utility>

#include "base/text.h"
#include "catalog/alter_rules.h"
#include "catalog/ddl.h"
#include "catalog/step_host.h"

namespace schemaop {

namespace {

// Whether a partition key, "RANGE (a, lower(b))", has the column.
bool IsInKey(const std::string& key, const std::string& column) {
  const auto part_of_name = [&](std::size_t at) {
    return at < key.size() && (std::isalnum(static_cast<unsigned char>(key[at])) != 0 ||
                               key[at] == '_' || key[at] == '$');
  };
  const std::size_t open = key.find('(');
  for (std::size_t at = key.find(column, open); at != std::string::npos;
       at = key.find(column, at + 1)) {
    if (!part_of_name(at - 1) && !part_of_name(at + column.size())) return true;
  }
  return false;
}

bool IsType(ObjectKind kind) { return kind >= ObjectKind::kEnum && kind <= ObjectKind::kShellType; }

bool CanStandAside(ObjectKind kind) { return IsType(kind) || kind == ObjectKind::kCollation; }

std::string Unquoted(const std::string& name) {
  if (!name.starts_with('"')) return name;
  std::string text;
  for (std::size_t i = 1; i + 1 < name.size(); ++i) {
    text += name[i];
    if (name[i] == '"') ++i;
  }
  return text;
}

class Finder {
 public:
  Finder(const Catalog& from, const Catalog& to, const DiffOptions& options)
      : from_(from), to_(to), options_(options) {}

  WorkList Find(const std::vector<ObjectChange>& changes) {
    if (changes.empty()) return {};
    ListDependents();
    for (const ObjectChange& change : changes) Begin(change);
    Spread();
    OrderColumns();
    Spread();
    return std::move(list_);
  }

 private:
  void ListDependents() {
    for (const CatalogObject& object : from_.objects()) {
      for (const ObjectId& id : object.depends_on) dependents_[Path(id)].push_back({id, &object});
      if (!object.id.container.empty()) containers_[object.id.container].push_back(&object);
    }
  }

  void Begin(const ObjectChange& change) {
    Work& work = list_.work[change.id];
    if (change.kind == ChangeKind::kAdded) {
      work.create = true;
      return;
    }
    if (change.kind == ChangeKind::kRemoved) {
      work.drop = true;
      queue_.push_back(change.id);
      return;
    }
    const CatalogObject& before = *from_.Find(change.id);
    const CatalogObject& after = *to_.Find(change.id);
    const AlterRule rule = RuleFor(from_, to_, before, after, change);
    switch (rule.remedy) {
      case Remedy::kNothing:
        break;
      case Remedy::kAlter:
        work.alter = !work.drop;
        break;
      case Remedy::kRebuild:
      case Remedy::kReplace:
        Rebuild(change.id);
        break;
      case Remedy::kSetAside:
        SetAside(TypeOf(change.id));
        break;
      case Remedy::kRefuse:
        list_.refusals.push_back({change.id, rule.reason});
        break;
    }
    if (before.Get(Property::kBound) != after.Get(Property::kBound)) RemakeTriggerCopies(change.id);
    if (change.id.kind != ObjectKind::kColumn ||
        before.Get(Property::kType) == after.Get(Property::kType)) {
      if (before.Get(Property::kCollation) == after.Get(Property::kCollation)) return;
    }
    if (after.Has(Property::kOfView)) {
      for (const ObjectKind kind : {ObjectKind::kView, ObjectKind::kMaterializedView})
        if (from_.Find({kind, "", change.id.container}) &&
            to_.Find({kind, "", change.id.container}))
          Rebuild({kind, "", change.id.container});
    } else {
      queue_.push_back(change.id);
      RemakeDefault(change.id);
    }
  }

  // A partition that leaves its parent and comes back gets copies that are enabled as the parent's.
  void RemakeTriggerCopies(const ObjectId& partition) {
    const auto parts = containers_.find(partition.name);
    if (parts == containers_.end()) return;
    for (const CatalogObject* part : parts->second)
      if (IsTriggerCopy(*part) && to_.Find(part->id)) Rebuild(part->id);
  }

  // A default is converted with its column where that gives what is wanted; else it has to go
  // first.
  void RemakeDefault(const ObjectId& column) {
    const ObjectId id{ObjectKind::kDefault, column.container, column.name};
    const CatalogObject* before = from_.Find(id);
    const CatalogObject* after = to_.Find(id);
    if (before && after && before->Get(Property::kDefinition) != after->Get(Property::kDefinition))
      Rebuild(id);
  }

  // An attribute's type is its composite type's.
  ObjectId TypeOf(const ObjectId& id) const {
    if (id.kind != ObjectKind::kColumn) return id;
    return {ObjectKind::kComposite, "", id.container};
  }

  void Rebuild(const ObjectId& id) {
    Work& work = list_.work[id];
    if (work.drop) return;
    work.drop = true;
    work.create = true;
    work.alter = false;
    queue_.push_back(id);
  }

  // Without a column of that type there is nothing to convert.
  void SetAside(const ObjectId& id) {
    if (list_.work[id].drop) return;
    Rebuild(id);
    const auto found = dependents_.find(Path(id));
    if (found == dependents_.end()) return;
    for (const auto& [reference, dependent] : found->second) {
      if (reference != id) continue;
      const bool column = dependent->id.kind == ObjectKind::kColumn &&
                          dependent->id.container != id.name && !dependent->Has(Property::kOfView);
      if ((column && to_.Find(dependent->id)) || IsType(dependent->id.kind))
        list_.work[id].set_aside = true;
    }
  }

  void Spread() {
    while (!queue_.empty()) {
      const ObjectId id = queue_.front();
      queue_.pop_front();
      const auto found = dependents_.find(Path(id));
      if (found != dependents_.end())
        for (const auto& [reference, dependent] : found->second)
          if (reference == id) Touch(id, *dependent);
      if (!list_.work[id].drop || !id.container.empty()) continue;
      const auto parts = containers_.find(id.name);
      if (parts == containers_.end() || !MakesPartsAnew(id)) continue;
      for (const CatalogObject* part : parts->second)
        if (to_.Find(part->id)) Rebuild(part->id);
    }
  }

  // Whether parts of `id`, which is dropped, that are the same in both catalogs are made again.
  bool MakesPartsAnew(const ObjectId& id) {
    if (list_.work[id].create) return OwnsParts(id.kind);
    // Another kind of object takes its name.
    const CatalogObject* heir = FindContainer(to_, id.name);
    const CatalogObject* former = FindContainer(from_, id.name);
    return heir && former && former->id == id && heir->id.kind != id.kind;
  }

  static bool OwnsParts(ObjectKind kind) {
    return kind == ObjectKind::kView || kind == ObjectKind::kMaterializedView ||
           kind == ObjectKind::kForeignTable || kind == ObjectKind::kDomain ||
           kind == ObjectKind::kComposite || kind == ObjectKind::kPublication ||
           kind == ObjectKind::kServer;
  }

  // `dependent` needs `id`, which is dropped, made again or given another type.
  void Touch(const ObjectId& id, const CatalogObject& dependent) {
    if (!to_.Find(dependent.id) || list_.work[dependent.id].drop) return;
    const Work work = list_.work[id];
    if (!work.drop) {
      if (HoldsColumnType(dependent)) Rebuild(dependent.id);
      return;
    }
    if (!work.create) {
      // Whoever takes the place of a whole table may need its names first: nothing holds on to it.
      const bool whole = list_.work[{ObjectKind::kTable, "", id.container}].drop;
      const Work& own = list_.work[dependent.id];
      const bool computed = dependent.Has(Property::kGenerated) && !IsType(id.kind);
      if ((!own.alter || (whole && HoldsColumnType(dependent))) && IsRebuildable(dependent) &&
          (dependent.id.kind != ObjectKind::kColumn || computed))
        Rebuild(dependent.id);
      return;
    }
    if (dependent.id.kind == ObjectKind::kColumn) {
      TouchColumn(id, dependent);
    } else if (CanStandAside(id.kind) && IsType(dependent.id.kind)) {
      SetAside(dependent.id);
    } else if (dependent.id.kind == ObjectKind::kSequence) {
      return;  // owned by a column that moves: see the moving of columns
    } else if (IsRebuildable(dependent)) {
      Rebuild(dependent.id);
    } else {
      list_.refusals.push_back(
          {dependent.id,
           "it depends on " + Text(id) + ", which would have to be dropped and made again"});
    }
  }

  void TouchColumn(const ObjectId& id, const CatalogObject& column) {
    if (column.id.container == id.name) return;  // an attribute
    if (column.Has(Property::kOfView)) return;   // its view is touched too
    if (column.Has(Property::kGenerated) && !IsType(id.kind)) {
      Rebuild(column.id);
    } else if (from_.Find({ObjectKind::kComposite, "", column.id.container})) {
      SetAside({ObjectKind::kComposite, "", column.id.container});
    } else if (CanStandAside(id.kind)) {
      list_.work[id].set_aside = true;
      Work& work = list_.work[column.id];
      work.alter = true;
      work.convert = true;
      queue_.push_back(column.id);
    } else if (id.kind != ObjectKind::kColumn) {
      list_.refusals.push_back({column.id, "it depends on " + Text(id) +
                                               ", which would have to be dropped and made again"});
    }
  }

  // New columns come last. Where the order counts, those behind the first that is out of place are
  // made again in order.
  void OrderColumns() {
    for (const CatalogObject& table : to_.objects()) {
      if (!table.Has(Property::kColumnOrder)) continue;
      const CatalogObject* before = from_.Find(table.id);
      if (!before) continue;
      if (list_.work.contains(table.id) && list_.work[table.id].drop) continue;
      OrderColumnsOf(*before, table);
    }
  }

  void OrderColumnsOf(const CatalogObject& before, const CatalogObject& after) {
    std::vector<std::string> have;
    for (const std::string& name : ListElements(before.Get(Property::kColumnOrder))) {
      const auto found = list_.work.find({ObjectKind::kColumn, after.id.name, name});
      if (found == list_.work.end() || !found->second.drop) have.push_back(name);
    }
    const std::vector<std::string> want = ListElements(after.Get(Property::kColumnOrder));
    std::size_t settled = 0;
    auto at = have.begin();
    for (; settled < want.size(); ++settled) {
      const auto next = std::find(at, have.end(), want[settled]);
      if (next == have.end()) break;
      at = next + 1;
    }
    // What is left of `have` must be taken up behind; columns in between too.
    for (std::size_t i = settled; i < want.size(); ++i)
      if (std::find(have.begin(), have.end(), want[i]) != have.end())
        MoveColumn(after, {ObjectKind::kColumn, after.id.name, want[i]});
  }

  void MoveColumn(const CatalogObject& table, const ObjectId& id) {
    const CatalogObject* column = to_.Find(id);
    if (column && column->Has(Property::kInherited)) return;  // moves with the parent's
    if (table.id.kind == ObjectKind::kComposite) {
      SetAside(table.id);
      return;
    }
    if (!options_.rewrite_column_order && table.id.kind == ObjectKind::kTable) {
      list_.refusals.push_back({id,
                                "PostgreSQL cannot change the order of columns in place; leave it, "
                                "or rewrite the columns"});
      return;
    }
    if (IsInKey(table.Get(Property::kPartitionKey), id.name)) {
      list_.refusals.push_back({id,
                                "PostgreSQL cannot move a column of the partition key to another "
                                "place; leave it, or make the table anew"});
      return;
    }
    Rebuild(id);
    // What is computed needs no moving, and would keep what it is computed from.
    const CatalogObject* before = from_.Find(id);
    const bool computed =
        column && before && column->Has(Property::kGenerated) && before->Has(Property::kGenerated);
    list_.work[id].move = !computed;
  }

  const Catalog& from_;
  const Catalog& to_;
  const DiffOptions& options_;
  WorkList list_;
  std::deque<ObjectId> queue_;
  std::unordered_map<std::string, std::vector<std::pair<ObjectId, const CatalogObject*>>>
      dependents_;
  std::unordered_map<std::string, std::vector<const CatalogObject*>> containers_;
};

}  // namespace

WorkList FindWork(const Catalog& from, const Catalog& to, const std::vector<ObjectChange>& changes,
                  const DiffOptions& options) {
  return Finder(from, to, options).Find(changes);
}

std::string BareName(const std::string& qualified) {
  bool quoted = false;
  for (std::size_t i = 0; i < qualified.size(); ++i) {
    if (qualified[i] == '"') quoted = !quoted;
    if (qualified[i] == '.' && !quoted) return qualified.substr(i + 1);
  }
  return qualified;
}

std::string WithSuffix(const std::string& bare, const std::string& suffix) {
  std::string text = Unquoted(bare);
  constexpr std::size_t kLongest = 63;
  text.replace(CutLength(text, kLongest - suffix.size()), std::string::npos, suffix);
  return bare.starts_with('"') ? QuoteDoubling('"', text) : text;
}

bool ChangesParents(const Catalog& from, const Catalog& to, const std::string& table) {
  for (const ObjectKind kind : {ObjectKind::kTable, ObjectKind::kForeignTable}) {
    const CatalogObject* before = from.Find({kind, "", table});
    const CatalogObject* after = to.Find({kind, "", table});
    if (before && after) return before->Get(Property::kParents) != after->Get(Property::kParents);
  }
  return false;
}

}  // namespace schemaop
