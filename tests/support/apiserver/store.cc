#include "tests/support/apiserver/store.h"

#include <algorithm>

namespace schemaop::devcluster {
namespace {

// As much history as a test can need; a server of this kind is not meant to run for months.
constexpr std::size_t kHistory = 50'000;

ObjectPtr Stamped(Json object, std::uint64_t version) {
  object["metadata"]["resourceVersion"] = std::to_string(version);
  return std::make_shared<const Json>(std::move(object));
}

}  // namespace

std::uint64_t Store::Version() const {
  const std::lock_guard lock(mutex_);
  return version_;
}

ObjectPtr Store::Get(const ObjectKey& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find(key);
  return found == objects_.end() ? nullptr : found->second;
}

Snapshot Store::ListLocked(const std::string& storage, const std::string& ns) const {
  Snapshot snapshot;
  snapshot.version = version_;
  for (auto at = objects_.lower_bound({storage, ns, ""}); at != objects_.end(); ++at) {
    if (at->first.storage != storage || (!ns.empty() && at->first.ns != ns)) break;
    snapshot.objects.emplace_back(*at);
  }
  return snapshot;
}

Snapshot Store::List(const std::string& storage, const std::string& ns) const {
  const std::lock_guard lock(mutex_);
  return ListLocked(storage, ns);
}

std::optional<Snapshot> Store::ListAt(const std::string& storage, const std::string& ns,
                                      std::uint64_t version) const {
  const std::lock_guard lock(mutex_);
  if (version < compacted_) return std::nullopt;
  const Snapshot now = ListLocked(storage, ns);
  std::map<ObjectKey, ObjectPtr> then(now.objects.begin(), now.objects.end());
  for (auto change = history_.rbegin(); change != history_.rend(); ++change) {
    if (change->version <= version) break;
    if (change->key.storage != storage || (!ns.empty() && change->key.ns != ns)) continue;
    if (change->before) {
      then[change->key] = change->before;
    } else {
      then.erase(change->key);
    }
  }
  return Snapshot{version, {then.begin(), then.end()}};
}

ObjectPtr Store::Put(const ObjectKey& key, Json object) {
  const std::lock_guard lock(mutex_);
  ObjectPtr stored = Stamped(std::move(object), ++version_);
  ObjectPtr& slot = objects_[key];
  history_.push_back({version_, key, slot, stored, nullptr});
  slot = stored;
  if (history_.size() > kHistory) {
    compacted_ = history_.front().version;
    history_.pop_front();
  }
  changed_.notify_all();
  return stored;
}

ObjectPtr Store::Remove(const ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find(key);
  ObjectPtr final_state = Stamped(*found->second, ++version_);
  history_.push_back({version_, key, found->second, nullptr, final_state});
  objects_.erase(found);
  changed_.notify_all();
  return final_state;
}

std::optional<std::vector<Change>> Store::ChangesSince(std::uint64_t version) const {
  const std::lock_guard lock(mutex_);
  if (version < compacted_) return std::nullopt;
  const auto first = std::upper_bound(
      history_.begin(), history_.end(), version,
      [](std::uint64_t wanted, const Change& change) { return wanted < change.version; });
  return std::vector<Change>(first, history_.end());
}

void Store::WaitForChange(std::uint64_t version, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  const std::uint64_t wakes = wakes_;
  changed_.wait_for(lock, timeout, [&] { return version_ > version || wakes_ != wakes; });
}

void Store::Wake() {
  const std::lock_guard lock(mutex_);
  ++wakes_;
  changed_.notify_all();
}

void Store::Compact() {
  const std::lock_guard lock(mutex_);
  // A version of its own, so that even the newest version handed out before is too old now.
  compacted_ = ++version_;
  history_.clear();
  ++wakes_;
  changed_.notify_all();
}

Json Store::Dump() const {
  const std::lock_guard lock(mutex_);
  Json objects = Json::array();
  for (const auto& [key, object] : objects_) {
    objects.push_back(
        {{"storage", key.storage}, {"ns", key.ns}, {"name", key.name}, {"object", *object}});
  }
  return {{"version", version_}, {"objects", std::move(objects)}};
}

void Store::Load(const Json& dump) {
  const std::lock_guard lock(mutex_);
  version_ = compacted_ = dump.at("version").get<std::uint64_t>();
  history_.clear();
  objects_.clear();
  for (const Json& entry : dump.at("objects")) {
    objects_[{entry.at("storage").get<std::string>(), entry.at("ns").get<std::string>(),
              entry.at("name").get<std::string>()}] =
        std::make_shared<const Json>(entry.at("object"));
  }
}

}  // namespace schemaop::devcluster
