#include "catalog/catalog.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace schemaop {

namespace {

int PositionOf(const CatalogObject& column) {
  const std::string& text = column.Get(Property::kPosition);
  int position = 0;
  std::from_chars(text.data(), text.data() + text.size(), position);
  return position;
}

}  // namespace

std::string Text(const ObjectId& id) {
  std::string text(KindName(id.kind));
  text += ' ';
  if (id.container.empty()) return text + id.name;
  if (id.kind == ObjectKind::kColumn || id.kind == ObjectKind::kDefault)
    return text + id.container + "." + id.name;
  return text + id.name + " on " + id.container;
}

std::string Path(const ObjectId& id) {
  return id.container.empty() ? id.name : id.container + "." + id.name;
}

Catalog::Catalog(std::vector<CatalogObject> objects, CatalogOrigin origin)
    : objects_(std::move(objects)), origin_(std::move(origin)) {
  std::sort(objects_.begin(), objects_.end(),
            [](const auto& left, const auto& right) { return left.id < right.id; });
  const auto same = [](const auto& left, const auto& right) { return left.id == right.id; };
  objects_.erase(std::unique(objects_.begin(), objects_.end(), same), objects_.end());
  for (std::size_t i = 0; i < objects_.size(); ++i)
    if (!objects_[i].id.container.empty()) parts_[objects_[i].id.container].push_back(i);
}

const CatalogObject* Catalog::Find(const ObjectId& id) const {
  const auto at =
      std::lower_bound(objects_.begin(), objects_.end(), id,
                       [](const auto& object, const auto& key) { return object.id < key; });
  return at != objects_.end() && at->id == id ? &*at : nullptr;
}

std::vector<const CatalogObject*> Catalog::PartsOf(std::string_view container) const {
  std::vector<const CatalogObject*> parts;
  const auto found = parts_.find(std::string(container));
  if (found == parts_.end()) return parts;
  parts.reserve(found->second.size());
  for (const std::size_t i : found->second) parts.push_back(&objects_[i]);
  return parts;
}

std::vector<const CatalogObject*> Catalog::ColumnsOf(std::string_view container) const {
  std::vector<const CatalogObject*> columns = PartsOf(container);
  std::erase_if(columns, [](const auto* part) { return part->id.kind != ObjectKind::kColumn; });
  std::stable_sort(columns.begin(), columns.end(), [](const auto* left, const auto* right) {
    return PositionOf(*left) < PositionOf(*right);
  });
  return columns;
}

}  // namespace schemaop
