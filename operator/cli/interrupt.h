// Ctrl-C as a stop request.
#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

namespace schemaop {

// While it lives, SIGINT and SIGTERM ask for a stop instead of ending the process: the first one
// says so on standard error and requests the stop, the second one ends the process at once with
// exit code 130. Make it before any other thread, which then inherits the blocked signals.
class InterruptWatch {
 public:
  InterruptWatch();
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

  std::stop_token token() const { return stop_.get_token(); }

 private:
  void Watch();

  std::stop_source stop_;
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

}  // namespace schemaop
