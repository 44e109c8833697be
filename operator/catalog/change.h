// Which objects differ between two catalogs.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"

namespace schemaop {

enum class ChangeKind { kAdded, kRemoved, kChanged };

// How much it matters (a drift report's severity).
enum class ChangeWeight { kStructure, kIndex, kTuning };

struct PropertyChange {
  Property property = Property::kOwner;
  std::string before;  // "" when it was absent
  std::string after;

  bool operator==(const PropertyChange&) const = default;
};

struct ObjectChange {
  ChangeKind kind = ChangeKind::kChanged;
  ObjectId id;
  std::vector<PropertyChange> properties;  // of a changed object

  bool operator==(const ObjectChange&) const = default;
};

// In the order of ids. Parts of added and removed objects are listed too.
std::vector<ObjectChange> FindChanges(const Catalog& from, const Catalog& to);

ChangeWeight WeightOf(const ObjectChange& change);

// "column app.t.a changed: type integer -> bigint", for a person; parts of long texts are cut.
std::string Text(const ObjectChange& change);

}  // namespace schemaop
