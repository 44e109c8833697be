#include "runtime/work_queue.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "runtime/metrics.h"

namespace schemaop {
namespace {

using Clock = std::chrono::steady_clock;

// The keys of tomorrow, earliest first; one time per key.
class DelayedKeys {
 public:
  void Add(const ObjectKey& key, Clock::time_point due) {
    const auto [entry, added] = due_.emplace(key, due);
    if (!added) {
      if (entry->second <= due) return;
      by_time_.erase({entry->second, key});
      entry->second = due;
    }
    by_time_.emplace(due, key);
  }

  std::optional<Clock::time_point> Earliest() const {
    if (by_time_.empty()) return std::nullopt;
    return by_time_.begin()->first;
  }

  // Removes and returns the earliest key when it is due at `now`.
  std::optional<ObjectKey> TakeDue(Clock::time_point now) {
    if (by_time_.empty() || by_time_.begin()->first > now) return std::nullopt;
    ObjectKey key = by_time_.begin()->second;
    by_time_.erase(by_time_.begin());
    due_.erase(key);
    return key;
  }

  void Clear() {
    due_.clear();
    by_time_.clear();
  }

 private:
  std::map<ObjectKey, Clock::time_point> due_;
  std::set<std::pair<Clock::time_point, ObjectKey>> by_time_;
};

}  // namespace

// `waiting` holds each key of `dirty` that is not in `processing`, once.
struct WorkQueue::Impl {
  WorkQueueOptions options;
  Metrics* metrics = nullptr;

  mutable std::mutex mutex;
  mutable std::condition_variable_any ready;  // waiting grew, or shut_down
  std::condition_variable_any earlier;        // the earliest delayed key changed, or shut_down
  mutable std::condition_variable_any idle;   // processing became empty
  std::set<ObjectKey> dirty;
  std::map<ObjectKey, Clock::time_point> processing;  // since when
  std::map<ObjectKey, Clock::time_point> added;       // when a waiting key was added
  std::deque<ObjectKey> waiting;
  DelayedKeys delayed;
  std::map<ObjectKey, int> failures;
  bool shut_down = false;
  std::jthread timer;  // moves delayed keys; last: ends before what it uses

  void AddLocked(const ObjectKey& key);
  void PushLocked(const ObjectKey& key);
  void MoveDueKeys(std::stop_token stop);
  std::chrono::milliseconds NextBackoff(const ObjectKey& key);
  MetricLabels Labels() const { return {{"name", options.name}, {"controller", options.name}}; }
  void Count(std::string_view name) const {
    if (metrics != nullptr) metrics->Increment(name, Labels());
  }
  void ShowDepth() const {
    if (metrics == nullptr) return;
    metrics->SetGauge("workqueue_depth", Labels(), static_cast<double>(waiting.size()));
  }
  void Observe(std::string_view name, Clock::duration value) const {
    if (metrics != nullptr) metrics->Observe(name, Labels(), value);
  }
};

void WorkQueue::Impl::PushLocked(const ObjectKey& key) {
  waiting.push_back(key);
  added.emplace(key, Clock::now());
  ShowDepth();
  ready.notify_one();
}

void WorkQueue::Impl::AddLocked(const ObjectKey& key) {
  if (shut_down || !dirty.insert(key).second) return;
  Count("workqueue_adds_total");
  if (!processing.contains(key)) PushLocked(key);
}

void WorkQueue::Impl::MoveDueKeys(std::stop_token stop) {
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    while (const auto key = delayed.TakeDue(Clock::now())) AddLocked(*key);
    const auto earliest = delayed.Earliest();
    const auto must_look = [&] { return delayed.Earliest() != earliest; };
    if (earliest) {
      earlier.wait_until(lock, stop, *earliest, must_look);
    } else {
      earlier.wait(lock, stop, must_look);
    }
  }
}

std::chrono::milliseconds WorkQueue::Impl::NextBackoff(const ObjectKey& key) {
  const int doublings = failures[key]++;
  std::chrono::milliseconds backoff = options.backoff_first;
  for (int i = 0; i < doublings && backoff < options.backoff_most; ++i) backoff *= 2;
  return std::min(backoff, options.backoff_most);
}

WorkQueue::WorkQueue(WorkQueueOptions options, Metrics* metrics) : impl_(std::make_unique<Impl>()) {
  impl_->options = std::move(options);
  impl_->metrics = metrics;
  impl_->timer = std::jthread(
      [impl = impl_.get()](std::stop_token stop) { impl->MoveDueKeys(std::move(stop)); });
}

WorkQueue::~WorkQueue() { ShutDown(); }

void WorkQueue::Add(const ObjectKey& key) {
  const std::lock_guard lock(impl_->mutex);
  impl_->AddLocked(key);
}

void WorkQueue::AddAfter(const ObjectKey& key, std::chrono::milliseconds delay) {
  if (delay <= std::chrono::milliseconds::zero()) return Add(key);
  const std::lock_guard lock(impl_->mutex);
  if (impl_->shut_down) return;
  impl_->delayed.Add(key, Clock::now() + delay);
  impl_->earlier.notify_one();
}

void WorkQueue::AddRateLimited(const ObjectKey& key) {
  std::chrono::milliseconds backoff;
  {
    const std::lock_guard lock(impl_->mutex);
    backoff = impl_->NextBackoff(key);
    impl_->Count("workqueue_retries_total");
  }
  AddAfter(key, backoff);
}

void WorkQueue::Forget(const ObjectKey& key) {
  const std::lock_guard lock(impl_->mutex);
  impl_->failures.erase(key);
}

std::optional<ObjectKey> WorkQueue::Get(std::stop_token stop) {
  std::unique_lock lock(impl_->mutex);
  impl_->ready.wait(lock, stop, [&] { return impl_->shut_down || !impl_->waiting.empty(); });
  if (impl_->shut_down || stop.stop_requested()) {
    // A wake-up meant for a key must not be lost with the one who leaves.
    impl_->ready.notify_one();
    return std::nullopt;
  }
  ObjectKey key = std::move(impl_->waiting.front());
  impl_->waiting.pop_front();
  impl_->dirty.erase(key);
  const Clock::time_point now = Clock::now();
  impl_->processing.emplace(key, now);
  if (const auto since = impl_->added.extract(key)) {
    impl_->Observe("workqueue_queue_duration_seconds", now - since.mapped());
  }
  impl_->ShowDepth();
  return key;
}

void WorkQueue::Done(const ObjectKey& key) {
  const std::lock_guard lock(impl_->mutex);
  if (const auto since = impl_->processing.extract(key)) {
    impl_->Observe("workqueue_work_duration_seconds", Clock::now() - since.mapped());
  }
  if (!impl_->shut_down && impl_->dirty.contains(key)) impl_->PushLocked(key);
  if (impl_->processing.empty()) impl_->idle.notify_all();
}

void WorkQueue::ShutDown() {
  const std::lock_guard lock(impl_->mutex);
  impl_->shut_down = true;
  impl_->dirty.clear();
  impl_->waiting.clear();
  impl_->added.clear();
  impl_->delayed.Clear();
  impl_->ShowDepth();
  impl_->ready.notify_all();
}

bool WorkQueue::WaitUntilIdle(std::stop_token stop) const {
  std::unique_lock lock(impl_->mutex);
  return impl_->idle.wait(lock, std::move(stop), [&] { return impl_->processing.empty(); });
}

std::size_t WorkQueue::Depth() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->waiting.size();
}

}  // namespace schemaop
