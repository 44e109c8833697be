#include "runtime/lease_claim.h"

#include <limits>

namespace schemaop {

Result<void> CheckTiming(const LeaseTiming& timing) {
  const auto refuse = [](const std::string& left, std::chrono::milliseconds a,
                         const std::string& right, std::chrono::milliseconds b) {
    return Fail(ErrorCode::kInvalid, left + " (" + FormatDuration(a) + ") must be more than " +
                                         right + " (" + FormatDuration(b) + ")");
  };
  if (timing.retry_period <= std::chrono::milliseconds::zero()) {
    return refuse("the retry period", timing.retry_period, "nothing", {});
  }
  if (timing.duration < std::chrono::seconds(1)) {
    return Fail(ErrorCode::kInvalid,
                "the lease duration (" + FormatDuration(timing.duration) + ") is less than 1s");
  }
  if (timing.duration <= timing.renew_deadline) {
    return refuse("the lease duration", timing.duration, "the renew deadline",
                  timing.renew_deadline);
  }
  const auto retry = timing.retry_period * 12 / 10;
  if (timing.renew_deadline <= retry) {
    return refuse("the renew deadline", timing.renew_deadline, "1.2 retry periods", retry);
  }
  return {};
}

std::optional<LeaseRecord> ClaimOn(const SeenLease& seen, const Candidate& candidate,
                                   BootClock::time_point now, Time wall) {
  LeaseRecord claim = seen.record;
  claim.duration = candidate.duration;
  claim.renewed = wall;
  if (claim.holder == candidate.identity) return claim;
  const bool over = now - seen.since >= seen.record.duration;
  if (!claim.holder.empty() && !over) return std::nullopt;
  claim.holder = candidate.identity;
  claim.acquired = wall;
  if (claim.transitions < std::numeric_limits<int>::max()) ++claim.transitions;
  return claim;
}

LeaseRecord FirstClaim(const Candidate& candidate, Time wall) {
  return {.holder = candidate.identity,
          .duration = candidate.duration,
          .acquired = wall,
          .renewed = wall,
          .transitions = 0};
}

LeaseRecord Released(const LeaseRecord& held, Time wall) {
  return {.holder = "",
          .duration = std::chrono::seconds(1),
          .acquired = wall,
          .renewed = wall,
          .transitions = held.transitions};
}

}  // namespace schemaop
