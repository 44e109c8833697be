#include "policy/verification.h"

#include <gtest/gtest.h>

#include "policy/events.h"
#include "policy/next_status.h"
#include "policy/next_visit.h"
#include "situation.h"
#include "status_rules.h"

namespace schemaop {
namespace {

using std::chrono::seconds;

const CheckReport kAllHold{{{"Tables", true, "", "", ""}, {"Seed", true, "", "", ""}}, {}};
const CheckReport kOneFails{{{"Tables", true, "", "", ""}, {"Seed", false, "", "at least 1", "0"}},
                            {}};

class VerificationTest : public ::testing::Test {
 protected:
  VerificationTest() {
    situation_.object.spec->checks = true;
    UseFile("a");
    situation_.observation.database->ledger = {
        {4, "004", Direction::kUpgrade, "", "2026-11-22T09:00:00Z", "1s"}};
  }

  void UseFile(const std::string& digest) {
    CheckList list{"checks.yaml", {}, {{"Tables", {}, TablesCheck{}}, {"Seed", {}, TablesCheck{}}}};
    situation_.observation.checks = ObservedChecks{std::move(list), digest};
  }

  // One visit, as the controller makes it; the status before is that of the visit before.
  // Whether the checks ran, with `report` as their outcome.
  bool Visit(const Result<CheckReport>& report = kAllHold) {
    SchemaVersionStatus& status = situation_.object.status;
    before_ = status;
    situation_.observation.now += seconds(30);
    SchemaVersionStatus next =
        NextStatus(situation_.object, situation_.observation, situation_.Decide());
    EXPECT_EQ(BrokenRule(status, next, situation_.object.metadata.generation), std::nullopt);
    const bool due = ChecksAreDue(next, situation_.observation);
    if (due) {
      next = VerifiedStatus(next, situation_.object, situation_.observation, report);
    }
    status = std::move(next);
    return due;
  }
  // "True ChecksPassed: message".
  std::string Verified() const {
    const Condition* verified = FindCondition(situation_.object.status.conditions, kVerified);
    if (verified == nullptr) return "";
    return std::string(ConditionStatusName(verified->status)) + " " + verified->reason + ": " +
           verified->message;
  }
  std::string Events() const {
    std::string text;
    for (const EventNote& note : EventsFor(before_, situation_.object.status)) {
      if (note.action != "Verify") continue;
      text += (note.type == EventNote::Type::kWarning ? "Warning " : "Normal ") + note.reason +
              ": " + note.note + "\n";
    }
    return text;
  }

