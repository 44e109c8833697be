// Workers that take keys from a queue and reconcile them, one key in one place at a time.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <variant>

#include "api/object_meta.h"
#include "base/logger.h"
#include "runtime/metrics.h"
#include "runtime/work_queue.h"

namespace schemaop {

// Nothing more to do until the object changes: the key's backoff is forgotten.
struct ReconcileDone {};
// Look again after `delay`, whatever happens: the key's backoff is forgotten.
struct RequeueAfter {
  std::chrono::milliseconds delay{};
};
// It failed; `reason` is counted and logged at info: look again after the key's backoff.
struct RequeueWithBackoff {
  std::string reason;
};

using ReconcileResult = std::variant<ReconcileDone, RequeueAfter, RequeueWithBackoff>;

// Called by several workers at once, never for the same key twice at once. `stop` is that of Run:
// end soon.
using Reconcile = std::function<ReconcileResult(const ObjectKey& key, std::stop_token stop)>;

struct ControllerLoopOptions {
  std::string name;  // the label `controller` of metrics: "schemaversion"
  int workers = 1;
};

class ControllerLoop {
 public:
  // `queue` and `metrics` outlive the loop.
  ControllerLoop(ControllerLoopOptions options, WorkQueue& queue, Reconcile reconcile,
                 Metrics& metrics, Logger logger);

  // Works until `stop`, then lets every running reconcile end, and returns. Keys still waiting stay
  // unprocessed; the queue is shut down. An exception out of a reconcile is counted and its key
  // retried with backoff.
  void Run(std::stop_token stop);

 private:
  void Work(std::stop_token stop);
  void Process(const ObjectKey& key, std::stop_token stop);
  ReconcileResult Call(const ObjectKey& key, std::stop_token stop);
  void Handle(const ObjectKey& key, const ReconcileResult& result);

  ControllerLoopOptions options_;
  WorkQueue& queue_;
  Reconcile reconcile_;
  Metrics& metrics_;
  Logger logger_;
};

}  // namespace schemaop
