#include "engine/session_monitor.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "postgres/activity.h"

namespace schemaop {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kQuickPace{50};
constexpr milliseconds kPace{250};
constexpr std::chrono::seconds kQuickTime{1};
constexpr std::chrono::seconds kPauseAfterFailure{1};

SessionOptions MonitorOptions(const DatabaseOptions& options) {
  return {.dsn = options.dsn, .application_name = options.application_name + " monitor"};
}

}  // namespace

void SessionMonitor::Watch(int pid) {
  const std::lock_guard lock(mutex_);
  if (pid_ == pid) return;
  pid_ = pid;
  ++watch_;
  latest_ = {};
  if (!thread_.joinable() && !StartThread()) return;
  changed_.notify_one();
}

// False when the system has no thread left: the run goes on unwatched, and asks again.
bool SessionMonitor::StartThread() {
  try {
    thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
    return true;
  } catch (const std::system_error&) {
    pid_.reset();
    return false;
  }
}

void SessionMonitor::Rest() {
  const std::lock_guard lock(mutex_);
  if (!pid_) return;
  pid_.reset();
  ++watch_;
  latest_ = {};
}

Sighting SessionMonitor::Latest() const {
  const std::lock_guard lock(mutex_);
  return latest_;
}

milliseconds SessionMonitor::longest_wait() const {
  const std::lock_guard lock(mutex_);
  return longest_wait_;
}

void SessionMonitor::Run(const std::stop_token& stop) {
  std::optional<Session> session;
  std::uint64_t watched = 0;
  Clock::time_point began;
  milliseconds pause{0};
  while (!stop.stop_requested()) {
    int pid = 0;
    {
      std::unique_lock lock(mutex_);
      // The pause ends early for a new watch.
      changed_.wait_for(lock, stop, pause, [&] { return pid_ && watch_ != watched; });
      changed_.wait(lock, stop, [&] { return pid_.has_value(); });
      if (stop.stop_requested()) return;
      pid = *pid_;
      if (std::exchange(watched, watch_) != watch_) began = Clock::now();
    }
    if (!session || !session->connected()) {
      auto connected = Session::Connect(MonitorOptions(options_), stop);
      session.reset();
      if (connected) session = std::move(*connected);
    }
    if (session) Look(*session, pid, watched, stop);
    pause = !session                            ? milliseconds(kPauseAfterFailure)
            : Clock::now() - began < kQuickTime ? kQuickPace
                                                : kPace;
  }
}

void SessionMonitor::Look(Session& session, int pid, std::uint64_t watch,
                          const std::stop_token& stop) {
  auto blockers = BlockersOf(session, pid, stop);
  auto behind = LongestWaitFor(session, pid, stop);
  auto build = IndexBuildOf(session, pid, stop);
  const std::lock_guard lock(mutex_);
  if (behind) longest_wait_ = std::max(longest_wait_, *behind);
  if (watch != watch_) return;
  latest_.blockers = blockers ? std::move(*blockers) : std::vector<Blocker>();
  latest_.build = build ? *build : std::nullopt;
}

}  // namespace schemaop