  Situation situation_;
  SchemaVersionStatus before_;
};

TEST_F(VerificationTest, ChecksRunOnceAtTheTarget) {
  EXPECT_TRUE(Visit());
  EXPECT_EQ(Verified(), "True ChecksPassed: 2 checks hold on projects@db:5432 at 004");
  EXPECT_EQ(Events(), "Normal ChecksPassed: the checks hold on projects@db:5432\n");
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(Visit());
    EXPECT_EQ(situation_.object.status, before_);
  }
}

TEST_F(VerificationTest, AStepTheFileAndARequestMakeThemRunAgain) {
  Visit();
  UseFile("b");
  EXPECT_TRUE(Visit());
  situation_.object.metadata.annotations[std::string(kRequestedAtAnnotation)] = "now";
  EXPECT_TRUE(Visit());
  EXPECT_EQ(Events(), "Normal ChecksPassed: the checks hold on projects@db:5432\n");
  EXPECT_FALSE(Visit()) << "the step that status tells of already";
  // Somebody took it back and applied it again between two looks.
  situation_.observation.database->ledger = {
      {6, "004", Direction::kUpgrade, "", "2026-11-22T09:00:00Z", "1s"}};
  EXPECT_TRUE(Visit());
  EXPECT_FALSE(Visit());
  situation_.object.spec->database.role = "other";
  ++situation_.object.metadata.generation;
  EXPECT_TRUE(Visit());
  ++situation_.object.metadata.generation;
  EXPECT_FALSE(Visit()) << "a new generation that changes nothing about them";
}

TEST_F(VerificationTest, AFailureNamesTheChecksAndStands) {
  EXPECT_TRUE(Visit(kOneFails));
  EXPECT_EQ(Verified(),
            "False CheckFailed: 1 of 2 checks does not hold: Seed: expected at least 1, seen 0; "
            "correct it, then change the annotation schemaversion.io/requestedAt");
  EXPECT_EQ(Events(),
            "Warning CheckFailed: 1 of 2 checks do not hold on projects@db:5432; the condition "
            "Verified names them\n");
  const Condition* ready = FindCondition(situation_.object.status.conditions, "Ready");
  EXPECT_EQ(ready->reason, "UpToDate") << "Ready does not depend on it";
  EXPECT_FALSE(Visit());
  EXPECT_EQ(Events(), "");
}

TEST_F(VerificationTest, WhatPassesByItselfIsTriedAgain) {
  const Result<CheckReport> lost = Fail(ErrorCode::kUnavailable, "the connection was lost");
  EXPECT_TRUE(Visit(lost));
  EXPECT_EQ(Verified(),
            "Unknown ChecksNotRun: the checks could not be run on projects@db:5432: the connection "
            "was lost; they are tried again with pauses of up to 1m");
  EXPECT_EQ(Events(), "");
  const auto& status = situation_.object.status;
  EXPECT_EQ(NextVisit(status, std::chrono::minutes(10), situation_.observation.now), seconds(2));
  EXPECT_TRUE(Visit(lost));
  EXPECT_EQ(situation_.object.status, before_);
  EXPECT_TRUE(Visit());
  EXPECT_TRUE(Verified().starts_with("True"));
  EXPECT_EQ(NextVisit(status, std::chrono::minutes(10), situation_.observation.now), seconds(30));
}

TEST_F(VerificationTest, WhatAPersonMustCorrectIsAVerdict) {
  EXPECT_TRUE(Visit(Fail(ErrorCode::kRejected, "checks.yaml:2:5: the sample was refused: no")));
  EXPECT_EQ(Verified(),
            "False ChecksInvalid: the checks cannot be run on projects@db:5432: checks.yaml:2:5: "
            "the sample was refused: no");
  EXPECT_FALSE(Visit());
  situation_.observation.checks = Fail(ErrorCode::kInvalid, "checks.yaml:1:1: unknown key 'x'");
  EXPECT_FALSE(Visit());
  EXPECT_EQ(Verified(), "False ChecksInvalid: checks.yaml:1:1: unknown key 'x'");
  UseFile("a");
  EXPECT_TRUE(Visit());
}

TEST_F(VerificationTest, NothingIsKnownBelowTheTarget) {
  Visit();
  situation_.Heads({"003"});
  const Advance advance = std::get<Advance>(situation_.Decide());
  const auto started = NextStatus(situation_.object, situation_.observation, advance);
  EXPECT_EQ(FindCondition(started.conditions, kVerified)->message,
            "2 checks of checks.yaml will be run when the database is at the target");
  EXPECT_EQ(FindCondition(started.conditions, kVerified)->status, ConditionStatus::kUnknown);
  EXPECT_FALSE(ChecksAreDue(started, situation_.observation));
  RunReport report;
  report.heads = {"004"};
  report.applied = {{7, "004", Direction::kUpgrade, kNow, std::chrono::milliseconds(5)}};
  const auto ended = NextStatus(situation_.object, situation_.observation, advance, report);
  EXPECT_TRUE(ChecksAreDue(ended, situation_.observation));
}

TEST_F(VerificationTest, AVerdictStandsWhileTheDatabaseCannotBeSeen) {
  Visit();
  const std::string verdict = Verified();
  const auto database = situation_.observation.database;
  situation_.Database({ErrorCode::kUnavailable, "connection refused"});
  EXPECT_FALSE(Visit());
  EXPECT_EQ(Verified(), verdict);
  situation_.observation.database = database;
  EXPECT_FALSE(Visit());
  EXPECT_EQ(Verified(), verdict);
}

TEST_F(VerificationTest, AVerdictIsNoneOnASpecThatNothingWasLookedAtFor) {
  Visit();
  ++situation_.object.metadata.generation;
  const auto database = situation_.observation.database;
  situation_.Database({ErrorCode::kUnavailable, "connection refused"});
  EXPECT_FALSE(Visit());
  EXPECT_EQ(Verified(),
            "Unknown ChecksPending: the checks were last run for another spec; they will be run "
            "when the source and the database can be read and the database is at the target");
  situation_.observation.database = database;
  EXPECT_TRUE(Visit());
  EXPECT_EQ(Verified(), "True ChecksPassed: 2 checks hold on projects@db:5432 at 004");
}

TEST_F(VerificationTest, SwitchedOffItLeavesNoTrace) {
  Visit();
  situation_.object.spec->checks = false;
  situation_.observation.checks.reset();
  EXPECT_FALSE(Visit());
  EXPECT_EQ(Verified(), "");
  EXPECT_EQ(situation_.object.status.checks, std::nullopt);
}

}  // namespace
}  // namespace schemaop
