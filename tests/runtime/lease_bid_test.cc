#include "runtime/lease_bid.h"

#include <gtest/gtest.h>

namespace schemaop {
namespace {

using std::chrono::seconds;
using Outcome = LeaseBid::Outcome;

const BootClock::time_point kNow{std::chrono::hours(1)};
const Time kWall = Time(std::chrono::hours(500000));

Lease Of(const std::string& holder, const std::string& version) {
  Lease lease;
  lease.metadata.resource_version = version;
  lease.record.holder = holder;
  lease.record.duration = seconds(15);
  return lease;
}

ApiResult<Lease> Refused(int http_status) {
  return tl::unexpected(DecodeApiError(http_status, R"({"kind":"Status"})", "", "the lease"));
}

TEST(LeaseBidTest, MakesTheLeaseThatIsNotThere) {
  LeaseBid bid({"me", seconds(15)});
  EXPECT_TRUE(std::holds_alternative<LeaseBid::Read>(bid.Begin(kNow, kWall)));
  const auto next = bid.After(Refused(404), kNow, kWall);
  const auto& create = std::get<LeaseBid::Create>(std::get<LeaseBid::Call>(next));
  EXPECT_EQ(create.record.holder, "me");
  EXPECT_EQ(std::get<Outcome>(bid.After(Of("me", "1"), kNow, kWall)), Outcome::kHeld);
}

TEST(LeaseBidTest, AProxysPageIsNoLeaseThatIsNotThere) {
  LeaseBid bid({"me", seconds(15)});
  bid.Begin(kNow, kWall);
  const ApiResult<Lease> page = tl::unexpected(DecodeApiError(404, "<html>", "", "the lease"));
  EXPECT_EQ(std::get<Outcome>(bid.After(page, kNow, kWall)), Outcome::kUnreachable);
}

TEST(LeaseBidTest, TakesALeaseOnlyWhenItHasNotChangedForItsOwnDuration) {
  LeaseBid bid({"me", seconds(15)});
  bid.Begin(kNow, kWall);
  EXPECT_EQ(std::get<Outcome>(bid.After(Of("other", "1"), kNow, kWall)), Outcome::kNotHeld);
  bid.Begin(kNow + seconds(14), kWall);
  EXPECT_EQ(std::get<Outcome>(bid.After(Of("other", "1"), kNow + seconds(14), kWall)),
            Outcome::kNotHeld);
  bid.Begin(kNow + seconds(15), kWall);
  const auto next = bid.After(Of("other", "1"), kNow + seconds(15), kWall);
  const auto& write = std::get<LeaseBid::Write>(std::get<LeaseBid::Call>(next));
  EXPECT_EQ(write.record.holder, "me");
  EXPECT_EQ(write.version, "1");
  EXPECT_EQ(std::get<Outcome>(bid.After(Refused(409), kNow + seconds(15), kWall)),
            Outcome::kUnreachable);
}

TEST(LeaseBidTest, RenewsWithOneCallAndReadsAgainWhenItWasChanged) {
  LeaseBid bid({"me", seconds(15)});
  bid.Note(Of("me", "4"), kNow);
  EXPECT_EQ(std::get<LeaseBid::Write>(bid.Begin(kNow, kWall)).version, "4");
  EXPECT_EQ(std::get<Outcome>(bid.After(Of("me", "5"), kNow, kWall)), Outcome::kHeld);
  bid.Begin(kNow, kWall);
  const auto next = bid.After(Refused(409), kNow, kWall);
  EXPECT_TRUE(std::holds_alternative<LeaseBid::Read>(std::get<LeaseBid::Call>(next)));
  EXPECT_EQ(std::get<Outcome>(bid.After(Of("other", "6"), kNow, kWall)), Outcome::kNotHeld);
  EXPECT_EQ(bid.holder(), "other");
  EXPECT_FALSE(bid.Release(kWall));
}

TEST(LeaseBidTest, GivesBackWhatItHolds) {
  LeaseBid bid({"me", seconds(15)});
  EXPECT_FALSE(bid.Release(kWall));
  bid.Note(Of("me", "4"), kNow);
  const auto release = bid.Release(kWall);
  ASSERT_TRUE(release);
  EXPECT_EQ(release->version, "4");
  EXPECT_EQ(release->record.holder, "");
}

}  // namespace
}  // namespace schemaop
