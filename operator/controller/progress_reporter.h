// Telling where a run is without making it wait: a run holds locks, and the API server may be slow.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "revision/run_report.h"

namespace schemaop {

// Takes progress from the migrating thread and hands the newest to `write` on a thread of its own:
// at once when it is news (see IsNews), otherwise at most once every `pace`.
class ProgressReporter {
 public:
  // Called on the reporter's thread, one call at a time; ends soon after `stop`.
  using Write = std::function<void(const RunProgress& progress, const std::stop_token& stop)>;

  explicit ProgressReporter(Write write, std::chrono::milliseconds pace = std::chrono::seconds(5));

  // Stops; see Finish.
  ~ProgressReporter() = default;
  ProgressReporter(const ProgressReporter&) = delete;
  ProgressReporter& operator=(const ProgressReporter&) = delete;

  // Thread-safe; never waits for `write`.
  void Say(const RunProgress& progress);

  // Ends the thread; what was not written by then is dropped. The caller may write itself
  // afterwards.
  void Finish();

 private:
  void Run(const std::stop_token& stop);

  const Write write_;
  const std::chrono::milliseconds pace_;
  std::mutex mutex_;
  std::condition_variable_any said_;
  std::optional<RunProgress> newest_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace schemaop
