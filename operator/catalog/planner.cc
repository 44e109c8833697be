#include "catalog/planner.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "catalog/ddl.h"
#include "catalog/plan_graph.h"
#include "catalog/step_host.h"
#include "catalog/step_order.h"
#include "catalog/step_statements.h"

namespace schemaop {

namespace {

class Planner {
 public:
  Planner(const Catalog& from, const Catalog& to, const DiffOptions& options, const WorkList& work)
      : from_(from), to_(to), options_(options), work_(work.work) {}

  std::vector<DdlStatement> Plan(std::vector<Refusal>& refusals) {
    constexpr int kAttempts = 3;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      Build();
      order_ = graph_.Sort();
      if (order_.cyclic.empty() || !StandApart()) break;
    }
    for (const std::size_t step : order_.cyclic)
      refusals.push_back({keys_[step].id, "it depends on what depends on it: no order was found"});
    return Write();
  }

 private:
  HostContext Hosts() const { return {from_, to_, work_, apart_}; }
  DdlContext Context() const { return {from_, to_, options_}; }

  void Build() {
    graph_ = PlanGraph();
    index_.clear();
    keys_.clear();
    members_.clear();
    host_of_.clear();
    AddSteps();
    FindHosts();
    Connect();
  }

  void AddStep(StepKind kind, const ObjectId& id, const Work& work) {
    const StepKey key{kind, id};
    index_[key] = graph_.Add(RankOf(key, work), Path(id));
    keys_.push_back(key);
  }

  void AddSteps() {
    for (const auto& [id, work] : work_) {
      if (work.drop) AddStep(StepKind::kDrop, id, work);
      if (work.alter) AddStep(StepKind::kAlter, id, work);
      if (work.create) AddStep(StepKind::kCreate, id, work);
      if (work.set_aside) AddStep(StepKind::kDropAside, id, work);
      if (work.create && NeedsShell(to_, *to_.Find(id))) AddStep(StepKind::kShell, id, work);
      if (id.kind == ObjectKind::kSequence && (work.alter || work.create))
        AddStep(StepKind::kFinish, id, work);
    }
  }

  void FindHosts() {
    members_.resize(keys_.size());
    host_of_.resize(keys_.size());
    for (std::size_t i = 0; i < keys_.size(); ++i) host_of_[i] = i;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      std::optional<StepKey> host;
      if (keys_[i].kind == StepKind::kDrop) host = DropHost(Hosts(), *from_.Find(keys_[i].id));
      if (keys_[i].kind == StepKind::kCreate) host = CreateHost(Hosts(), *to_.Find(keys_[i].id));
      if (!host) continue;
      const auto found = index_.find(*host);
      if (found != index_.end() && found->second != i) host_of_[i] = found->second;
    }
    for (std::size_t i = 0; i < keys_.size(); ++i) members_[HostOf(i)].push_back(i);
  }

  // Hosts may have hosts.
  std::size_t HostOf(std::size_t step) const {
    for (int depth = 0; depth < 8 && host_of_[step] != step; ++depth) step = host_of_[step];
    return step;
  }

  std::optional<std::size_t> Step(StepKind kind, const ObjectId& id) const {
    const auto found = index_.find({kind, id});
    if (found == index_.end()) return std::nullopt;
    return found->second;
  }

  void Before(std::optional<std::size_t> first, std::optional<std::size_t> then) {
    if (first && then) graph_.Before(HostOf(*first), HostOf(*then));
  }
  void Wish(std::optional<std::size_t> first, std::optional<std::size_t> then) {
    if (first && then) graph_.Wish(HostOf(*first), HostOf(*then));
  }

