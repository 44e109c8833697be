#include "runtime/turns.h"

#include <algorithm>
#include <list>
#include <map>
#include <mutex>
#include <utility>

namespace schemaop {

struct Turns::Impl {
  struct Waiter {
    ObjectKey key;
    std::vector<Place> places;
    Clock::time_point since;
  };

  std::function<void(const ObjectKey&)> call;
  std::mutex mutex;
  std::map<std::string, int> used;     // by place: visits that hold it, and waiters it is kept for
  std::list<Waiter> waiting;           // longest first
  std::map<ObjectKey, Waiter> called;  // their places are kept

  bool HasRoom(const std::vector<Place>& places) const {
    return std::all_of(places.begin(), places.end(), [&](const Place& place) {
      const auto count = used.find(place.name);
      return count == used.end() || count->second < place.most;
    });
  }

  void Use(const std::vector<Place>& places) {
    for (const Place& place : places) ++used[place.name];
  }

  void Free(const std::vector<Place>& places) {
    for (const Place& place : places) {
      const auto count = used.find(place.name);
      if (--count->second == 0) used.erase(count);
    }
  }

  // Keeps places for everybody who now finds room, and returns their keys.
  std::vector<ObjectKey> KeepPlaces() {
    std::vector<ObjectKey> keys;
    for (auto waiter = waiting.begin(); waiter != waiting.end();) {
      if (!HasRoom(waiter->places)) {
        ++waiter;
        continue;
      }
      Use(waiter->places);
      keys.push_back(waiter->key);
      called.insert_or_assign(waiter->key, std::move(*waiter));
      waiter = waiting.erase(waiter);
    }
    return keys;
  }

  // Removes `key` from those who wait or were called; when it began to wait, if it did.
  std::optional<Clock::time_point> StopWaiting(const ObjectKey& key) {
    if (const auto entry = called.extract(key)) {
      Free(entry.mapped().places);
      return entry.mapped().since;
    }
    const auto waiter = std::find_if(waiting.begin(), waiting.end(),
                                     [&](const Waiter& each) { return each.key == key; });
    if (waiter == waiting.end()) return std::nullopt;
    const Clock::time_point since = waiter->since;
    waiting.erase(waiter);
    return since;
  }
};

Turns::Turns(std::function<void(const ObjectKey&)> call) : impl_(std::make_unique<Impl>()) {
  impl_->call = std::move(call);
}

Turns::~Turns() = default;

Turns::Visit::Visit(Turns& turns, ObjectKey key) : turns_(turns), key_(std::move(key)) {}

std::optional<Turns::Clock::duration> Turns::Visit::Take(const std::vector<Place>& places,
                                                         Clock::time_point now) {
  Impl& impl = *turns_.impl_;
  const std::lock_guard lock(impl.mutex);
  const Clock::time_point since = impl.StopWaiting(key_).value_or(now);
  if (impl.HasRoom(places)) {
    impl.Use(places);
    taken_ = places;
    return std::nullopt;
  }
  // Who waits longest is asked first.
  const auto next = std::find_if(impl.waiting.begin(), impl.waiting.end(),
                                 [&](const Impl::Waiter& each) { return each.since > since; });
  impl.waiting.insert(next, {key_, places, since});
  waits_ = true;
  return now - since;
}

Turns::Visit::~Visit() {
  Impl& impl = *turns_.impl_;
  std::vector<ObjectKey> keys;
  {
    const std::lock_guard lock(impl.mutex);
    impl.Free(taken_);
    // A visit that asked for nothing needs nothing any more.
    if (!waits_) impl.StopWaiting(key_);
    keys = impl.KeepPlaces();
  }
  for (const ObjectKey& key : keys) impl.call(key);
}

}  // namespace schemaop
