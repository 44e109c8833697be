// A clock that goes on while the machine is suspended.
#pragma once

#include <chrono>
#include <ctime>

namespace schemaop {

// CLOCK_BOOTTIME (clock_gettime(2)): steady, and unlike std::chrono::steady_clock it counts the
// time a virtual machine was suspended. What must not outlive a deadline in the outer world is
// measured with it.
struct BootClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady = true;

  static time_point now() noexcept {
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return time_point(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
  }
};

}  // namespace schemaop
