// The work queue of client-go's util/workqueue: keys, each processed by one worker at a time, none
// lost.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "api/object_meta.h"
#include "runtime/queue_state.h"

namespace schemaop {

class Metrics;

// Waits grow with a key's failures: `first` doubling up to `most` (client-go's per-item limiter).
struct WorkQueueOptions {
  std::string name;  // the label of the workqueue_* metrics: "schemaversion"
  std::chrono::milliseconds backoff_first{5};
  std::chrono::milliseconds backoff_most{1000000};
};

// Thread-safe, by the rules of QueueState. After ShutDown nothing is added or handed out.
class WorkQueue {
 public:
  // `metrics`, when given, outlives the queue and gets its workqueue_* values.
  explicit WorkQueue(WorkQueueOptions options = {}, Metrics* metrics = nullptr);
  ~WorkQueue();
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  void Add(const ObjectKey& key, WorkPriority priority = WorkPriority::kNormal);

  // Adds after `delay`; of several delayed adds of one key the earliest and the highest priority
  // count.
  void AddAfter(const ObjectKey& key, std::chrono::milliseconds delay,
                WorkPriority priority = WorkPriority::kNormal);

  // Adds after this key's backoff, which doubles with every call; Forget resets it. The priority is
  // that with which the key was handed out.
  void AddRateLimited(const ObjectKey& key);
  void Forget(const ObjectKey& key);

  // Waits for a key and marks it as being processed; nullopt after ShutDown or a stop.
  std::optional<ObjectKey> Get(std::stop_token stop);

  // Ends what Get began; every Get is followed by one.
  void Done(const ObjectKey& key);

  // Drops what waits and wakes every Get.
  void ShutDown();

  // Waits until nothing is being processed any more; false when `stop` came first.
  bool WaitUntilIdle(std::stop_token stop) const;

  // The keys ready to be handed out; delayed ones do not count.
  std::size_t Depth() const;

  // Brings workqueue_unfinished_work_seconds and workqueue_longest_running_processor_seconds up to
  // this moment. To be called when somebody is about to read them: nothing has to wake up for
  // metrics that nobody reads.
  void ShowUnfinishedWork() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace schemaop
