#include "wire.h"

namespace schemaop::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The answer will not come.
constexpr Moment kNever = std::chrono::hours(10000);

ApiError RefusedByChance(Random& random) {
  switch (random.Below(3)) {
    case 0: {
      ApiError error = Refusal(429, ErrorCode::kUnavailable, "TooManyRequests");
      error.retry_after = seconds(1 + random.Below(5));
      return error;
    }
    case 1:
      return Refusal(500, ErrorCode::kUnavailable, "InternalError");
    default:
      return Refusal(503, ErrorCode::kUnavailable, "ServiceUnavailable");
  }
}

}  // namespace

// What the request meets, and when: how long until it is `there`, and from there `back`.
std::optional<ApiError> Wire::Fault(Moment& there, Moment& back) {
  Random& random = scheduler_.random();
  there = random.Between(milliseconds(1), milliseconds(15));
  back = random.Between(milliseconds(1), milliseconds(15));
  if (random.Chance(faults_.slow)) {
    (random.Chance(0.5) ? there : back) = random.Between(milliseconds(100), seconds(60));
  }
  if (random.Chance(faults_.refused)) return RefusedByChance(random);
  if (random.Chance(faults_.request_lost)) {
    there = kNever;
    if (random.Chance(0.7)) return NoAnswer();
  }
  if (random.Chance(faults_.reply_lost)) back = kNever;
  return std::nullopt;
}

std::optional<ApiError> Wire::Send(Moment deadline, const std::stop_token& stop,
                                   std::function<void()> execute) {
  if (life_->dead) return NoAnswer(ErrorCode::kCancelled);
  Moment there;
  Moment back;
  if (auto fault = Fault(there, back)) {
    scheduler_.Sleep(milliseconds(5), stop);
    return fault;
  }
  const Moment until = scheduler_.now() + deadline;
  auto answer = std::make_shared<Arrival>();
  if (there != kNever) {
    const bool killed = scheduler_.random().Chance(faults_.killed);
    scheduler_.At(scheduler_.now() + there, [&scheduler = scheduler_, answer, back, killed,
                                             life = life_, execute = std::move(execute)] {
      execute();
      if (killed) scheduler.Kill(life);
      if (back == kNever) return;
      scheduler.At(scheduler.now() + back, [&scheduler, answer] {
        answer->arrived = true;
        answer->changed.Notify(scheduler);
      });
    });
  }
  // A connection that breaks says so at once; one that hangs does not.
  const bool breaks = back == kNever && scheduler_.random().Chance(0.7);
  const Moment broken = breaks ? scheduler_.now() + there + milliseconds(5) : until;
  while (!answer->arrived) {
    if (scheduler_.now() >= std::min(until, broken)) return NoAnswer();
    if (!scheduler_.Wait(std::min(until, broken), &answer->changed, stop)) {
      return NoAnswer(ErrorCode::kCancelled);
    }
    if (!answer->arrived && stop.stop_requested()) return NoAnswer(ErrorCode::kCancelled);
  }
  return std::nullopt;
}

}  // namespace schemaop::simulation
