#include "catalog/expected_catalog.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace schemaop {
namespace {

bool SameProperties(const CatalogObject* left, const CatalogObject* right) {
  if (left == nullptr || right == nullptr) return left == right;
  return left->properties == right->properties;
}

std::set<std::string> ContainerNames(const Catalog& catalog) {
  std::set<std::string> names;
  for (const CatalogObject& object : catalog.objects()) {
    if (object.id.container.empty()) names.insert(object.id.name);
  }
  return names;
}

}  // namespace

Catalog ExpectedAfter(const Catalog& expected, const Catalog& before, const Catalog& after) {
  std::vector<CatalogObject> objects;
  for (const CatalogObject& object : after.objects()) {
    const CatalogObject* wanted = expected.Find(object.id);
    const bool untouched = SameProperties(before.Find(object.id), &object);
    // Made by hand and not touched since: still not expected.
    if (untouched && wanted == nullptr) continue;
    objects.push_back(untouched ? *wanted : object);
  }
  // Gone by hand, not by the run: expected as long as the run left what they stand on.
  const std::set<std::string> containers = ContainerNames(after);
  std::map<ObjectId, const CatalogObject*> missing;
  for (const CatalogObject& object : expected.objects()) {
    if (after.Find(object.id) != nullptr || before.Find(object.id) != nullptr) continue;
    if (!object.id.container.empty() && !containers.contains(object.id.container)) continue;
    missing.emplace(object.id, &object);
  }
  const auto stands = [&](const ObjectId& id) {
    return after.Find(id) != nullptr || missing.contains(id);
  };
  const auto fallen = [&](const auto& entry) {
    const std::vector<ObjectId>& needs = entry.second->depends_on;
    return !std::all_of(needs.begin(), needs.end(), stands);
  };
  // What falls may take others with it.
  while (std::erase_if(missing, fallen) > 0) {
  }
  for (const auto& [id, object] : missing) objects.push_back(*object);
  return Catalog(std::move(objects), after.origin());
}

}  // namespace schemaop
