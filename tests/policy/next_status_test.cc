#include "policy/next_status.h"

#include <functional>

#include <gtest/gtest.h>

#include "policy/attempt.h"
#include "policy/message.h"
#include "policy/next_visit.h"
#include "situation.h"
#include "status_rules.h"

namespace schemaop {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// "Ready=False Reconciling Retrying": what a condition-minded reader sees.
std::string Verdict(const SchemaVersionStatus& status) {
  const Condition* ready = FindCondition(status.conditions, "Ready");
  if (ready == nullptr) return "no Ready";
  std::string text = "Ready=" + std::string(ConditionStatusName(ready->status));
  for (const char* type : {"Reconciling", "Stalled"}) {
    if (FindCondition(status.conditions, type) != nullptr) text += " " + std::string(type);
  }
  return text + " " + ready->reason;
}

SchemaVersionStatus Visit(Situation& situation) {
  return NextStatus(situation.object, situation.observation, situation.Decide());
}

Advance AdvanceOf(const Situation& situation) { return std::get<Advance>(situation.Decide()); }

AppliedStep Applied(const std::string& revision) {
  const std::int64_t sequence = std::stoi(revision.substr(revision.find_first_of("0123456789")));
  return {sequence + 1, revision, Direction::kUpgrade, kNow + milliseconds(1500),
          milliseconds(1200)};
}

RunReport Refused(bool retryable) {
  RunReport report;
  report.outcome = RunReport::Outcome::kFailed;
  report.failure = StatementFailure{
      "004", Direction::kUpgrade, "004_step.sql", 12, 3, 3, "42P07", "no", "", retryable};
  report.error = Error{ErrorCode::kRejected, "no"};
  return report;
}

// Everything a visit or a run can bring, by name.
struct Turn {
  const char* name;
  const char* verdict;
  std::function<SchemaVersionStatus(Situation&)> take;
};

SchemaVersionStatus RunTo(Situation& s, const std::vector<std::string>& heads, RunReport report) {
  s.Heads({"002"});
  report.heads = heads;
  const auto decision = s.Decide();
  if (!std::holds_alternative<Advance>(decision))
    return NextStatus(s.object, s.observation, decision);
  return NextStatus(s.object, s.observation, std::get<Advance>(decision), report);
}

const std::vector<Turn>& Turns() {
  static const std::vector<Turn> turns = {
      {"up to date", "Ready=True UpToDate", [](Situation& s) { return Visit(s); }},
      {"about to run", "Ready=False Reconciling Migrating",
       [](Situation& s) { return Visit(s.Heads({"002"})); }},
      {"running", "Ready=False Reconciling Migrating",
       [](Situation& s) {
         s.Heads({"002"});
         RunProgress progress;
         progress.revision = "004";
         progress.step = 2;
         progress.steps = 2;
         progress.heads = {"003"};
         progress.applied = {Applied("003")};
         return ProgressStatusOf(s.object, s.observation,
                                 {Goal{{"004"}}, Remaining(s.object, s.observation).value()},
                                 progress);
       }},
      {"waiting for the lock", "Ready=False Reconciling WaitingForLock",
       [](Situation& s) {
         s.Heads({"002"});
         RunProgress progress;
         progress.phase = RunProgress::Phase::kWaitingForLock;
         progress.holder = LockHolder{8432, "reports", "2026-11-22T09:00:00Z"};
         return ProgressStatusOf(s.object, s.observation,
                                 {Goal{{"004"}}, Remaining(s.object, s.observation).value()},
                                 progress);
       }},
      {"source invalid", "Ready=False Stalled SourceInvalid",
       [](Situation& s) { return Visit(s.Source(Fail(ErrorCode::kInvalid, "bad"))); }},
      {"secret invalid", "Ready=False Stalled SecretInvalid",
       [](Situation& s) {
         return Visit(s.Identity({ErrorCode::kNotFound, "gone"}));
       }},
      {"target not found", "Ready=False Stalled TargetNotFound",
       [](Situation& s) { return Visit(s.Target("nothing")); }},
      {"unknown revision", "Ready=False Stalled UnknownRevision",
       [](Situation& s) { return Visit(s.Heads({"9f3c"})); }},
      {"spec invalid", "Ready=False Stalled SpecInvalid",
       [](Situation& s) {
         s.object.spec = Fail(ErrorCode::kInvalid, "spec.targetRevision: is required");
         s.observation = NothingObserved(s.observation.now);
         return Visit(s);
       }},
      {"downgrade denied", "Ready=False Stalled DowngradeDenied",
       [](Situation& s) { return Visit(s.Target("001").Downgrade(DowngradePolicy::kDeny)); }},
      {"awaiting approval", "Ready=False AwaitingApproval",
       [](Situation& s) { return Visit(s.Target("001")); }},
      {"unreachable", "Ready=False Reconciling DatabaseUnreachable",
       [](Situation& s) { return Visit(s.Database(kUnreachable)); }},
      {"api server away", "Ready=False Reconciling Retrying",
       [](Situation& s) { return Visit(s.Identity(kUnreachable)); }},
      {"completed", "Ready=True UpToDate",
       [](Situation& s) {
         RunReport report;
         report.applied = {Applied("003"), Applied("004")};
         return RunTo(s, {"004"}, report);
       }},
      {"failed for good", "Ready=False Stalled MigrationFailed",
       [](Situation& s) { return RunTo(s, {}, Refused(false)); }},
      {"failed for now", "Ready=False Reconciling Retrying",
       [](Situation& s) { return RunTo(s, {}, Refused(true)); }},
      {"busy", "Ready=False Reconciling WaitingForLock",
       [](Situation& s) {
         RunReport report;
         report.outcome = RunReport::Outcome::kBusy;
         report.error = Error{ErrorCode::kBusy, "held"};
         return RunTo(s, {}, report);
       }},
      {"interrupted", "Ready=False Reconciling Retrying",
       [](Situation& s) {
         RunReport report;
         report.outcome = RunReport::Outcome::kCancelled;
         report.error = Error{ErrorCode::kCancelled, "told to stop"};
         return RunTo(s, {}, report);
       }},
      {"failed in a COMMIT that is in doubt", "Ready=False Reconciling Retrying",
       [](Situation& s) {
         RunReport report;
         report.outcome = RunReport::Outcome::kFailed;
         report.error = Error{ErrorCode::kInDoubt, "the version table will tell"};
         return RunTo(s, {}, report);
       }},
      {"in doubt", "Ready=False Stalled InDoubt",
       [](Situation& s) {
         RunReport report = Refused(false);
         report.outcome = RunReport::Outcome::kInDoubt;
         return RunTo(s, {}, report);
       }},
  };
  return turns;
}

TEST(NextStatusTest, EveryTurnHasItsVerdict) {
  for (const Turn& turn : Turns()) {
    Situation situation;
    const SchemaVersionStatus status = turn.take(situation);
    EXPECT_EQ(Verdict(status), turn.verdict) << turn.name;
  }
}

TEST(NextStatusTest, EveryStatusAfterEveryOtherKeepsTheRules) {
  for (const Turn& first : Turns()) {
    for (const Turn& second : Turns()) {
      Situation before;
      const SchemaVersionStatus was = first.take(before);
      EXPECT_EQ(BrokenRule(SchemaVersionStatus(), was, 4), std::nullopt) << first.name;
      Situation now;
      now.object.status = was;
      now.object.metadata.generation = 5;
      now.observation.now = kNow + seconds(90);
      const SchemaVersionStatus is = second.take(now);
      EXPECT_EQ(BrokenRule(was, is, 5), std::nullopt) << first.name << ", then " << second.name;
    }
  }
}

TEST(NextStatusTest, SameVisitLaterChangesNothing) {
  for (const Turn& turn : Turns()) {
    const std::string name = turn.name;
    // Each run is one more attempt; visits are what repeats.
    if (name.find("failed") == 0 || name == "in doubt" || name == "completed" || name == "running")
      continue;
    Situation situation;
    situation.object.status = turn.take(situation);
    Situation again;
    again.object.status = situation.object.status;
    again.observation.now = kNow + seconds(30);
    EXPECT_EQ(turn.take(again), situation.object.status) << turn.name;
  }
}

TEST(NextStatusTest, FailureThatStandsChangesNothingWhenLookedAtAgain) {
  for (const bool retryable : {false, true}) {
    Situation situation;
    situation.object.status = RunTo(situation, {}, Refused(retryable));
    situation.observation.now = kNow + milliseconds(500);
    EXPECT_EQ(Visit(situation), situation.object.status);
  }
}

TEST(NextStatusTest, KstatusReadsTheVerdicts) {
  for (const Turn& turn : Turns()) {
    Situation situation;
    const SchemaVersionStatus status = turn.take(situation);
    const std::string verdict = turn.verdict;
    const KStatus expected = verdict.find("Stalled") != std::string::npos ? KStatus::kFailed
                             : verdict.find("Ready=True") != std::string::npos
                                 ? KStatus::kCurrent
                                 : KStatus::kInProgress;
    EXPECT_EQ(KStatusOf(status, 4), expected) << turn.name;
    EXPECT_EQ(KStatusOf(status, 5), KStatus::kInProgress) << turn.name;
  }
}

TEST(NextStatusTest, FactsComeFromWhatWasSeen) {
  Situation situation;
  situation.Heads({"002"}).object.metadata.annotations["schemaversion.io/requestedAt"] = "noon";
  const SchemaVersionStatus status = Visit(situation);
  EXPECT_EQ(status.observed_generation, 4);
  EXPECT_EQ(status.current_revision, "002");
  EXPECT_EQ(status.target_revision, "004");
  EXPECT_EQ(status.pending, 2);
  EXPECT_EQ(status.database, "projects@db:5432");
  EXPECT_EQ(status.source->revisions, 4);
  EXPECT_EQ(status.last_handled_request, "noon");
}

TEST(NextStatusTest, PendingIsNegativeForADowngrade) {
  EXPECT_EQ(Visit(Situation().Target("001")).pending, -3);
}

TEST(NextStatusTest, SuspendKeepsTheValueOfReady) {
  Situation situation;
  situation.object.spec->suspend = true;
  EXPECT_EQ(Verdict(Visit(situation)), "Ready=Unknown Suspended");
  Situation failed;
  failed.object.status = Visit(failed.Heads({"9f3c"}));
  failed.object.spec->suspend = true;
  failed.observation = NothingObserved(kNow);
  EXPECT_EQ(Verdict(Visit(failed)), "Ready=False Suspended");
  EXPECT_EQ(Visit(failed).current_revision, "9f3c");
  Situation fine;
  fine.object.status = Visit(fine);
  fine.object.spec->suspend = true;
  EXPECT_EQ(Verdict(Visit(fine)), "Ready=True Suspended");
}

TEST(NextStatusTest, AnotherDatabaseIsNotSaidToBeWhereTheLastOneWas) {
  Situation situation;
  situation.object.status = Visit(situation);
  situation.observation.identity->label = "other@db:5432";
  situation.Database(kUnreachable);
  const SchemaVersionStatus status = Visit(situation);
  EXPECT_EQ(status.database, "other@db:5432");
  EXPECT_EQ(status.current_revision, "");
}

TEST(NextStatusTest, ProgressTellsWhatIsCommittedAndWhatIsLeft) {
  Situation situation;
  situation.Heads({"002"});
  RunProgress progress;
  progress.revision = "004";
  progress.step = 2;
  progress.steps = 2;
  progress.statement = 1;
  progress.statements = 3;
  progress.heads = {"003"};
  progress.applied = {Applied("003")};
  const SchemaVersionStatus status =
      ProgressStatusOf(situation.object, situation.observation, AdvanceOf(situation), progress);
  EXPECT_EQ(status.current_revision, "003");
  EXPECT_EQ(status.pending, 1);
  EXPECT_EQ(status.progress, (ProgressStatus{"004", "Upgrade", 2, 2, 1, 3}));
  EXPECT_EQ(status.last_applied, (AppliedStatus{4, "003", "Upgrade", kNow + seconds(1), "1.2s"}));
  EXPECT_EQ(FindCondition(status.conditions, "Ready")->message,
            "upgrading projects@db:5432 from 002 to 004: step 2 of 2, revision 004");
}

TEST(NextStatusTest, LockHolderIsNamed) {
  Situation situation;
  situation.Heads({"002"});
  RunReport report;
  report.outcome = RunReport::Outcome::kBusy;
  report.holder = LockHolder{8432, "reports", "2026-11-22T09:00:00Z"};
  const auto status =
      NextStatus(situation.object, situation.observation, AdvanceOf(situation), report);
  EXPECT_EQ(
      FindCondition(status.conditions, "Ready")->message,
      "another session holds the migration lock of projects@db:5432: pid 8432, application "
      "\"reports\", since "
      "2026-11-22T09:00:00Z; it is tried again until that session ends (if it is stuck: SELECT "
      "pg_terminate_backend(8432))");
}

TEST(NextStatusTest, InterruptedRunTellsWhereItStopped) {
  Situation situation;
  RunReport report;
  report.outcome = RunReport::Outcome::kCancelled;
  report.applied = {Applied("003")};
  report.interrupted = InterruptedStep{.revision = "004"};
  const auto status = RunTo(situation, {"003"}, report);
  EXPECT_EQ(status.current_revision, "003");
  EXPECT_EQ(status.pending, 1);
  EXPECT_FALSE(status.failure);
  EXPECT_EQ(FindCondition(status.conditions, "Ready")->message,
            "the operator was told to stop in the middle of a migration: the step under way was "
            "rolled back and "
            "projects@db:5432 is at 003; the operator goes on from there when it runs again");
}

TEST(NextStatusTest, InterruptedRunOutsideATransactionTellsWhatRemains) {
  Situation situation;
  RunReport report;
  report.outcome = RunReport::Outcome::kCancelled;
  report.applied = {Applied("003")};
  report.interrupted =
      InterruptedStep{.revision = "004", .in_transaction = false, .statements_done = 2};
  const auto status = RunTo(situation, {"003"}, report);
  EXPECT_EQ(FindCondition(status.conditions, "Ready")->message,
            "the operator was told to stop in the middle of a migration: revision 004 runs outside "
            "a transaction: its first 2 statements took effect, and the next run finds out what "
            "became of the one that was cut off; projects@db:5432 is at 003; the operator goes on "
            "from there when it runs again");
}

TEST(NextStatusTest, PartOfARunThatFailedIsKept) {
  Situation situation;
  RunReport report = Refused(false);
  report.applied = {Applied("003")};
  const auto status = RunTo(situation, {"003"}, report);
  EXPECT_EQ(status.current_revision, "003");
  EXPECT_EQ(status.pending, 1);
  EXPECT_EQ(status.last_applied->revision, "003");
  EXPECT_EQ(status.failure->attempts, 1);
  // What was tried is remembered with the heads that the run left, so that the next visit
  // recognises it.
  Situation next;
  next.object.status = status;
  next.Heads({"003"});
  EXPECT_TRUE(std::holds_alternative<Hold>(next.Decide()));
}

TEST(NextStatusTest, TheReceiptIsThatOfTheLastRunThatDidSomething) {
  Situation situation;
  RunReport report;
  report.heads = {"004"};
  report.applied = {Applied("004")};
  report.receipt = {.retries = 2, .others_waited = std::chrono::milliseconds(103)};
  situation.object.status = RunTo(situation, {"003"}, report);
  EXPECT_EQ(situation.object.status.receipt, (ReceiptStatus{kNow, 2, "103ms"}));
  RunReport nothing;
  nothing.heads = {"004"};
  EXPECT_EQ(RunTo(situation, {"004"}, nothing).receipt, situation.object.status.receipt);
  report.receipt = {};
  EXPECT_EQ(RunTo(situation, {"003"}, report).receipt, (ReceiptStatus{kNow, 0, "0s"}));
}

TEST(NextStatusTest, AttemptsCountOnWithTheSameInputsOnly) {
  Situation situation;
  situation.object.status = RunTo(situation, {}, Refused(true));
  EXPECT_EQ(situation.object.status.failure->attempts, 1);
  EXPECT_EQ(situation.object.status.failure->next_retry_time, kNow + seconds(2));
  situation.observation.now = kNow + seconds(2);
  situation.object.status = RunTo(situation, {}, Refused(true));
  EXPECT_EQ(situation.object.status.failure->attempts, 2);
  EXPECT_EQ(situation.object.status.failure->next_retry_time, kNow + seconds(6));
  situation.observation.now = kNow + seconds(6);
  situation.observation.source->digest = "sha256:00";
  EXPECT_EQ(RunTo(situation, {}, Refused(true)).failure->attempts, 1);
}

TEST(NextStatusTest, CompletedRunThatIsNotAtTheTargetIsNotReady) {
  Situation situation;
  RunReport report;
  report.applied = {Applied("003")};
  const auto status = RunTo(situation, {"003"}, report);
  EXPECT_EQ(Verdict(status), "Ready=False Reconciling Retrying");
}

TEST(NextStatusTest, ErrorWithoutAStatementIsJudgedByItsCode) {
  const struct {
    ErrorCode code;
    const char* verdict;
  } kCases[] = {{ErrorCode::kUnavailable, "Ready=False Reconciling Retrying"},
                {ErrorCode::kConflict, "Ready=False Reconciling Retrying"},
                {ErrorCode::kDenied, "Ready=False Stalled MigrationFailed"},
                {ErrorCode::kInvalid, "Ready=False Stalled MigrationFailed"},
                {ErrorCode::kInternal, "Ready=False Stalled MigrationFailed"}};
  for (const auto& c : kCases) {
    Situation situation;
    RunReport report;
    report.outcome = RunReport::Outcome::kFailed;
    report.error = Error{c.code, "why"};
    const auto status = RunTo(situation, {}, report);
    EXPECT_EQ(Verdict(status), c.verdict) << ErrorCodeName(c.code);
    EXPECT_EQ(status.failure->message, "why");
  }
}

TEST(NextStatusTest, HistoryKeepsTheNewestTen) {
  Situation situation;
  RunReport report;
  for (int i = 0; i < 12; ++i) report.applied.push_back(Applied("r" + std::to_string(i)));
  const auto status = RunTo(situation, {"004"}, report);
  ASSERT_EQ(status.history.size(), 10U);
  EXPECT_EQ(status.history.front().revision, "r2");
  EXPECT_EQ(status.last_applied->revision, "r11");
}

TEST(NextStatusTest, LedgerFillsInWhatStatusMissed) {
  Situation situation;
  situation.observation.database->ledger = {
      {1, "001", Direction::kUpgrade, "", "2026-11-22T08:00:00.5Z", "10ms"},
      {2, "002", Direction::kUpgrade, "", "2026-11-22T09:00:00Z", "20ms"}};
  situation.object.status = Visit(situation);
  ASSERT_EQ(situation.object.status.history.size(), 2U);
  EXPECT_EQ(situation.object.status.last_applied->revision, "002");
  EXPECT_EQ(Visit(situation), situation.object.status);
  situation.observation.database->ledger.push_back(
      {4, "003", Direction::kDowngrade, "", "2026-11-22T08:30:00Z", "5ms"});
  const auto status = Visit(situation);
  ASSERT_EQ(status.history.size(), 3U);
  EXPECT_EQ(status.last_applied->direction, "Downgrade");
}

TEST(NextStatusTest, NothingOfAnotherDatabaseIsSaidOfThisOne) {
  Situation situation;
  situation.observation.database->ledger = {
      {7, "004", Direction::kUpgrade, "", "2026-11-22T09:00:00Z", "20ms"}};
  situation.object.status = Visit(situation);
  situation.object.status.receipt = ReceiptStatus{kNow, 1, "3ms"};
  situation.object.status.failure = FailureStatus{};
  situation.observation.identity->label = "other@db:5432";
  situation.Database(kUnreachable);
  const auto status = Visit(situation);
  EXPECT_EQ(status.database, "other@db:5432");
  EXPECT_EQ(status.current_revision, "");
  EXPECT_TRUE(status.history.empty());
  EXPECT_FALSE(status.last_applied || status.receipt || status.failure);
}

TEST(NextStatusTest, WhatIsLeftIsCountedFromThePlanMadeUnderTheLock) {
  Situation situation;
  situation.Heads({"003"});
  const Advance planned = AdvanceOf(situation);
  ASSERT_EQ(planned.plan.steps.size(), 1U);
  RunProgress progress;
  progress.steps = 3;
  progress.heads = {"003"};
  progress.applied = {Applied("002"), Applied("003")};
  EXPECT_EQ(ProgressStatusOf(situation.object, situation.observation, planned, progress).pending,
            1);
}

TEST(BackoffTest, DoublesUpToFiveMinutes) {
  EXPECT_EQ(RetryPause(0), seconds(2));
  EXPECT_EQ(RetryPause(1), seconds(2));
  EXPECT_EQ(RetryPause(2), seconds(4));
  EXPECT_EQ(RetryPause(8), seconds(256));
  EXPECT_EQ(RetryPause(9), seconds(300));
  EXPECT_EQ(RetryPause(1000000), seconds(300));
}

TEST(NextVisitTest, SettledObjectsAreReadAgainEveryHalfMinute) {
  Situation situation;
  const auto status = Visit(situation);
  EXPECT_EQ(NextVisit(status, std::chrono::minutes(10), kNow), seconds(30));
  EXPECT_EQ(NextVisit(status, seconds(5), kNow), seconds(5));
}

TEST(FirstVisitTest, OnlySettledObjectsWaitAndNoLongerThanTheirFleetTakes) {
  Situation situation;
  SchemaVersion object = situation.object;
  EXPECT_EQ(FirstVisit(object, 1000, 999), milliseconds(0));
  object.status = Visit(situation);
  EXPECT_EQ(FirstVisit(object, 1, 999), milliseconds(9));
  EXPECT_EQ(FirstVisit(object, 1000, 0), milliseconds(0));
  EXPECT_EQ(FirstVisit(object, 1000, 500), seconds(5));
  EXPECT_EQ(FirstVisit(object, 100000, 500), seconds(15));
  ++object.metadata.generation;
  EXPECT_EQ(FirstVisit(object, 1000, 500), milliseconds(0));
}

TEST(NextVisitTest, StalledAndWaitingObjectsAreLookedAtMoreAndMoreSeldom) {
  for (const char* target : {"nothing", "001"}) {
    Situation situation;
    const auto status = Visit(situation.Target(target));
    const auto after = [&](seconds age) {
      return NextVisit(status, std::chrono::minutes(10), kNow + age);
    };
    EXPECT_EQ(after(seconds(0)), seconds(10)) << target;
    EXPECT_EQ(after(seconds(20)), seconds(20)) << target;
    EXPECT_EQ(after(seconds(3600)), seconds(60)) << target;
  }
}

TEST(NextVisitTest, TransientErrorsAreLookedAtSoonAndThenMoreSeldom) {
  Situation situation;
  const auto status = Visit(situation.Database(kUnreachable));
  EXPECT_EQ(NextVisit(status, std::chrono::minutes(10), kNow), seconds(2));
  EXPECT_EQ(NextVisit(status, std::chrono::minutes(10), kNow + seconds(8)), seconds(8));
  EXPECT_EQ(NextVisit(status, std::chrono::minutes(10), kNow + seconds(600)), seconds(60));
}

TEST(NextVisitTest, ATimeThatAClockSetBackSinceAnnouncedIsNotWaitedFor) {
  Situation situation;
  const auto transient = RunTo(situation, {}, Refused(true));
  EXPECT_EQ(NextVisit(transient, std::chrono::minutes(10), kNow - std::chrono::hours(1)),
            seconds(60));
}

TEST(NextVisitTest, FailedAttemptsAreLookedAtWhenTheirTimeComes) {
  Situation situation;
  const auto transient = RunTo(situation, {}, Refused(true));
  EXPECT_EQ(NextVisit(transient, std::chrono::minutes(10), kNow), seconds(2));
  Situation other;
  const auto lasting = RunTo(other, {}, Refused(false));
  EXPECT_EQ(NextVisit(lasting, std::chrono::minutes(10), kNow), seconds(10));
  EXPECT_EQ(NextVisit(lasting, std::chrono::minutes(10), kNow + seconds(590)), seconds(10));
  EXPECT_EQ(NextVisit(lasting, std::chrono::minutes(10), kNow + seconds(595)), seconds(5));
}

TEST(SpreadTest, AddsAtMostATenth) {
  EXPECT_EQ(Spread(seconds(10), 0), seconds(10));
  EXPECT_EQ(Spread(seconds(10), 500), milliseconds(10500));
  EXPECT_EQ(Spread(seconds(10), 999), milliseconds(10999));
}

TEST(NextStatusTest, AnUnusableSpecHasNoTargetAndNothingPending) {
  Situation s;
  s.object.status = Visit(s);
  ASSERT_EQ(s.object.status.pending, 0);
  s.object.spec = Fail(ErrorCode::kInvalid, "spec.database.role: is longer than 63 bytes");
  s.observation = NothingObserved(s.observation.now);
  const SchemaVersionStatus status = Visit(s);
  EXPECT_EQ(status.pending, std::nullopt);
  EXPECT_EQ(status.target_revision, "");
}

}  // namespace
}  // namespace schemaop
