#include "runtime/controller_loop.h"

#include <exception>
#include <thread>
#include <utility>
#include <vector>

namespace schemaop {
namespace {

std::string_view ResultLabel(const ReconcileResult& result) {
  if (std::holds_alternative<RequeueWithBackoff>(result)) return "error";
  if (std::holds_alternative<RequeueAfter>(result)) return "requeue_after";
  return "success";
}

}  // namespace

ControllerLoop::ControllerLoop(ControllerLoopOptions options, WorkQueue& queue, Reconcile reconcile,
                               Metrics& metrics, Logger logger)
    : options_(std::move(options)),
      queue_(queue),
      reconcile_(std::move(reconcile)),
      metrics_(metrics),
      logger_(std::move(logger)) {
  metrics_.SetGauge("controller_runtime_max_concurrent_reconciles", {{"controller", options_.name}},
                    options_.workers);
}

void ControllerLoop::Run(std::stop_token stop) {
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < options_.workers; ++i) workers.emplace_back([this, stop] { Work(stop); });
    // The workers end by `stop`, each after its reconcile; here they are joined.
  }
  queue_.ShutDown();
}

void ControllerLoop::Work(std::stop_token stop) {
  while (const std::optional<ObjectKey> key = queue_.Get(stop)) {
    Process(*key, stop);
    queue_.Done(*key);
  }
}

void ControllerLoop::Process(const ObjectKey& key, std::stop_token stop) {
  const MetricLabels labels{{"controller", options_.name}};
  const auto began = std::chrono::steady_clock::now();
  metrics_.AddToGauge("controller_runtime_active_workers", labels, 1);
  const ReconcileResult result = Call(key, std::move(stop));
  metrics_.AddToGauge("controller_runtime_active_workers", labels, -1);
  metrics_.Observe("controller_runtime_reconcile_time_seconds", labels,
                   std::chrono::steady_clock::now() - began);
  metrics_.Increment("controller_runtime_reconcile_total",
                     {{"controller", options_.name}, {"result", std::string(ResultLabel(result))}});
  Handle(key, result);
}

ReconcileResult ControllerLoop::Call(const ObjectKey& key, std::stop_token stop) {
  const MetricLabels labels{{"controller", options_.name}};
  // The one place where an exception of any library below a reconcile ends: the worker must live
  // on.
  try {
    return reconcile_(key, std::move(stop));
  } catch (const std::exception& exception) {
    metrics_.Increment("controller_runtime_reconcile_panics_total", labels);
    logger_.Error("reconcile threw", {{"key", ToString(key)}, {"error", exception.what()}});
  } catch (...) {
    metrics_.Increment("controller_runtime_reconcile_panics_total", labels);
    logger_.Error("reconcile threw", {{"key", ToString(key)}, {"error", "no std::exception"}});
  }
  return RequeueWithBackoff{"internal error"};
}

void ControllerLoop::Handle(const ObjectKey& key, const ReconcileResult& result) {
  if (const auto* failed = std::get_if<RequeueWithBackoff>(&result)) {
    metrics_.Increment("controller_runtime_reconcile_errors_total",
                       {{"controller", options_.name}});
    logger_.Info("reconcile failed, retrying", {{"key", ToString(key)}, {"error", failed->reason}});
    queue_.AddRateLimited(key);
    return;
  }
  queue_.Forget(key);
  // Nobody waits for a look that is due by the clock.
  const auto* later = std::get_if<RequeueAfter>(&result);
  if (later != nullptr) queue_.AddAfter(key, later->delay, WorkPriority::kLow);
}

}  // namespace schemaop
