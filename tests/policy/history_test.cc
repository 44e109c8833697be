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

}  // namespace
}  // namespace schemaop
