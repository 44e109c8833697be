#include "runtime/work_queue.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "runtime/metrics.h"

namespace schemaop {
namespace {

using Clock = QueueState::Clock;

}  // namespace

struct WorkQueue::Impl {
  WorkQueueOptions options;
  Metrics* metrics = nullptr;

  mutable std::mutex mutex;
  mutable std::condition_variable_any ready;  // waiting grew, or shut_down
  std::condition_variable_any earlier;        // the earliest delayed key changed
  mutable std::condition_variable_any idle;   // processing became empty
  QueueState state;
  bool shut_down = false;
  std::jthread timer;  // moves delayed keys; last: ends before what it uses

  void Tell(QueueState::Added added);
  void MoveDueKeys(std::stop_token stop);
  MetricLabels Labels() const { return {{"name", options.name}, {"controller", options.name}}; }
  void Count(std::string_view name) const {
    if (metrics != nullptr) metrics->Increment(name, Labels());
  }
  void ShowDepth() const {
    if (metrics == nullptr) return;
    ShowDepth("0", WorkPriority::kNormal);
    ShowDepth("-100", WorkPriority::kLow);
  }
  void ShowDepth(const char* shown, WorkPriority priority) const {
    MetricLabels labels = Labels();
    labels.emplace("priority", shown);
    metrics->SetGauge("workqueue_depth", labels, static_cast<double>(state.depth(priority)));
  }
  void Observe(std::string_view name, Clock::duration value) const {
    if (metrics != nullptr) metrics->Observe(name, Labels(), value);
  }
};

// What an add means to workers and metrics.
void WorkQueue::Impl::Tell(QueueState::Added added) {
  ShowDepth();
  if (added == QueueState::Added::kNothing) return;
  Count("workqueue_adds_total");
  if (added == QueueState::Added::kNow) ready.notify_one();
}

void WorkQueue::Impl::MoveDueKeys(std::stop_token stop) {
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    while (const auto added = state.AddDue(Clock::now())) Tell(*added);
    const auto earliest = state.NextDue();
    const auto must_look = [&] { return state.NextDue() != earliest; };
    if (earliest) {
      earlier.wait_until(lock, stop, *earliest, must_look);
    } else {
      earlier.wait(lock, stop, must_look);
    }
  }
}

WorkQueue::WorkQueue(WorkQueueOptions options, Metrics* metrics) : impl_(std::make_unique<Impl>()) {
  impl_->options = std::move(options);
  impl_->state = QueueState({impl_->options.backoff_first, impl_->options.backoff_most});
  impl_->metrics = metrics;
  impl_->timer = std::jthread(
      [impl = impl_.get()](std::stop_token stop) { impl->MoveDueKeys(std::move(stop)); });
}

WorkQueue::~WorkQueue() { ShutDown(); }

void WorkQueue::Add(const ObjectKey& key, WorkPriority priority) {
  const std::lock_guard lock(impl_->mutex);
  if (!impl_->shut_down) impl_->Tell(impl_->state.Add(key, Clock::now(), priority));
}

void WorkQueue::AddAfter(const ObjectKey& key, std::chrono::milliseconds delay,
                         WorkPriority priority) {
  if (delay <= std::chrono::milliseconds::zero()) return Add(key, priority);
  const std::lock_guard lock(impl_->mutex);
  if (impl_->shut_down) return;
  impl_->state.AddAt(key, Clock::now() + delay, priority);
  impl_->earlier.notify_one();
}

void WorkQueue::AddRateLimited(const ObjectKey& key) {
  std::chrono::milliseconds backoff;
  WorkPriority priority;
  {
    const std::lock_guard lock(impl_->mutex);
    backoff = impl_->state.NextBackoff(key);
    priority = impl_->state.PriorityOf(key);
    impl_->Count("workqueue_retries_total");
  }
  AddAfter(key, backoff, priority);
}

void WorkQueue::Forget(const ObjectKey& key) {
  const std::lock_guard lock(impl_->mutex);
  impl_->state.Forget(key);
}

std::optional<ObjectKey> WorkQueue::Get(std::stop_token stop) {
  std::unique_lock lock(impl_->mutex);
  impl_->ready.wait(lock, stop, [&] { return impl_->shut_down || impl_->state.depth() > 0; });
  if (impl_->shut_down || stop.stop_requested()) {
    // A wake-up meant for a key must not be lost with the one who leaves.
    impl_->ready.notify_one();
    return std::nullopt;
  }
  const Clock::time_point now = Clock::now();
  auto taken = impl_->state.Take(now);
  impl_->Observe("workqueue_queue_duration_seconds", now - taken->since);
  impl_->ShowDepth();
  return std::move(taken->key);
}

void WorkQueue::Done(const ObjectKey& key) {
  const std::lock_guard lock(impl_->mutex);
  const Clock::time_point now = Clock::now();
  const std::size_t depth = impl_->state.depth();
  if (const auto since = impl_->state.Done(key, now)) {
    impl_->Observe("workqueue_work_duration_seconds", now - *since);
  }
  if (impl_->state.depth() > depth) {
    impl_->ShowDepth();
    impl_->ready.notify_one();
  }
  if (impl_->state.processing().empty()) impl_->idle.notify_all();
}

void WorkQueue::ShutDown() {
  const std::lock_guard lock(impl_->mutex);
  impl_->shut_down = true;
  impl_->state.Clear();
  impl_->ShowDepth();
  impl_->ready.notify_all();
}

bool WorkQueue::WaitUntilIdle(std::stop_token stop) const {
  std::unique_lock lock(impl_->mutex);
  return impl_->idle.wait(lock, std::move(stop), [&] { return impl_->state.processing().empty(); });
}

void WorkQueue::ShowUnfinishedWork() const {
  if (impl_->metrics == nullptr) return;
  using Seconds = std::chrono::duration<double>;
  Seconds all{0};
  Seconds longest{0};
  const std::lock_guard lock(impl_->mutex);
  const Clock::time_point now = Clock::now();
  for (const auto& [key, in_work] : impl_->state.processing()) {
    all += now - in_work.since;
    longest = std::max<Seconds>(longest, now - in_work.since);
  }
  impl_->metrics->SetGauge("workqueue_unfinished_work_seconds", impl_->Labels(), all.count());
  impl_->metrics->SetGauge("workqueue_longest_running_processor_seconds", impl_->Labels(),
                           longest.count());
}

std::size_t WorkQueue::Depth() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->state.depth();
}

}  // namespace schemaop
