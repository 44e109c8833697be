#include "api/condition.h"

#include <chrono>

#include <gtest/gtest.h>

namespace schemaop {
namespace {

using std::chrono::seconds;

Condition Ready(ConditionStatus status, Time at) {
  return {"Ready", status, "UpToDate", "fine", 1, at};
}

const Time kStart = Time(seconds(1'795'341'600));

TEST(ConditionTest, TransitionTimeStaysWhileTheStatusStays) {
  Conditions conditions;
  SetCondition(conditions, Ready(ConditionStatus::kTrue, kStart));
  Condition later = Ready(ConditionStatus::kTrue, kStart + seconds(60));
  later.message = "still fine";
  later.observed_generation = 2;
  SetCondition(conditions, later);
  ASSERT_EQ(conditions.size(), 1U);
  EXPECT_EQ(conditions[0].last_transition_time, kStart);
  EXPECT_EQ(conditions[0].message, "still fine");
  EXPECT_EQ(conditions[0].observed_generation, 2);
}

TEST(ConditionTest, TransitionTimeMovesWhenTheStatusFlips) {
  Conditions conditions;
  SetCondition(conditions, Ready(ConditionStatus::kTrue, kStart));
  SetCondition(conditions, Ready(ConditionStatus::kFalse, kStart + seconds(60)));
  EXPECT_EQ(conditions[0].last_transition_time, kStart + seconds(60));
}

TEST(ConditionTest, TransitionTimeHasWholeSeconds) {
  Conditions conditions;
  SetCondition(conditions, Ready(ConditionStatus::kTrue, kStart + std::chrono::milliseconds(1999)));
  EXPECT_EQ(conditions[0].last_transition_time, kStart + seconds(1));
}

TEST(ConditionTest, OrderAndForeignTypesStay) {
  Conditions conditions;
  SetCondition(conditions, {"Backup", ConditionStatus::kTrue, "Done", "", 1, kStart});
  SetCondition(conditions, Ready(ConditionStatus::kTrue, kStart));
  SetCondition(conditions, {"Stalled", ConditionStatus::kTrue, "SourceInvalid", "", 1, kStart});
  RemoveCondition(conditions, "Stalled");
  SetCondition(conditions, Ready(ConditionStatus::kFalse, kStart));
  ASSERT_EQ(conditions.size(), 2U);
  EXPECT_EQ(conditions[0].type, "Backup");
  EXPECT_EQ(conditions[1].type, "Ready");
  EXPECT_EQ(FindCondition(conditions, "Stalled"), nullptr);
}

TEST(ConditionTest, OverlongMessageIsCut) {
  Conditions conditions;
  Condition condition = Ready(ConditionStatus::kTrue, kStart);
  condition.message = std::string(40000, 'x');
  SetCondition(conditions, condition);
  EXPECT_EQ(conditions[0].message.size(), 32768U);
}

}  // namespace
}  // namespace schemaop
