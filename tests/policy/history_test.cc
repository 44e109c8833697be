#include "policy/history.h"

#include <gtest/gtest.h>

namespace schemaop {
namespace {

const Time kAt = Time(std::chrono::hours(500000));

TEST(AppendAppliedTest, StepsThatProgressToldOfAreNotToldTwice) {
  const AppliedStep first{"001", Direction::kUpgrade, kAt, std::chrono::milliseconds(20)};
  const AppliedStep second{"002", Direction::kUpgrade, kAt + std::chrono::seconds(1),
                           std::chrono::milliseconds(20)};
  SchemaVersionStatus status;
  AppendApplied(status, {first});
  AppendApplied(status, {first, second});
  ASSERT_EQ(status.history.size(), 2U);
  EXPECT_EQ(status.history[0].revision, "001");
  EXPECT_EQ(status.history[1].revision, "002");
  EXPECT_EQ(status.last_applied, status.history[1]);
}

TEST(AppendAppliedTest, ARevisionThatGoesUpDownAndUpWithinASecondIsToldThreeTimes) {
  const AppliedStep up{"001", Direction::kUpgrade, kAt, std::chrono::milliseconds(2)};
  const AppliedStep down{"001", Direction::kDowngrade, kAt, std::chrono::milliseconds(2)};
  SchemaVersionStatus status;
  AppendApplied(status, {up});
  AppendApplied(status, {down});
  AppendApplied(status, {up});
  ASSERT_EQ(status.history.size(), 3U);
  EXPECT_EQ(status.history[1].direction, "Downgrade");
  EXPECT_EQ(status.last_applied, status.history[2]);
  EXPECT_EQ(status.last_applied->direction, "Upgrade");
}

TEST(AppendAppliedTest, OfALongRunTheNewestTenStayAndNoneIsToldTwice) {
  std::vector<AppliedStep> steps;
  SchemaVersionStatus status;
  for (int step = 1; step <= 15; ++step) {
    steps.push_back({std::to_string(step), Direction::kUpgrade, kAt, std::chrono::milliseconds(2)});
    AppendApplied(status, steps);
  }
  ASSERT_EQ(status.history.size(), 10U);
  EXPECT_EQ(status.history.front().revision, "6");
  EXPECT_EQ(status.history.back().revision, "15");
}

}  // namespace
}  // namespace schemaop
