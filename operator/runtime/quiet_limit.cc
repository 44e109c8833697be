#include "runtime/quiet_limit.h"

#include <utility>

namespace schemaop {

QuietLimit::QuietLimit(std::stop_token outer, std::chrono::milliseconds limit)
    : limit_(limit),
      forward_(std::move(outer), Forward{&source_}),
      thread_([this](std::stop_token stop) { Run(std::move(stop)); }) {}

QuietLimit::~QuietLimit() = default;

void QuietLimit::Arm() {
  {
    const std::lock_guard lock(mutex_);
    if (armed_) return;
    armed_ = true;
    heard_ = Clock::now();
  }
  changed_.notify_one();
}

void QuietLimit::Heard() {
  const std::lock_guard lock(mutex_);
  heard_ = Clock::now();
}

bool QuietLimit::Expired() const {
  const std::lock_guard lock(mutex_);
  return expired_;
}

void QuietLimit::Run(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait(lock, stop, [this] { return armed_; })) return;
  while (!stop.stop_requested()) {
    const Clock::time_point due = heard_ + limit_;
    if (Clock::now() >= due) {
      expired_ = true;
      lock.unlock();
      source_.request_stop();
      return;
    }
    changed_.wait_until(lock, stop, due, [] { return false; });
  }
}

}  // namespace schemaop
