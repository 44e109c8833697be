#include "runtime/lease_claim.h"

#include <chrono>
#include <limits>

#include <gtest/gtest.h>

namespace schemaop {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Candidate kMe{"me", seconds(15)};
const BootClock::time_point kSeen{std::chrono::hours(1)};
const Time kClaimWall = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22};
const Time kEarlier = kClaimWall - std::chrono::hours(1);

SeenLease HeldBy(const std::string& holder) {
  return {{.holder = holder,
           .duration = seconds(10),
           .acquired = kEarlier,
           .renewed = kEarlier,
           .transitions = 3},
          kSeen};
}

TEST(LeaseClaimTest, NobodysLeaseIsTakenAtOnce) {
  const auto claim = ClaimOn(HeldBy(""), kMe, kSeen, kClaimWall);
  ASSERT_TRUE(claim);
  EXPECT_EQ(*claim, (LeaseRecord{"me", seconds(15), kClaimWall, kClaimWall, 4}));
}

TEST(LeaseClaimTest, AnothersLeaseIsTakenWhenItHasNotChangedForItsOwnDuration) {
  EXPECT_FALSE(ClaimOn(HeldBy("other"), kMe, kSeen, kClaimWall));
  EXPECT_FALSE(ClaimOn(HeldBy("other"), kMe, kSeen + milliseconds(9999), kClaimWall));
  const auto claim = ClaimOn(HeldBy("other"), kMe, kSeen + seconds(10), kClaimWall);
  ASSERT_TRUE(claim);
  EXPECT_EQ(*claim, (LeaseRecord{"me", seconds(15), kClaimWall, kClaimWall, 4}));
}

TEST(LeaseClaimTest, TheTimesInARecordDecideNothing) {
  SeenLease seen = HeldBy("other");
  seen.record.renewed = kClaimWall - std::chrono::hours(24 * 365);
  EXPECT_FALSE(ClaimOn(seen, kMe, kSeen + seconds(9), kClaimWall));
  seen.record.renewed = kClaimWall + std::chrono::hours(24 * 365);
  EXPECT_TRUE(ClaimOn(seen, kMe, kSeen + seconds(10), kClaimWall));
}

TEST(LeaseClaimTest, RenewingKeepsWhenItWasTaken) {
  const auto claim = ClaimOn(HeldBy("me"), kMe, kSeen, kClaimWall);
  ASSERT_TRUE(claim);
  EXPECT_EQ(*claim, (LeaseRecord{"me", seconds(15), kEarlier, kClaimWall, 3}));
}

TEST(LeaseClaimTest, CountingTransitionsDoesNotOverflow) {
  SeenLease seen = HeldBy("");
  seen.record.transitions = std::numeric_limits<int>::max();
  EXPECT_EQ(ClaimOn(seen, kMe, kSeen, kClaimWall)->transitions, std::numeric_limits<int>::max());
}

TEST(LeaseClaimTest, AGivenBackLeaseIsNobodysAndEndsAtOnce) {
  EXPECT_EQ(Released(HeldBy("me").record, kClaimWall),
            (LeaseRecord{"", seconds(1), kClaimWall, kClaimWall, 3}));
  EXPECT_EQ(FirstClaim(kMe, kClaimWall),
            (LeaseRecord{"me", seconds(15), kClaimWall, kClaimWall, 0}));
}

TEST(LeaseTimingTest, OnlyTimingsThatLeaveRoomToRenewAreTaken) {
  EXPECT_TRUE(CheckTiming({}));
  const auto message = [](const LeaseTiming& timing) {
    const auto checked = CheckTiming(timing);
    return checked ? std::string() : checked.error().message;
  };
  EXPECT_EQ(message({seconds(10), seconds(10), seconds(2)}),
            "the lease duration (10s) must be more than the renew deadline (10s)");
  EXPECT_EQ(message({seconds(15), milliseconds(2400), seconds(2)}),
            "the renew deadline (2.4s) must be more than 1.2 retry periods (2.4s)");
  EXPECT_EQ(message({seconds(15), seconds(10), milliseconds(0)}),
            "the retry period (0s) must be more than nothing (0s)");
  EXPECT_EQ(message({milliseconds(900), milliseconds(500), milliseconds(100)}),
            "the lease duration (900ms) is less than 1s");
}

}  // namespace
}  // namespace schemaop
