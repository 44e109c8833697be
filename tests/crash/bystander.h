// Somebody else who uses the database while a run meets its fault (invariant I8).
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "postgres/test_postgres.h"

namespace schemaop::testing {

// How the bystander's sessions are called, so that nobody takes them for those of a run.
inline constexpr const char* kBystander = "bystander";

// One session that reads and writes the table `items` over and over, and another that samples
// pg_locks for how long sessions called so wait for others. Both end with the object.
class Bystander {
 public:
  Bystander(const TestPostgres& server, const std::string& database);
  ~Bystander() = default;
  Bystander(const Bystander&) = delete;
  Bystander& operator=(const Bystander&) = delete;

  // The longest wait that was seen so far.
  std::chrono::milliseconds longest_wait() const {
    return std::chrono::milliseconds(longest_.load());
  }

 private:
  void Use(const std::stop_token& stop) const;
  void Sample(const std::stop_token& stop);

  const std::string url_;
  std::atomic<std::int64_t> longest_ = 0;  // milliseconds
  std::jthread sampler_;
  std::jthread user_;  // last: it goes first, and what it waited for is sampled to its end
};

}  // namespace schemaop::testing
