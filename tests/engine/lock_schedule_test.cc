#include "engine/lock_schedule.h"

#include <rapidcheck.h>

#include <gtest/gtest.h>

namespace schemaop::testing {
namespace {

using std::chrono::milliseconds;

TEST(LockScheduleTest, AttemptsGrowFromATenthOfASecondToTheLongest) {
  const LockSchedule schedule{.longest_timeout = milliseconds(450), .budget = milliseconds(60'000)};
  const std::vector<std::pair<int, int>> timeouts = {{1, 100}, {2, 200}, {3, 300},      {4, 400},
                                                     {5, 450}, {6, 450}, {1000000, 450}};
  for (const auto& [attempt, timeout] : timeouts) {
    EXPECT_EQ(PlanAttempt(schedule, attempt, milliseconds(1), 0.5)->lock_timeout,
              milliseconds(timeout))
        << attempt;
  }
}

TEST(LockScheduleTest, PausesAreAnythingUpToABoundThatDoublesToTenSeconds) {
  const LockSchedule schedule{.longest_timeout = milliseconds(1000),
                              .budget = milliseconds(600'000)};
  const std::vector<std::pair<int, int>> bounds = {{1, 0},    {2, 200},   {3, 400},   {4, 800},
                                                   {7, 6400}, {8, 10000}, {99, 10000}};
  for (const auto& [attempt, bound] : bounds) {
    EXPECT_EQ(PlanAttempt(schedule, attempt, milliseconds(1), 0)->pause, milliseconds(0));
    EXPECT_EQ(PlanAttempt(schedule, attempt, milliseconds(1), 0.5)->pause, milliseconds(bound / 2));
  }
}

TEST(LockScheduleTest, TheBudgetEndsThem) {
  const LockSchedule schedule{.longest_timeout = milliseconds(1000), .budget = milliseconds(5000)};
  EXPECT_EQ(PlanAttempt(schedule, 9, milliseconds(4990), 0.99)->pause, milliseconds(10));
  EXPECT_FALSE(PlanAttempt(schedule, 9, milliseconds(5000), 0));
  EXPECT_TRUE(PlanAttempt(schedule, 1, milliseconds(5000), 0)) << "there is always a first one";
}

TEST(LockScheduleTest, AnOnlyAttemptTakesTheLongestTimeout) {
  const LockSchedule schedule{.longest_timeout = milliseconds(700), .budget = milliseconds(0)};
  EXPECT_EQ(PlanAttempt(schedule, 1, milliseconds(0), 0)->lock_timeout, milliseconds(700));
  EXPECT_FALSE(PlanAttempt(schedule, 2, milliseconds(700), 0));
}

TEST(LockScheduleTest, NoAttemptWaitsLongerThanAllowedAndNoPauseOutlivesTheBudget) {
  rc::check([] {
    const LockSchedule schedule{.longest_timeout = milliseconds(*rc::gen::inRange(1, 100'000)),
                                .budget = milliseconds(*rc::gen::inRange(0, 100'000))};
    const auto spent = milliseconds(*rc::gen::inRange(0, 120'000));
    const int attempt = *rc::gen::inRange(1, 1'000'000);
    const double random = *rc::gen::inRange(0, 1000) / 1000.0;
    const auto next = PlanAttempt(schedule, attempt, spent, random);
    RC_ASSERT(next.has_value() == (attempt == 1 || spent < schedule.budget));
    if (!next) return;
    RC_ASSERT(next->lock_timeout > milliseconds(0));
    RC_ASSERT(next->lock_timeout <= schedule.longest_timeout);
    RC_ASSERT(next->pause >= milliseconds(0));
    RC_ASSERT(attempt == 1 || spent + next->pause <= schedule.budget);
  });
}

}  // namespace
}  // namespace schemaop::testing
