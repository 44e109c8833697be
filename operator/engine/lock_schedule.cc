#include "engine/lock_schedule.h"

#include <algorithm>

namespace schemaop {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstTimeout{100};
constexpr milliseconds kFirstPause{200};
constexpr milliseconds kLongestPause{10'000};

// The bound of the pause before attempt `attempt`, from 2.
milliseconds PauseBound(int attempt) {
  milliseconds bound = kFirstPause;
  for (int i = 2; i < attempt && bound < kLongestPause; ++i) bound *= 2;
  return std::min(bound, kLongestPause);
}

}  // namespace

std::optional<NextAttempt> PlanAttempt(const LockSchedule& schedule, int attempt,
                                       milliseconds spent, double random) {
  if (attempt <= 1) {
    const milliseconds timeout =
        schedule.budget.count() == 0 ? schedule.longest_timeout : kFirstTimeout;
    return NextAttempt{milliseconds(0), std::min(timeout, schedule.longest_timeout)};
  }
  const milliseconds left = schedule.budget - spent;
  if (left.count() <= 0) return std::nullopt;
  const auto jittered =
      static_cast<milliseconds::rep>(static_cast<double>(PauseBound(attempt).count()) * random);
  // Compared as a factor, so that no number of attempts overflows.
  const bool longest = schedule.longest_timeout / kFirstTimeout < attempt;
  return NextAttempt{std::min(milliseconds(jittered), left),
                     longest ? schedule.longest_timeout : kFirstTimeout * attempt};
}

}  // namespace schemaop
