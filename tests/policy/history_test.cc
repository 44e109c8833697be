#include "policy/history.h"

#include <gtest/gtest.h>

namespace schemaop {
namespace {

const Time kAt = Time(std::chrono::hours(500000));

TEST(AppendAppliedTest, StepsThatProgressToldOfAreNotToldTwice) {
  const AppliedStep first{1, "001", Direction::kUpgrade, kAt, std::chrono::milliseconds(20)};
  const AppliedStep second{2, "002", Direction::kUpgrade, kAt + std::chrono::seconds(1),
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
  const AppliedStep up{1, "001", Direction::kUpgrade, kAt, std::chrono::milliseconds(2)};
  const AppliedStep down{2, "001", Direction::kDowngrade, kAt, std::chrono::milliseconds(2)};
  SchemaVersionStatus status;
  AppendApplied(status, {up});
  AppendApplied(status, {down});
  AppliedStep again = up;
  again.sequence = 3;
  AppendApplied(status, {again});
  ASSERT_EQ(status.history.size(), 3U);
  EXPECT_EQ(status.history[1].direction, "Downgrade");
  EXPECT_EQ(status.last_applied, status.history[2]);
  EXPECT_EQ(status.last_applied->direction, "Upgrade");
}

TEST(AppendAppliedTest, OfALongRunTheNewestTenStayAndNoneIsToldTwice) {
  std::vector<AppliedStep> steps;
  SchemaVersionStatus status;
  for (int step = 1; step <= 15; ++step) {
    steps.push_back(
        {step, std::to_string(step), Direction::kUpgrade, kAt, std::chrono::milliseconds(2)});
    AppendApplied(status, steps);
  }
  ASSERT_EQ(status.history.size(), 10U);
  EXPECT_EQ(status.history.front().revision, "6");
  EXPECT_EQ(status.history.back().revision, "15");
}

LedgerEntry Entry(std::int64_t sequence, const std::string& revision, Direction direction) {
  return {sequence, revision, direction, "", "2026-11-22T09:00:00Z", "1s"};
}

TEST(AdoptLedgerTest, WhatOthersDidWithinTheSameSecondIsAdopted) {
  SchemaVersionStatus status;
  AdoptLedger(status, {Entry(1, "001", Direction::kUpgrade), Entry(2, "002", Direction::kUpgrade)});
  AdoptLedger(status,
              {Entry(1, "001", Direction::kUpgrade), Entry(3, "002", Direction::kDowngrade)});
  ASSERT_EQ(status.history.size(), 3U);
  EXPECT_EQ(status.last_applied->sequence, 3);
  EXPECT_EQ(status.last_applied->direction, "Downgrade");
}

TEST(AdoptLedgerTest, WhatARestoredDatabaseDoesNotHoldAnyMoreIsForgotten) {
  SchemaVersionStatus status;
  const std::vector<LedgerEntry> backup = {Entry(1, "001", Direction::kUpgrade),
                                           Entry(2, "002", Direction::kUpgrade)};
  std::vector<LedgerEntry> later = backup;
  later.push_back(Entry(3, "003", Direction::kUpgrade));
  AdoptLedger(status, later);
  AdoptLedger(status, backup);
  EXPECT_EQ(status.last_applied->revision, "002");
  AppendApplied(status, {{3, "003", Direction::kUpgrade, kAt, std::chrono::milliseconds(2)}});
  ASSERT_EQ(status.history.size(), 3U);
  EXPECT_EQ(status.last_applied->at, kAt);
}

}  // namespace
}  // namespace schemaop
