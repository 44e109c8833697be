// How much of the machine's memory this process keeps for itself.
#pragma once

#include <chrono>
#include <thread>

namespace schemaop {

// Gives back what is held and not used: freed heap, and pages of the program and its libraries that
// only starting needed (symbol tables and the like). What is needed after all comes back from the
// file at the next touch. Takes milliseconds; for a moment after much work, not for each piece of
// it. Thread-safe.
void ReturnUnusedMemory();

// Lets all threads share two heaps: by themselves each would keep what its busiest moment took.
// Call it before there are threads.
void ShareHeaps();

// Returns unused memory for as long as it lives: once a `period`, when something was done since.
class MemoryReturns {
 public:
  explicit MemoryReturns(std::chrono::milliseconds period = std::chrono::seconds(10));
  ~MemoryReturns() = default;
  MemoryReturns(const MemoryReturns&) = delete;
  MemoryReturns& operator=(const MemoryReturns&) = delete;

 private:
  std::jthread thread_;
};

}  // namespace schemaop