  // What an object needs in its catalog: what it depends on, its container, its table, its schema.
  std::vector<ObjectId> NeedsOf(const Catalog& catalog, const CatalogObject& object) const {
    std::vector<ObjectId> needs = object.depends_on;
    if (const CatalogObject* container = FindContainer(catalog, object.id.container))
      needs.push_back(container->id);
    if (const CatalogObject* table = FindContainer(catalog, object.Get(Property::kTable)))
      needs.push_back(table->id);
    if (!object.schema.empty())
      for (const CatalogObject& schema : catalog.objects()) {
        if (schema.id.kind != ObjectKind::kSchema) break;
        if (schema.schema == object.schema && schema.id != object.id) needs.push_back(schema.id);
      }
    if (object.id.kind == ObjectKind::kExtension)
      needs.push_back({ObjectKind::kSchema, "", object.Get(Property::kSchema)});
    return needs;
  }

  void Connect() {
    std::unordered_map<std::string, std::vector<std::size_t>> freed;
    for (const auto& [key, step] : index_) {
      if (key.kind != StepKind::kDrop) continue;
      for (const std::string& name : TakenNames(*from_.Find(key.id))) freed[name].push_back(step);
    }
    for (const auto& [key, step] : index_) {
      const CatalogObject* before = from_.Find(key.id);
      const CatalogObject* after = to_.Find(key.id);
      switch (key.kind) {
        case StepKind::kDrop:
          ConnectDrop(step, *before);
          break;
        case StepKind::kAlter:
          ConnectAlter(step, *before, *after);
          break;
        case StepKind::kCreate:
          ConnectCreate(step, *after);
          break;
        case StepKind::kShell:
          ConnectShell(step, *after);
          break;
        case StepKind::kFinish:
          ConnectFinish(step, *after);
          break;
        case StepKind::kDropAside:
          Before(Step(StepKind::kCreate, key.id), step);
          break;
      }
      if (key.kind != StepKind::kCreate && key.kind != StepKind::kShell) continue;
      for (const std::string& name : TakenNames(*after))
        for (const std::size_t drop : freed[name]) Before(drop, step);
    }
    ConnectColumns();
    ConnectMoves();
    ConnectMentions();
  }

  // A child that is detached first keeps what it had from its parent, to be dropped then.
  bool IsDetachedFirst(const CatalogObject& object, const ObjectId& container) const {
    if (container.kind != ObjectKind::kTable && container.kind != ObjectKind::kForeignTable)
      return false;
    return (object.Has(Property::kInherited) || object.Has(Property::kParentIndex)) &&
           ChangesParents(from_, to_, container.name);
  }

  void ConnectDrop(std::size_t step, const CatalogObject& object) {
    for (const ObjectId& need : NeedsOf(from_, object)) {
      Before(step, Step(StepKind::kDrop, need));
      Before(step, Step(StepKind::kDropAside, need));
      const auto alter = Step(StepKind::kAlter, need);
      if (IsDetachedFirst(object, need)) {
        Before(alter, step);
      } else if (need.kind != ObjectKind::kSchema && need.kind != ObjectKind::kExtension) {
        Wish(step, alter);
        if (need.kind == ObjectKind::kColumn) Before(step, alter);
      }
    }
    Before(step, Step(StepKind::kCreate, object.id));
  }

  void ConnectAlter(std::size_t step, const CatalogObject& before, const CatalogObject& after) {
    for (const ObjectId& need : NeedsOf(from_, before)) {
      const auto drop = Step(StepKind::kDrop, need);
      const auto work = work_.find(need);
      if (drop && work != work_.end() && !work->second.create) Before(step, drop);
      Before(step, Step(StepKind::kDropAside, need));
    }
    for (const ObjectId& need : NeedsOf(to_, after)) {
      Before(Step(StepKind::kCreate, need), step);
      Wish(Step(StepKind::kAlter, need), step);
    }
    ConnectParents(step, after);
    if (after.Has(Property::kBound) && before.Get(Property::kBound) != after.Get(Property::kBound))
      ConnectBound(step, after);
    // A parent's change reaches its children.
    if (const CatalogObject* parent = InheritedFrom(to_, after))
      Before(Step(StepKind::kAlter, parent->id), step);
  }

