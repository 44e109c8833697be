#include "runtime/store.h"

namespace schemaop {

std::shared_ptr<const void> UntypedStore::Get(const ObjectKey& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find(key);
  return found == objects_.end() ? nullptr : found->second;
}

UntypedStore::Objects UntypedStore::Snapshot() const {
  const std::lock_guard lock(mutex_);
  return objects_;
}

std::size_t UntypedStore::Size() const {
  const std::lock_guard lock(mutex_);
  return objects_.size();
}

UntypedChange UntypedStore::Put(const ObjectKey& key, std::shared_ptr<const void> object) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const void>& held = objects_[key];
  UntypedChange change{.key = key, .before = std::move(held), .after = object};
  held = std::move(object);
  return change;
}

UntypedChange UntypedStore::Erase(const ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  UntypedChange change{.key = key, .before = nullptr, .after = nullptr};
  const auto found = objects_.find(key);
  if (found == objects_.end()) return change;
  change.before = std::move(found->second);
  objects_.erase(found);
  return change;
}

std::vector<UntypedChange> UntypedStore::Replace(std::string_view namespace_name, Objects objects) {
  std::vector<UntypedChange> changes;
  changes.reserve(objects.size());
  for (const auto& [key, object] : objects)
    changes.push_back({.key = key, .before = nullptr, .after = object});
  const std::lock_guard lock(mutex_);
  for (UntypedChange& change : changes) {
    const auto held = objects_.find(change.key);
    if (held != objects_.end()) change.before = held->second;
  }
  for (auto& [key, object] : objects_) {
    if (objects.contains(key)) continue;
    if (namespace_name.empty() || key.namespace_name == namespace_name) {
      changes.push_back({.key = key, .before = std::move(object), .after = nullptr});
    } else {
      objects.emplace(key, std::move(object));
    }
  }
  objects_.swap(objects);
  return changes;
}

}  // namespace schemaop
