// The objects and their history: one counter of resource versions over all kinds, as etcd has it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/apiserver/status_error.h"

namespace schemaop::devcluster {

using ObjectPtr = std::shared_ptr<const Json>;

struct ObjectKey {
  std::string storage;  // ResourceType::storage
  std::string ns;       // "" for cluster-scoped objects
  std::string name;

  auto operator<=>(const ObjectKey&) const = default;
};

// One change. `before` is null for a creation, `after` for a deletion; `final_state` of a deletion
// is the object as it was, with the deletion's resource version.
struct Change {
  std::uint64_t version = 0;
  ObjectKey key;
  ObjectPtr before;
  ObjectPtr after;
  ObjectPtr final_state;
};

// Objects of one kind at one moment, ordered by namespace and name.
struct Snapshot {
  std::uint64_t version = 0;
  std::vector<std::pair<ObjectKey, ObjectPtr>> objects;
};

// Safe from any thread. Writers serialise read-modify-write among themselves (see Writer).
class Store {
 public:
  Store() = default;

  std::uint64_t Version() const;
  ObjectPtr Get(const ObjectKey& key) const;

  // Objects of `storage`, in namespace `ns` ("" means all), now.
  Snapshot List(const std::string& storage, const std::string& ns) const;
  // The same as it was at `version`; nullopt when that was compacted away.
  std::optional<Snapshot> ListAt(const std::string& storage, const std::string& ns,
                                 std::uint64_t version) const;

  // Stores `object` under the next resource version, which is written into its metadata, and
  // returns what is stored.
  ObjectPtr Put(const ObjectKey& key, Json object);
  // Removes it and returns its final state. REQUIRES: it exists.
  ObjectPtr Remove(const ObjectKey& key);

  // The changes after `version`; nullopt when some of them were compacted away.
  std::optional<std::vector<Change>> ChangesSince(std::uint64_t version) const;
  // Sleeps until there is a change after `version`, Wake() is called or `timeout` is over.
  void WaitForChange(std::uint64_t version, std::chrono::milliseconds timeout) const;
  void Wake();

  // Forgets all history: older versions are answered with 410 from now on.
  void Compact();

  // For --data: everything as one JSON value, and back.
  Json Dump() const;
  void Load(const Json& dump);

 private:
  Snapshot ListLocked(const std::string& storage, const std::string& ns) const;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::uint64_t version_ = 100;
  std::uint64_t compacted_ = 100;  // changes after this one are all in history_
  std::uint64_t wakes_ = 0;
  std::map<ObjectKey, ObjectPtr> objects_;
  std::deque<Change> history_;
};

}  // namespace schemaop::devcluster
