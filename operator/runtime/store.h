// The newest known state of every object of one kind, as immutable snapshots.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/object_meta.h"

namespace schemaop {

// What one write did to a key: before is null for a new object, after for a deleted one.
struct UntypedChange {
  ObjectKey key;
  std::shared_ptr<const void> before;
  std::shared_ptr<const void> after;
  bool initial = false;  // from the reflector's first list: nothing happened, it was there
};

// The map behind Store<T>, for code that does not know T. Thread-safe.
class UntypedStore {
 public:
  using Objects = std::map<ObjectKey, std::shared_ptr<const void>>;

  std::shared_ptr<const void> Get(const ObjectKey& key) const;
  Objects Snapshot() const;
  std::size_t Size() const;

  UntypedChange Put(const ObjectKey& key, std::shared_ptr<const void> object);
  UntypedChange Erase(const ObjectKey& key);

  // Makes `objects` the whole content of a namespace (empty: of everything) in one step: no reader
  // sees a part of it. Returns every key of before and after.
  std::vector<UntypedChange> Replace(std::string_view namespace_name, Objects objects);

 private:
  mutable std::mutex mutex_;
  Objects objects_;
};

// Objects by key. Thread-safe. Written by reflectors only; a snapshot handed out never changes.
template <typename T>
class Store {
 public:
  // Null when there is no such object.
  std::shared_ptr<const T> Get(const ObjectKey& key) const {
    return std::static_pointer_cast<const T>(untyped_.Get(key));
  }

  // All objects, ordered by key.
  std::vector<std::shared_ptr<const T>> List() const {
    std::vector<std::shared_ptr<const T>> objects;
    for (auto& [key, object] : untyped_.Snapshot()) {
      objects.push_back(std::static_pointer_cast<const T>(object));
    }
    return objects;
  }

  std::size_t Size() const { return untyped_.Size(); }

  // For the reflector that fills this store.
  UntypedStore& untyped() { return untyped_; }

 private:
  UntypedStore untyped_;
};

}  // namespace schemaop
