// How often and for how long a transaction tries to get its locks. Pure.
#pragma once

#include <chrono>
#include <optional>

namespace schemaop {

struct LockSchedule {
  std::chrono::milliseconds longest_timeout;  // of one attempt; more than zero
  std::chrono::milliseconds budget;           // for all attempts; zero: one attempt
};

// What to do before and in an attempt.
struct NextAttempt {
  std::chrono::milliseconds pause;         // before it, while nothing is locked
  std::chrono::milliseconds lock_timeout;  // in it: what others wait at most because of it
};

// Attempt `attempt` (from 1), `spent` after the first one began; nullopt when the budget is used
// up. `random` is from [0, 1). A waiting ALTER TABLE stops every later reader of the table for as
// long as it waits, so attempts are short: 100 ms, 200 ms, 300 ms, ... up to the longest. The pause
// is full jitter: anything up to 200 ms, 400 ms, ... 10 s, so that runs that met do not meet again.
// The first attempt does not pause. When there is but one, it takes the longest timeout.
std::optional<NextAttempt> PlanAttempt(const LockSchedule& schedule, int attempt,
                                       std::chrono::milliseconds spent, double random);

}  // namespace schemaop
