// Ends a watch that has gone silent although it should not be.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

namespace schemaop {

// A stop token that stops with an outer one, or when nothing was heard for `limit` after arming.
// Thread-safe.
class QuietLimit {
 public:
  QuietLimit(std::stop_token outer, std::chrono::milliseconds limit);
  ~QuietLimit();
  QuietLimit(const QuietLimit&) = delete;
  QuietLimit& operator=(const QuietLimit&) = delete;

  // Stops when the time is up or the outer token stopped.
  std::stop_token token() const { return source_.get_token(); }

  // From now on silence counts.
  void Arm();

  // Something came: silence starts anew.
  void Heard();

  // Whether silence, rather than the outer token, stopped it.
  bool Expired() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Forward {
    std::stop_source* source;
    void operator()() const { source->request_stop(); }
  };

  void Run(std::stop_token stop);

  const std::chrono::milliseconds limit_;
  std::stop_source source_;
  std::stop_callback<Forward> forward_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  bool armed_ = false;
  bool expired_ = false;
  Clock::time_point heard_;
  std::jthread thread_;  // last: ends before what it uses
};

}  // namespace schemaop
