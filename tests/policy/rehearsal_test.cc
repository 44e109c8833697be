#include "policy/rehearsal.h"

#include <gtest/gtest.h>

#include "policy/events.h"
#include "policy/next_status.h"
#include "situation.h"
#include "status_rules.h"

namespace schemaop {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const RehearsalReport kWentWell{{{"004", Direction::kUpgrade, true, 0}}, {}, {}};
const RehearsalReport kWentWrong{{{"004", Direction::kUpgrade, true, 0}},
                                 {{"004",
                                   "its down section does not take back what its up section did",
                                   {"index public.i added"},
                                   {"DROP INDEX public.i"}}},
                                 {}};

class RehearsalGateTest : public ::testing::Test {
 protected:
  RehearsalGateTest() {
    situation_.object.spec->policy.require_rehearsal = true;
    situation_.Heads({"003"});
  }

  // What the controller does with a Rehearse: the status before, and the one with the verdict.
  void MakeRehearsal(const Result<RehearsalReport>& report) {
    const Decision decision = situation_.Decide();
    const auto& rehearse = std::get<RehearseFirst>(decision);
    SchemaVersionStatus& status = situation_.object.status;
    Take(NextStatus(situation_.object, situation_.observation, decision));
    EXPECT_EQ(Ready(),
              "Rehearsing: trying 1 step from 003 to 004 out in a scratch database beside "
              "projects@db:5432");
    EXPECT_EQ(EventsFor(before_, status), std::vector<EventNote>());
    situation_.observation.now += seconds(5);
    SchemaVersion judged = situation_.object;
    judged.status.rehearsal =
        RehearsalOf(situation_.object, situation_.observation, rehearse.plan, report);
    Take(NextStatus(judged, situation_.observation, Decide(judged, situation_.observation)));
  }
  void Take(SchemaVersionStatus status) {
    EXPECT_EQ(BrokenRule(situation_.object.status, status, 4), std::nullopt);
    before_ = std::exchange(situation_.object.status, std::move(status));
  }
  std::string Ready() const {
    const Condition* ready = FindCondition(situation_.object.status.conditions, "Ready");
    return ready->reason + ": " + ready->message;
  }

  Situation situation_;
  SchemaVersionStatus before_;
};

TEST_F(RehearsalGateTest, StepsRunAfterAGoodRehearsalOfThem) {
  EXPECT_EQ(Show(situation_.Decide()), "Rehearse 004");
  MakeRehearsal(kWentWell);
  EXPECT_EQ(Ready(), "Migrating: upgrading projects@db:5432 from 003 to 004: 1 step");
  EXPECT_EQ(Show(situation_.Decide()), "Advance +004");
  EXPECT_EQ(situation_.object.status.rehearsal->message,
            "the rehearsal of 1 step from 003 beside projects@db:5432 found nothing wrong");
  situation_.Heads({"002"});
  EXPECT_EQ(Show(situation_.Decide()), "Rehearse 004") << "these steps are others";
}

TEST_F(RehearsalGateTest, WhatWentWrongHoldsThemUntilSomethingChanges) {
  MakeRehearsal(kWentWrong);
  const std::string held =
      "RehearsalFailed: the rehearsal of 1 step from 003 beside projects@db:5432 failed, and "
      "nothing is run: revision 004: its down section does not take back what its up section did: "
      "index public.i added";
  EXPECT_EQ(Ready(), held);
  EXPECT_NE(FindCondition(situation_.object.status.conditions, "Stalled"), nullptr);
  const auto events = EventsFor(before_, situation_.object.status);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].note,
            "the rehearsal in a scratch database went wrong, so nothing is run; .status.rehearsal "
            "says why");
  situation_.observation.now += minutes(9);
  EXPECT_EQ(Show(situation_.Decide()), held);
  situation_.observation.now += minutes(1);
  EXPECT_EQ(Show(situation_.Decide()), "Rehearse 004") << "spec.interval is over";
  situation_.observation.now -= minutes(30);
  EXPECT_EQ(Show(situation_.Decide()), "Rehearse 004") << "the clock was set back";
  situation_.observation.now += minutes(29);
  situation_.object.metadata.annotations[std::string(kRequestedAtAnnotation)] = "now";
  EXPECT_EQ(Show(situation_.Decide()), "Rehearse 004");
}

TEST_F(RehearsalGateTest, AMissingRightIsAReasonOfItsOwn) {
  MakeRehearsal(Fail(ErrorCode::kDenied, "cannot create a scratch database: grant it"));
  EXPECT_EQ(Ready(),
            "RehearsalDenied: the rehearsal of 1 step from 003 beside projects@db:5432 cannot be "
            "made: cannot create a scratch database: grant it");
}

TEST_F(RehearsalGateTest, OtherStepsThanTheRehearsedOnesAreAConflict) {
  const auto plan = std::get<RehearseFirst>(situation_.Decide()).plan;
  const SchemaVersionSpec& spec = *situation_.object.spec;
  EXPECT_TRUE(CheckRehearsed(spec, plan, plan));
  const Plan other{{"002"}, {"004"}, {}, {}};
  EXPECT_EQ(CheckRehearsed(spec, plan, other),
            tl::unexpected(Error{ErrorCode::kConflict,
                                 "the database moved to 002 meanwhile; the steps from there are "
                                 "rehearsed first"}));
  situation_.object.spec->policy.require_rehearsal = false;
  EXPECT_TRUE(CheckRehearsed(spec, plan, other));
}

TEST_F(RehearsalGateTest, SwitchedOffItLeavesNoTrace) {
  MakeRehearsal(kWentWrong);
  situation_.object.spec->policy.require_rehearsal = false;
  EXPECT_EQ(Show(situation_.Decide()), "Advance +004");
  Take(NextStatus(situation_.object, situation_.observation, situation_.Decide()));
  EXPECT_EQ(situation_.object.status.rehearsal, std::nullopt);
}

}  // namespace
}  // namespace schemaop
