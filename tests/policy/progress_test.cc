#include "policy/progress.h"

#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace schemaop {
namespace {

using Phase = RunProgress::Phase;

RunProgress Running() {
  RunProgress progress;
  progress.revision = "004";
  progress.step = 1;
  progress.steps = 2;
  progress.statement = 3;
  progress.statements = 7;
  return progress;
}

Blocker Reports() {
  Blocker blocker;
  blocker.pid = 42;
  blocker.application = "reports";
  blocker.state = "idle in transaction";
  blocker.since = "2026-11-22T10:00:00Z";
  blocker.query = "SELECT * FROM t";
  return blocker;
}

TEST(ProgressTest, AStatementThatJustRunsHasNoPhase) {
  EXPECT_EQ(ProgressOf(Running()), (ProgressStatus{"004", "Upgrade", 1, 2, 3, 7}));
}

TEST(ProgressTest, TheFirstSessionInTheWayIsNamedWithoutItsQuery) {
  RunProgress progress = Running();
  progress.blockers = {Reports(), Blocker{}};
  const ProgressStatus status = ProgressOf(progress);
  EXPECT_EQ(status.phase, "waiting for a lock");
  const Time since = *ParseRfc3339("2026-11-22T10:00:00Z");
  EXPECT_EQ(status.blocked_by, (BlockerStatus{42, "reports", "idle in transaction", since}));
}

TEST(ProgressTest, ATransactionThatWasRolledBackSaysAfterWhichAttempt) {
  RunProgress progress = Running();
  progress.phase = Phase::kHeldBack;
  progress.attempt = 2;
  progress.blockers = {Reports()};
  EXPECT_EQ(ProgressOf(progress).phase, "held back after attempt 2");
}

TEST(ProgressTest, AnIndexBuildShowsItsPhaseAndBlocksAndWholeSeconds) {
  RunProgress progress = Running();
  progress.build = IndexBuild{"building index: scanning table", 5148, 25001};
  progress.began = *ParseRfc3339("2026-11-22T10:00:00Z") + std::chrono::milliseconds(700);
  const ProgressStatus status = ProgressOf(progress);
  EXPECT_EQ(status.phase, "building index: scanning table");
  EXPECT_EQ(status.blocks_done, 5148);
  EXPECT_EQ(status.blocks_total, 25001);
  EXPECT_EQ(status.started_at, *ParseRfc3339("2026-11-22T10:00:00Z"));
}

TEST(ProgressTest, CountersAreNoNewsPhasesAndSessionsAre) {
  RunProgress before = Running();
  before.build = IndexBuild{"building index: scanning table", 1, 9};
  before.blockers = {};
  const std::vector<std::pair<std::function<void(RunProgress&)>, bool>> changes = {
      {[](RunProgress&) {}, false},
      {[](RunProgress& p) { p.statement = 4; }, false},
      {[](RunProgress& p) { p.build->blocks_done = 5; }, false},
      {[](RunProgress& p) { p.build->phase = "building index: sorting"; }, true},
      {[](RunProgress& p) { p.build.reset(); }, true},
      {[](RunProgress& p) { p.blockers = {Reports()}; }, true},
      {[](RunProgress& p) { p.phase = Phase::kHeldBack; }, true},
      {[](RunProgress& p) { p.revision = "005"; }, true},
      {[](RunProgress& p) { p.holder = LockHolder{}; }, true},
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    RunProgress after = before;
    changes[i].first(after);
    EXPECT_EQ(IsNews(before, after), changes[i].second) << "change " << i;
  }
}

}  // namespace
}  // namespace schemaop
