#include "catalog/step_order.h"

namespace schemaop {

namespace {

// Views come behind what tables have.
int KindRank(ObjectKind kind) {
  const int rank = static_cast<int>(kind) * 2;
  if (kind == ObjectKind::kView || kind == ObjectKind::kMaterializedView)
    return static_cast<int>(ObjectKind::kStatistics) * 2 + 1;
  return rank;
}

bool HoldsData(ObjectKind kind) {
  return kind == ObjectKind::kTable || kind == ObjectKind::kColumn ||
         kind == ObjectKind::kSequence || kind == ObjectKind::kSchema ||
         kind == ObjectKind::kExtension;
}

constexpr int kFirst = 0;      // what must go before something else
constexpr int kMiddle = 1000;  // what comes, and what changes
constexpr int kLast = 2000;    // what goes for good
constexpr int kEnd = 3000;     // default privileges: they would apply to what we create

}  // namespace

int RankOf(const StepKey& step, const Work& work) {
  const int rank = KindRank(step.id.kind);
  if (step.id.kind == ObjectKind::kDefaultPrivileges) return kEnd;
  switch (step.kind) {
    case StepKind::kDrop:
      return ((!work.create && HoldsData(step.id.kind)) ? kLast : kFirst) + 200 - rank;
    case StepKind::kDropAside:
      return kLast + 200 - rank;
    default:
      return kMiddle + rank;
  }
}

std::vector<std::string> TakenNames(const CatalogObject& object) {
  switch (object.id.kind) {
    case ObjectKind::kConstraint:
      if (object.Has(Property::kIndex)) return {"relation " + object.Get(Property::kIndex)};
      return {};
    case ObjectKind::kFunction:
    case ObjectKind::kProcedure:
    case ObjectKind::kAggregate:
      return {"routine " + object.id.name};
    default:
      break;
  }
  const bool relation =
      (object.id.kind >= ObjectKind::kEnum && object.id.kind <= ObjectKind::kShellType) ||
      (object.id.kind >= ObjectKind::kSequence &&
       object.id.kind <= ObjectKind::kMaterializedView) ||
      object.id.kind == ObjectKind::kIndex;
  return relation ? std::vector<std::string>{"relation " + object.id.name}
                  : std::vector<std::string>{};
}

}  // namespace schemaop
