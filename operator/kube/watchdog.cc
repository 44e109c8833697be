#include "kube/watchdog.h"

#include <algorithm>
#include <utility>

namespace schemaop {
namespace {

constexpr std::chrono::milliseconds kShutDownAgain{10};

}  // namespace

Watchdog::Watchdog() : thread_([this](std::stop_token stop) { Run(std::move(stop)); }) {}

Watchdog::~Watchdog() = default;

Watchdog::Guard::Guard(Watchdog& watchdog, SocketHandle& socket, Clock::time_point deadline,
                       std::stop_token stop)
    : watchdog_(watchdog),
      socket_(socket),
      due_(deadline),
      entry_(watchdog.Enter(*this)),
      on_stop_(std::move(stop), Expire{this}) {}

Watchdog::Guard::~Guard() {
  const std::lock_guard lock(watchdog_.mutex_);
  watchdog_.guards_.erase(entry_);
}

void Watchdog::Guard::ForgetDeadline() {
  const std::lock_guard lock(watchdog_.mutex_);
  if (due_ > Clock::now()) due_ = Clock::time_point::max();
}

std::list<Watchdog::Guard*>::iterator Watchdog::Enter(Guard& guard) {
  std::list<Guard*>::iterator entry;
  {
    const std::lock_guard lock(mutex_);
    entry = guards_.insert(guards_.end(), &guard);
    stale_ = true;
  }
  changed_.notify_one();
  return entry;
}

void Watchdog::MakeDue(Guard& guard) {
  {
    const std::lock_guard lock(mutex_);
    guard.due_ = Clock::time_point::min();
    stale_ = true;
  }
  changed_.notify_one();
}

Watchdog::Clock::time_point Watchdog::ShutDownDue(Clock::time_point now) {
  Clock::time_point next = Clock::time_point::max();
  for (Guard* const guard : guards_) {
    if (guard->due_ <= now) guard->socket_.ShutDown();
    next = std::min(next, std::max(guard->due_, now + kShutDownAgain));
  }
  return next;
}

void Watchdog::Run(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    stale_ = false;
    const Clock::time_point next = ShutDownDue(Clock::now());
    const auto must_look = [this] { return stale_; };
    if (next == Clock::time_point::max()) {
      changed_.wait(lock, stop, must_look);
    } else {
      changed_.wait_until(lock, stop, next, must_look);
    }
  }
}

}  // namespace schemaop
