#include "runtime/backoff.h"

#include <algorithm>

namespace schemaop {

Backoff::Backoff(std::chrono::milliseconds first, std::chrono::milliseconds most,
                 std::chrono::milliseconds reset, std::uint64_t seed)
    : first_(first), most_(most), reset_(reset), current_(first), random_(seed) {}

std::chrono::milliseconds Backoff::Next(Clock::time_point now) {
  if (last_wait_end_ && now - *last_wait_end_ > reset_) current_ = first_;
  std::uniform_int_distribution<std::int64_t> jitter(
      0, std::max<std::int64_t>(current_.count() - 1, 0));
  const std::chrono::milliseconds wait = current_ + std::chrono::milliseconds(jitter(random_));
  current_ = std::min(current_ * 2, most_);
  last_wait_end_ = now + wait;
  return wait;
}

}  // namespace schemaop
