// Waits that grow while things fail, with jitter.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

namespace schemaop {

// d doubles from `first` to `most`; each wait is random in [d, 2d), so that clients that lost a
// server at the same moment do not come back at the same moment. A pause of more than `reset` since
// the last wait ended starts over (client-go's wait.BackoffManager). Not thread-safe.
class Backoff {
 public:
  using Clock = std::chrono::steady_clock;

  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds most,
          std::chrono::milliseconds reset, std::uint64_t seed);

  // The next wait, to begin at `now`.
  std::chrono::milliseconds Next(Clock::time_point now);

 private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds most_;
  std::chrono::milliseconds reset_;
  std::chrono::milliseconds current_;
  std::optional<Clock::time_point> last_wait_end_;
  std::mt19937_64 random_;
};

}  // namespace schemaop
