// Watching the migrating session from a second one, which is not part of the migration.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "engine/database_options.h"
#include "postgres/session.h"
#include "revision/run_report.h"

namespace schemaop {

// What the newest look showed.
struct Sighting {
  std::vector<Blocker> blockers;
  std::optional<IndexBuild> build;

  bool operator==(const Sighting&) const = default;
};

// Connects and looks on a thread of its own, and only once there is something to watch: a slow or
// dead network never makes the migrating session, which holds locks, wait. What it cannot see stays
// unknown; nothing fails because of it. All functions are thread safe and quick.
class SessionMonitor {
 public:
  // `options` must outlive the object. Starts nothing yet.
  explicit SessionMonitor(const DatabaseOptions& options) : options_(options) {}
  // Breaks off a look under way.
  ~SessionMonitor() = default;
  SessionMonitor(const SessionMonitor&) = delete;
  SessionMonitor& operator=(const SessionMonitor&) = delete;

  // Looks at the session with backend process `pid` from now on, every 50 ms in the first second
  // and every 250 ms later. Nothing new when it does so already.
  void Watch(int pid);
  // Stops looking and forgets what it saw.
  void Rest();

  Sighting Latest() const;

  // The longest that another session was seen waiting for the watched ones, ever.
  std::chrono::milliseconds longest_wait() const;

 private:
  bool StartThread();
  void Run(const std::stop_token& stop);
  void Look(Session& session, int pid, std::uint64_t watch, const std::stop_token& stop);

  const DatabaseOptions& options_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<int> pid_;   // watched at this moment
  std::uint64_t watch_ = 0;  // which one: a look that ends after its watch says nothing
  Sighting latest_;
  std::chrono::milliseconds longest_wait_{0};
  std::jthread thread_;  // last: it uses the others
};

}  // namespace schemaop
