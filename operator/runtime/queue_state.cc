#include "runtime/queue_state.h"

#include <algorithm>

namespace schemaop {

// A key that waits moves to the end of the line of a higher priority, and otherwise stays.
QueueState::Added QueueState::Push(const ObjectKey& key, Clock::time_point now,
                                   WorkPriority priority) {
  const auto [entry, added] = waiting_.emplace(key, Waiting{priority, next_place_, now});
  Waiting& waiting = entry->second;
  if (!added) {
    if (waiting.priority >= priority) return Added::kNothing;
    LineOf(waiting.priority).erase(waiting.place);
    waiting.priority = priority;
    waiting.place = next_place_;
  }
  LineOf(priority).emplace(next_place_++, &entry->first);
  return added ? Added::kNow : Added::kNothing;
}

QueueState::Added QueueState::Add(const ObjectKey& key, Clock::time_point now,
                                  WorkPriority priority) {
  if (!processing_.contains(key)) return Push(key, now, priority);
  const auto [entry, added] = again_.emplace(key, priority);
  entry->second = std::max(entry->second, priority);
  return added ? Added::kLater : Added::kNothing;
}

void QueueState::AddAt(const ObjectKey& key, Clock::time_point due, WorkPriority priority) {
  const auto [entry, added] = delayed_.emplace(key, Delayed{due, priority});
  if (!added) {
    Delayed& delayed = entry->second;
    delayed.priority = std::max(delayed.priority, priority);
    if (delayed.due <= due) return;
    by_time_.erase({delayed.due, &entry->first});
    delayed.due = due;
  }
  by_time_.emplace(due, &entry->first);
}

std::optional<QueueState::Clock::time_point> QueueState::NextDue() const {
  if (by_time_.empty()) return std::nullopt;
  return by_time_.begin()->first;
}

std::optional<QueueState::Added> QueueState::AddDue(Clock::time_point now) {
  if (by_time_.empty() || by_time_.begin()->first > now) return std::nullopt;
  const auto entry = delayed_.find(*by_time_.begin()->second);
  by_time_.erase(by_time_.begin());
  const auto due = delayed_.extract(entry);
  return Add(due.key(), now, due.mapped().priority);
}

std::chrono::milliseconds QueueState::NextBackoff(const ObjectKey& key) {
  const int doublings = failures_[key]++;
  std::chrono::milliseconds wait = backoff_.first;
  for (int i = 0; i < doublings && wait < backoff_.most; ++i) wait *= 2;
  return std::min(wait, backoff_.most);
}

WorkPriority QueueState::PriorityOf(const ObjectKey& key) const {
  const auto in_work = processing_.find(key);
  return in_work == processing_.end() ? WorkPriority::kNormal : in_work->second.priority;
}

std::optional<QueueState::Taken> QueueState::Take(Clock::time_point now) {
  constexpr int kMostPassed = 4;
  if (waiting_.empty()) return std::nullopt;
  const bool is_low_due = normal_.empty() || (!low_.empty() && passed_ >= kMostPassed);
  passed_ = is_low_due || low_.empty() ? 0 : passed_ + 1;
  Line& line = is_low_due ? low_ : normal_;
  const auto entry = waiting_.find(*line.begin()->second);
  line.erase(line.begin());
  const auto taken = waiting_.extract(entry);
  processing_.emplace(taken.key(), InWork{now, taken.mapped().priority});
  return Taken{taken.key(), taken.mapped().since};
}

std::optional<QueueState::Clock::time_point> QueueState::Done(const ObjectKey& key,
                                                              Clock::time_point now) {
  const auto in_work = processing_.extract(key);
  if (const auto again = again_.extract(key)) Push(key, now, again.mapped());
  if (!in_work) return std::nullopt;
  return in_work.mapped().since;
}

void QueueState::Clear() {
  again_.clear();
  low_.clear();
  normal_.clear();
  waiting_.clear();
  by_time_.clear();
  delayed_.clear();
}

}  // namespace schemaop