  // A partition may get the place of one that goes, and make place for one that comes.
  void ConnectBound(std::size_t step, const CatalogObject& partition) {
    const auto is_sibling = [&](const CatalogObject* other) {
      return other && other->id.kind == partition.id.kind && other->Has(Property::kBound) &&
             other->Get(Property::kParents) == partition.Get(Property::kParents);
    };
    for (const auto& [key, other] : index_) {
      if (key.kind == StepKind::kDrop && is_sibling(from_.Find(key.id))) Before(other, step);
      if (key.kind == StepKind::kCreate && is_sibling(to_.Find(key.id))) Before(step, other);
    }
  }

  // Before a table becomes a child it must have what the parent has; a child can be changed only
  // after it has left its parent.
  void ConnectParents(std::size_t step, const CatalogObject& part) {
    const bool is_part = part.id.kind == ObjectKind::kColumn ||
                         part.id.kind == ObjectKind::kConstraint ||
                         part.id.kind == ObjectKind::kDefault;
    if (!is_part || !ChangesParents(from_, to_, part.id.container)) return;
    const CatalogObject* table = FindContainer(to_, part.id.container);
    const auto alter = Step(StepKind::kAlter, table->id);
    if (table->Has(Property::kParents))
      Wish(step, alter);
    else
      Wish(alter, step);
  }

  void ConnectCreate(std::size_t step, const CatalogObject& object) {
    for (const ObjectId& need : NeedsOf(to_, object)) {
      if (IsPartOf(object, need)) {
        Before(Step(StepKind::kShell, need), step);
        continue;
      }
      if (!IsOwner(object, need)) Before(Step(StepKind::kCreate, need), step);
      if (HostOf(step) == step && ChangesParents(from_, to_, object.id.container) &&
          object.Has(Property::kInherited) && object.id.kind != ObjectKind::kTrigger &&
          need.name == object.id.container)
        continue;
      Wish(Step(StepKind::kAlter, need), step);
      if (need.kind == ObjectKind::kColumn) Before(Step(StepKind::kAlter, need), step);
    }
    // A part of an index that is made of its parts.
    if (HostOf(step) == step && object.Has(Property::kParentIndex))
      Before(Step(StepKind::kCreate, {ObjectKind::kIndex, "", object.Get(Property::kParentIndex)}),
             step);
    ConnectParents(step, object);
  }

  // A sequence gets its owner when it is finished: that column's default may need it before.
  static bool IsOwner(const CatalogObject& object, const ObjectId& need) {
    return object.id.kind == ObjectKind::kSequence && !object.Has(Property::kIdentity) &&
           need.kind == ObjectKind::kColumn;
  }

  // Whether the type `need` is made of `object`, and so comes whole only after it.
  bool IsPartOf(const CatalogObject& object, const ObjectId& need) const {
    const CatalogObject* type = to_.Find(need);
    return type && IsMadeOf(*type, object.id) && NeedsShell(to_, *type);
  }

  void ConnectShell(std::size_t step, const CatalogObject& type) {
    Before(step, Step(StepKind::kCreate, type.id));
    Before(Step(StepKind::kDrop, type.id), step);
    for (const ObjectId& need : NeedsOf(to_, type))
      if (need.kind == ObjectKind::kSchema) Before(Step(StepKind::kCreate, need), step);
  }

  void ConnectFinish(std::size_t step, const CatalogObject& sequence) {
    Before(Step(StepKind::kCreate, sequence.id), step);
    Before(Step(StepKind::kAlter, sequence.id), step);
    for (const ObjectId& need : sequence.depends_on) {
      Before(Step(StepKind::kCreate, need), step);
      Wish(Step(StepKind::kAlter, need), step);
    }
  }

