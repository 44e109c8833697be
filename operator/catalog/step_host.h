// Which steps happen with another's: what CREATE TABLE says of its columns, what DROP TABLE takes
// along, what a parent gives to its partitions.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <set>

#include "catalog/catalog.h"
#include "catalog/work.h"

namespace schemaop {

// kShell: a type by name alone, for the functions that it is made of. kFinish: what a sequence
// belongs to. kDropAside: the end of a type that was renamed away.
enum class StepKind { kDrop, kAlter, kCreate, kFinish, kDropAside, kShell };

struct StepKey {
  StepKind kind = StepKind::kDrop;
  ObjectId id;

  auto operator<=>(const StepKey&) const = default;
  bool operator==(const StepKey&) const = default;
};

// `apart`: steps that must stand alone, since together they would have no order.
struct HostContext {
  const Catalog& from;
  const Catalog& to;
  const std::map<ObjectId, Work>& work;
  const std::set<StepKey>& apart;
};

// The step that does it; nullopt when it is one of its own.
std::optional<StepKey> DropHost(const HostContext& context, const CatalogObject& object);
std::optional<StepKey> CreateHost(const HostContext& context, const CatalogObject& object);

// Whether a step could stand alone although it has a host.
bool CanStandApart(const HostContext& context, const StepKey& step);

// Whether `type` is made of functions that take or return it: made by name first, and dropped with
// them.
bool NeedsShell(const Catalog& catalog, const CatalogObject& type);
bool IsMadeOf(const CatalogObject& type, const ObjectId& function);

// The object that `container` names, in `catalog`; nullptr when there is none.
const CatalogObject* FindContainer(const Catalog& catalog, const std::string& container);

}  // namespace schemaop
