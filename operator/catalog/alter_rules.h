// What of an object can be changed where it is, what makes it be dropped and made again, and what
// not even that helps with.
#pragma once

#include <optional>
#include <string>

#include "catalog/catalog.h"
#include "catalog/change.h"

namespace schemaop {

enum class Remedy {
  kNothing,  // the change comes with another object's
  kAlter,
  kRebuild,   // drop and create: nothing is lost
  kSetAside,  // a type that columns may be of: rename it away, make the new one, convert, drop
  kReplace,   // drop and create a column with its data
  kRefuse,
};

struct AlterRule {
  Remedy remedy = Remedy::kNothing;
  std::string reason;  // of a refusal
};

// REQUIRES: `change` is the difference of `from` and `to`, which have the same id.
AlterRule RuleFor(const Catalog& from_catalog, const Catalog& to_catalog, const CatalogObject& from,
                  const CatalogObject& to, const ObjectChange& change);

// Whether a change of the type of a column makes PostgreSQL refuse for the sake of such a
// dependent.
bool HoldsColumnType(const CatalogObject& dependent);

// Whether one is made again without loss.
bool IsRebuildable(const CatalogObject& object);

// Enum labels: everything of `from` is in `to`, in its order.
bool OnlyAddsLabels(const CatalogObject& from, const CatalogObject& to);
// Foreign keys.
bool OnlyDeferralDiffers(const CatalogObject& from, const CatalogObject& to);

}  // namespace schemaop