  // Columns are created in the order that they shall have.
  void ConnectColumns() {
    std::map<std::string, std::vector<const CatalogObject*>> tables;
    for (const auto& [key, step] : index_)
      if (key.kind == StepKind::kCreate && key.id.kind == ObjectKind::kColumn)
        tables.try_emplace(key.id.container);
    for (auto& [table, columns] : tables) {
      std::optional<std::size_t> last;
      for (const CatalogObject* column : to_.ColumnsOf(table)) {
        const auto step = Step(StepKind::kCreate, column->id);
        if (!step) continue;
        if (last) Before(last, step);
        last = step;
      }
    }
  }

  // Moving a column writes every row, which a table that publishes may not allow.
  void ConnectMoves() {
    std::vector<std::size_t> moves;
    for (const auto& [key, step] : index_)
      if (key.kind == StepKind::kCreate && work_.at(key.id).move) moves.push_back(step);
    for (const auto& [key, step] : index_) {
      const bool publishes = key.id.kind == ObjectKind::kPublication ||
                             key.id.kind == ObjectKind::kPublicationTable ||
                             key.id.kind == ObjectKind::kPublicationSchema;
      if (key.kind != StepKind::kCreate || !publishes) continue;
      for (const std::size_t move : moves) Wish(move, step);
    }
  }

  // The server does not know what a body in a string refers to: names that it mentions come first.
  void ConnectMentions() {
    for (const auto& [key, step] : index_) {
      if (key.id.kind != ObjectKind::kFunction && key.id.kind != ObjectKind::kProcedure) continue;
      if (key.kind != StepKind::kCreate && key.kind != StepKind::kAlter) continue;
      const std::string& text = to_.Find(key.id)->Get(Property::kDefinition);
      for (const auto& [other, other_step] : index_) {
        if (other.kind != StepKind::kCreate || other.id == key.id || !IsMentionable(other.id.kind))
          continue;
        if (text.find(BareName(other.id.name.substr(0, other.id.name.find('(')))) !=
            std::string::npos)
          Wish(other_step, step);
      }
    }
  }

  static bool IsMentionable(ObjectKind kind) {
    return kind == ObjectKind::kTable || kind == ObjectKind::kColumn || kind == ObjectKind::kView ||
           kind == ObjectKind::kMaterializedView || kind == ObjectKind::kSequence ||
           kind == ObjectKind::kFunction || kind == ObjectKind::kForeignTable;
  }

  // True when something was taken apart that may break a cycle. The rest stays together: what a
  // table has from its beginning its partitions get with it.
  bool StandApart() {
    const std::set<std::size_t> knot = graph_.Knot();
    const std::size_t before = apart_.size();
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      const std::size_t host = HostOf(i);
      if (host != i && knot.contains(host) && CanStandApart(Hosts(), keys_[i]))
        apart_.insert(keys_[i]);
    }
    return apart_.size() > before;
  }

  std::vector<DdlStatement> Write() const {
    std::vector<DdlStatement> statements;
    for (const std::size_t step : order_.steps) {
      if (HostOf(step) != step) continue;
      std::vector<StepKey> members;
      for (const std::size_t member : members_[step])
        if (member != step) members.push_back(keys_[member]);
      for (DdlStatement& statement : StepStatements(Context(), work_, keys_[step], members))
        statements.push_back(std::move(statement));
    }
    return statements;
  }

  const Catalog& from_;
  const Catalog& to_;
  const DiffOptions& options_;
  const std::map<ObjectId, Work>& work_;
  std::set<StepKey> apart_;
  PlanGraph graph_;
  PlanGraph::Order order_;
  std::map<StepKey, std::size_t> index_;
  std::vector<StepKey> keys_;
  std::vector<std::size_t> host_of_;
  std::vector<std::vector<std::size_t>> members_;  // what a step does, itself included
};

}  // namespace

std::vector<DdlStatement> PlanStatements(const Catalog& from, const Catalog& to,
                                         const DiffOptions& options, const WorkList& work,
                                         std::vector<Refusal>& refusals) {
  return Planner(from, to, options, work).Plan(refusals);
}

}  // namespace schemaop
