#include "catalog/change.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace schemaop {

namespace {

constexpr std::size_t kLongestValue = 60;

constexpr std::array kTuningProperties = {
    Property::kOwner,       Property::kAcl,          Property::kComment,
    Property::kTablespace,  Property::kToastOptions, Property::kStorage,
    Property::kCompression, Property::kStatistics,   Property::kClustered,
};

std::vector<PropertyChange> CompareProperties(const CatalogObject& from, const CatalogObject& to) {
  std::vector<PropertyChange> changes;
  const auto& before = from.properties.entries();
  const auto& after = to.properties.entries();
  auto left = before.begin();
  auto right = after.begin();
  while (left != before.end() || right != after.end()) {
    const bool take_left =
        right == after.end() || (left != before.end() && left->first <= right->first);
    const bool take_right =
        left == before.end() || (right != after.end() && right->first <= left->first);
    PropertyChange change{take_left ? left->first : right->first, take_left ? left->second : "",
                          take_right ? right->second : ""};
    const bool differs = take_left != take_right || change.before != change.after;
    if (differs && change.property != Property::kPosition) changes.push_back(std::move(change));
    if (take_left) ++left;
    if (take_right) ++right;
  }
  return changes;
}

bool IsTuning(const PropertyChange& change) {
  return std::find(kTuningProperties.begin(), kTuningProperties.end(), change.property) !=
         kTuningProperties.end();
}

std::string Shown(std::string value) {
  if (value.empty()) return "none";
  std::replace(value.begin(), value.end(), '\n', ' ');
  std::replace(value.begin(), value.end(), '\t', ' ');
  std::replace(value.begin(), value.end(), kListSeparator, ',');
  return Truncate(value, kLongestValue);
}

}  // namespace

std::vector<ObjectChange> FindChanges(const Catalog& from, const Catalog& to) {
  std::vector<ObjectChange> changes;
  auto left = from.objects().begin();
  auto right = to.objects().begin();
  while (left != from.objects().end() || right != to.objects().end()) {
    if (right == to.objects().end() || (left != from.objects().end() && left->id < right->id)) {
      changes.push_back({ChangeKind::kRemoved, left->id, {}});
      ++left;
    } else if (left == from.objects().end() || right->id < left->id) {
      changes.push_back({ChangeKind::kAdded, right->id, {}});
      ++right;
    } else {
      auto properties = CompareProperties(*left, *right);
      if (!properties.empty())
        changes.push_back({ChangeKind::kChanged, left->id, std::move(properties)});
      ++left;
      ++right;
    }
  }
  return changes;
}

ChangeWeight WeightOf(const ObjectChange& change) {
  if (change.kind == ChangeKind::kChanged &&
      std::all_of(change.properties.begin(), change.properties.end(), IsTuning))
    return ChangeWeight::kTuning;
  const ObjectKind kind = change.id.kind;
  if (kind == ObjectKind::kStatistics || kind == ObjectKind::kDefaultPrivileges)
    return ChangeWeight::kTuning;
  return kind == ObjectKind::kIndex ? ChangeWeight::kIndex : ChangeWeight::kStructure;
}

std::string Text(const ObjectChange& change) {
  std::string text = Text(change.id);
  if (change.kind == ChangeKind::kAdded) return text + " added";
  if (change.kind == ChangeKind::kRemoved) return text + " removed";
  std::vector<std::string> parts;
  for (const PropertyChange& property : change.properties)
    parts.push_back(std::string(PropertyName(property.property)) + " " + Shown(property.before) +
                    " -> " + Shown(property.after));
  return text + " changed: " + Join(parts, ", ");
}

}  // namespace schemaop
