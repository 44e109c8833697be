// The rules of client-go's util/workqueue without threads: which key may be handed out when. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "api/object_meta.h"

namespace schemaop {

// Which keys go first. kLow is for what nobody waits for: what was there when this process started,
// and looks that are due by the clock (controller-runtime's priority queue has 0 and -100).
enum class WorkPriority { kLow, kNormal };

// Waits of a key that fails: `first` doubling up to `most` (client-go's per-item limiter).
struct QueueBackoff {
  std::chrono::milliseconds first{5};
  std::chrono::milliseconds most{1000000};
};

// Keys that wait, keys being processed, keys of tomorrow. A key that waits is there once, with the
// highest of its priorities; one that is added while it is processed waits again after Done, so no
// key is processed twice at once and none is lost. Within a priority, first come, first served;
// kLow waits for kNormal, but every fifth turn is that of the oldest kLow key, so that edits
// without end starve nothing. Not thread-safe.
class QueueState {
 public:
  using Clock = std::chrono::steady_clock;

  explicit QueueState(QueueBackoff backoff = {}) : backoff_(backoff) {}

  // What an add did.
  enum class Added {
    kNothing,  // the key waits already
    kLater,    // it is being processed, and waits after that
    kNow,      // it waits
  };
  Added Add(const ObjectKey& key, Clock::time_point now,
            WorkPriority priority = WorkPriority::kNormal);

  // Adds at `due`; of several delayed adds of one key the earliest and the highest priority count.
  void AddAt(const ObjectKey& key, Clock::time_point due,
             WorkPriority priority = WorkPriority::kNormal);

  // When the next delayed key is due.
  std::optional<Clock::time_point> NextDue() const;

  // Adds one delayed key that is due at `now`; nullopt when there is none.
  std::optional<Added> AddDue(Clock::time_point now);

  // The wait after this failure of `key`; the next one is twice as long.
  std::chrono::milliseconds NextBackoff(const ObjectKey& key);
  void Forget(const ObjectKey& key) { failures_.erase(key); }

  // The priority with which `key` was handed out; kNormal when it is not being processed.
  WorkPriority PriorityOf(const ObjectKey& key) const;

  // The next key, marked as being processed, and since when it waited.
  struct Taken {
    ObjectKey key;
    Clock::time_point since;
  };
  std::optional<Taken> Take(Clock::time_point now);

  // Ends what Take began. Since when the key was processed; nullopt when it was not.
  std::optional<Clock::time_point> Done(const ObjectKey& key, Clock::time_point now);

  // Drops what waits, now and later.
  void Clear();

  std::size_t depth() const { return waiting_.size(); }
  std::size_t depth(WorkPriority priority) const { return LineOf(priority).size(); }
  struct InWork {
    Clock::time_point since;
    WorkPriority priority = WorkPriority::kNormal;
  };
  const std::map<ObjectKey, InWork>& processing() const { return processing_; }

 private:
  using Line = std::map<std::uint64_t, const ObjectKey*>;  // by place; keys of waiting_
  struct Waiting {
    WorkPriority priority;
    std::uint64_t place;
    Clock::time_point since;
  };
  struct Delayed {
    Clock::time_point due;
    WorkPriority priority;
  };

  Line& LineOf(WorkPriority priority) { return priority == WorkPriority::kLow ? low_ : normal_; }
  const Line& LineOf(WorkPriority priority) const {
    return priority == WorkPriority::kLow ? low_ : normal_;
  }
  Added Push(const ObjectKey& key, Clock::time_point now, WorkPriority priority);

  QueueBackoff backoff_;
  std::map<ObjectKey, InWork> processing_;
  std::map<ObjectKey, WorkPriority> again_;  // of processing_: wait after Done
  std::map<ObjectKey, Waiting> waiting_;
  Line low_;
  Line normal_;
  std::uint64_t next_place_ = 0;
  int passed_ = 0;  // turns of normal_ since somebody waits in low_ for one
  std::map<ObjectKey, Delayed> delayed_;
  std::set<std::pair<Clock::time_point, const ObjectKey*>> by_time_;  // keys of delayed_
  std::map<ObjectKey, int> failures_;
};

}  // namespace schemaop
