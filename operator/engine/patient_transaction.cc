#include "engine/patient_transaction.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <random>
#include <string>
#include <utility>

#include "base/time.h"
#include "engine/lock_schedule.h"
#include "postgres/activity.h"
#include "postgres/socket_wait.h"
#include "revision/blocker_line.h"

namespace schemaop {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using Taken = tl::expected<std::vector<AppliedStep>, StepFailure>;

constexpr milliseconds kHoldBackPace{100};

// The server rolled it back because of other sessions, and whole: doing it again is as safe as
// doing it was. Nothing else is repeated, least of all what a lost connection leaves in doubt.
bool IsLockTrouble(const StepFailure& failure) {
  static constexpr std::array<std::string_view, 3> kStates = {"55P03", "40P01", "40001"};
  if (failure.outcome != RunReport::Outcome::kFailed) return false;
  if (!failure.failure) return failure.error.code == ErrorCode::kBusy;
  return std::find(kStates.begin(), kStates.end(), failure.failure->sqlstate) != kStates.end();
}

LockSchedule ScheduleOf(const DatabaseOptions& options) {
  return {options.lock_timeout, options.retry_budget};
}

double RandomFraction() {
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(random);
}

// One transaction and its attempts.
class PatientTransaction {
 public:
  PatientTransaction(std::unique_ptr<TargetDatabase>& database, std::span<const StepContext> steps)
      : database_(database),
        schedule_(ScheduleOf(database->options())),
        steps_(steps.begin(), steps.end()) {}

  Taken Run(const TransactionAttempt& attempt) {
    std::optional<NextAttempt> next = PlanAttempt(schedule_, 1, milliseconds(0), 0);
    while (true) {
      Taken taken = attempt(steps_, next->lock_timeout);
      blockers_ = first().monitor.Latest().blockers;
      first().monitor.Rest();
      if (taken || !IsLockTrouble(taken.error())) return taken;
      next = PlanAttempt(schedule_, attempt_ + 1, Spent(), RandomFraction());
      if (!next) return tl::unexpected(Blame(std::move(taken.error())));
      auto turn = AwaitTurn(next->pause);
      if (!turn) return tl::unexpected(FailStep(first(), turn.error()));
      if (!*turn) return tl::unexpected(Blame(std::move(taken.error())));
      ++first().receipt.retries;
      ++attempt_;
      for (StepContext& step : steps_) step.attempt = attempt_;
    }
  }

 private:
  const StepContext& first() const { return steps_.front(); }
  milliseconds Spent() const {
    return std::chrono::duration_cast<milliseconds>(Clock::now() - began_);
  }

  // Waits `pause`, and on as long as those are there who were in the way. False: the budget is used
  // up and they still are.
  Result<bool> AwaitTurn(milliseconds pause);
  void TellHeldBack() const;
  StepFailure Blame(StepFailure failure) const;

  std::unique_ptr<TargetDatabase>& database_;
  const LockSchedule schedule_;
  std::vector<StepContext> steps_;
  const Clock::time_point began_ = Clock::now();
  int attempt_ = 1;
  std::vector<Blocker> blockers_;  // of the last attempt, and still there
};

// An attempt while they are there would make others wait for nothing.
Result<bool> PatientTransaction::AwaitTurn(milliseconds pause) {
  const std::stop_token& stop = first().stop;
  // Of what the attempt left in the session a rollback undoes a part.
  if (auto reset = database_->Reset(stop); !reset) return Fail(reset.error());
  const SocketWaiter sleeper(stop);
  const auto earliest = Clock::now() + pause;
  const auto end = began_ + schedule_.budget;
  while (true) {
    auto there = StillThere(database_->session(), blockers_, stop);
    if (!there) return Fail(there.error());
    const auto now = Clock::now();
    if (there->empty() && now >= earliest) return true;
    if (!there->empty() && now >= end) return false;
    blockers_ = std::move(*there);
    TellHeldBack();
    const auto wake = blockers_.empty() ? earliest : std::min(now + kHoldBackPace, end);
    if (sleeper.Wait(-1, {}, wake) == SocketWait::kStopped) {
      return Fail(ErrorCode::kCancelled, "stopped on request");
    }
  }
}

void PatientTransaction::TellHeldBack() const {
  first().progress({.statement = 0,
                    .statements = static_cast<int>(first().section.statements.size()),
                    .attempt = attempt_,
                    .held_back = true,
                    .began = first().started,
                    .blockers = blockers_,
                    .build = std::nullopt});
}

StepFailure PatientTransaction::Blame(StepFailure failure) const {
  std::string words = "tried " + std::to_string(attempt_) +
                      (attempt_ == 1 ? " time in " : " times in ") + FormatDuration(Spent());
  if (!blockers_.empty()) words += "; in the way: " + DescribeBlockers(blockers_);
  failure.error.message += "; " + words;
  if (failure.failure) {
    std::string& hint = failure.failure->hint;
    hint += (hint.empty() ? "" : "; ") + words;
  }
  failure.blockers = blockers_;
  return failure;
}

}  // namespace

std::chrono::milliseconds FirstLockTimeout(const DatabaseOptions& options) {
  return PlanAttempt(ScheduleOf(options), 1, milliseconds(0), 0)->lock_timeout;
}

tl::expected<std::vector<AppliedStep>, StepFailure> TryPatiently(
    std::unique_ptr<TargetDatabase>& database, std::span<const StepContext> steps,
    const TransactionAttempt& attempt) {
  return PatientTransaction(database, steps).Run(attempt);
}

}  // namespace schemaop
