// The work queue of client-go's util/workqueue: keys, each processed by one worker at a time, none
// lost.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>

#include "api/object_meta.h"

namespace schemaop {

// Thread-safe. A key added while it waits is there once; a key added while it is processed is
// handed out again after Done. After ShutDown nothing is handed out.
class WorkQueue {
 public:
  WorkQueue();
  ~WorkQueue();
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  void Add(const ObjectKey& key);

  // Adds after `delay`; of several delayed adds of one key the earliest counts.
  void AddAfter(const ObjectKey& key, std::chrono::milliseconds delay);

  // Adds after this key's backoff: 5 ms doubling to 1000 s; Forget resets it.
  void AddRateLimited(const ObjectKey& key);
  void Forget(const ObjectKey& key);

  // Waits for a key and marks it as being processed; nullopt after ShutDown or a stop.
  std::optional<ObjectKey> Get(std::stop_token stop);
  void Done(const ObjectKey& key);

  void ShutDown();
  std::size_t Depth() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace schemaop
