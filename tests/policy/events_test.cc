#include "policy/events.h"

#include <gtest/gtest.h>

#include "policy/attempt.h"
#include "policy/next_status.h"
#include "situation.h"

namespace schemaop {
namespace {

using std::chrono::seconds;

SchemaVersionStatus Visit(const Situation& situation) {
  return NextStatus(situation.object, situation.observation, situation.Decide());
}

// "Warning SourceInvalid Observe: bad", one a line.
std::string Show(const std::vector<EventNote>& notes) {
  std::string text;
  for (const EventNote& note : notes) {
    text += (note.type == EventNote::Type::kWarning ? "Warning " : "Normal ") + note.reason + " " +
            note.action + ": " + note.note + "\n";
  }
  return text;
}

const SchemaVersionStatus kNew;

TEST(EventsTest, SettledObjectIsToldOnce) {
  Situation situation;
  const auto status = Visit(situation);
  EXPECT_EQ(Show(EventsFor(kNew, status)),
            "Normal UpToDate Observe: projects@db:5432 is at 004, as spec.targetRevision \"head\" "
            "wants\n");
  EXPECT_EQ(Show(EventsFor(status, status)), "");
}

TEST(EventsTest, RunIsToldFromStartToEnd) {
  Situation situation;
  situation.Heads({"002"});
  const Advance advance = std::get<Advance>(situation.Decide());
  const auto started = NextStatus(situation.object, situation.observation, advance);
  EXPECT_EQ(
      Show(EventsFor(kNew, started)),
      "Normal MigrationStarted Migrate: upgrading projects@db:5432 from 002 to 004: 2 steps\n");
  RunProgress progress;
  progress.revision = "004";
  progress.step = 2;
  progress.steps = 2;
  progress.heads = {"003"};
  progress.applied = {{3, "003", Direction::kUpgrade, kNow, std::chrono::milliseconds(35)}};
  const auto halfway = ProgressStatusOf(situation.object, situation.observation, advance, progress);
  EXPECT_EQ(Show(EventsFor(started, halfway)),
            "Normal RevisionApplied Migrate: applied revision 003 on projects@db:5432 in 35ms\n");
  RunReport report;
  report.heads = {"004"};
  report.applied = progress.applied;
  report.applied.push_back({4, "004", Direction::kUpgrade, kNow, std::chrono::milliseconds(1200)});
  const auto ended = NextStatus(situation.object, situation.observation, advance, report);
  EXPECT_EQ(Show(EventsFor(halfway, ended)),
            "Normal RevisionApplied Migrate: applied revision 004 on projects@db:5432 in 1.2s\n"
            "Normal UpToDate Observe: projects@db:5432 is at 004, as spec.targetRevision \"head\" "
            "wants\n");
}

TEST(EventsTest, RefusedStatementIsToldWithoutTheServersWords) {
  Situation situation;
  situation.Heads({"003"});
  const Advance advance = std::get<Advance>(situation.Decide());
  RunReport report;
  report.outcome = RunReport::Outcome::kFailed;
  report.failure = StatementFailure{"004",
                                    Direction::kUpgrade,
                                    "004_step.sql",
                                    12,
                                    3,
                                    3,
                                    "22P02",
                                    "invalid input syntax for type integer: \"secret\"",
                                    "",
                                    false};
  const auto failed = NextStatus(situation.object, situation.observation, advance, report);
  EXPECT_EQ(Show(EventsFor(kNew, failed)),
            "Warning MigrationFailed Migrate: revision 004 at 004_step.sql:12:3, statement 3, "
            "SQLSTATE 22P02 failed on "
            "projects@db:5432; .status.failure says why\n");
  situation.object.status = failed;
  const auto looked_again = Visit(situation);
  EXPECT_EQ(Show(EventsFor(failed, looked_again)), "");
}

TEST(EventsTest, RowOfTransientFailuresIsToldOnce) {
  Situation situation;
  situation.Heads({"003"});
  const Advance advance = std::get<Advance>(situation.Decide());
  RunReport report;
  report.outcome = RunReport::Outcome::kFailed;
  report.error = Error{ErrorCode::kUnavailable, "the connection was lost"};
  const auto first = NextStatus(situation.object, situation.observation, advance, report);
  EXPECT_EQ(Show(EventsFor(kNew, first)),
            "Warning Retrying Migrate: the migration failed on projects@db:5432; .status.failure "
            "says why\n");
  situation.object.status = first;
  const auto second = NextStatus(situation.object, situation.observation, advance, report);
  EXPECT_EQ(second.failure->attempts, 2);
  EXPECT_EQ(Show(EventsFor(first, second)), "");
}

TEST(EventsTest, ObstacleIsToldAgainOnlyWhenAPersonMustActOnOtherWords) {
  Situation situation;
  const auto broken = Visit(situation.Source(Fail(ErrorCode::kInvalid, "003.sql:1:1: bad")));
  const auto broken_elsewhere =
      Visit(situation.Source(Fail(ErrorCode::kInvalid, "004.sql:1:1: bad")));
  EXPECT_EQ(Show(EventsFor(kNew, broken)), "Warning SourceInvalid Observe: 003.sql:1:1: bad\n");
  EXPECT_EQ(Show(EventsFor(broken, broken_elsewhere)),
            "Warning SourceInvalid Observe: 004.sql:1:1: bad\n");
  Situation other;
  const auto down = Visit(other.Database({ErrorCode::kUnavailable, "refused"}));
  const auto still_down = Visit(other.Database({ErrorCode::kUnavailable, "timed out"}));
  EXPECT_EQ(EventsFor(kNew, down).size(), 1U);
  EXPECT_EQ(Show(EventsFor(down, still_down)), "");
}

TEST(EventsTest, ApprovalIsAskedForByName) {
  const auto notes = EventsFor(kNew, Visit(Situation().Target("003")));
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0].reason, "ApprovalRequired");
  EXPECT_EQ(notes[0].type, EventNote::Type::kNormal);
}

TEST(EventsTest, LedgerFromBeforeTheObjectIsNoNews) {
  Situation situation;
  situation.observation.database->ledger = {
      {4, "004", Direction::kUpgrade, "", "2026-11-22T08:00:00Z", "10ms"}};
  const auto status = Visit(situation);
  EXPECT_EQ(status.history.size(), 1U);
  EXPECT_EQ(EventsFor(kNew, status).size(), 1U);
  // Nor is that of a database the object leads to from now on.
  Situation other = situation;
  other.object.status = status;
  other.observation.identity->label = "other@db:5432";
  other.observation.database->ledger.front().sequence = 9;
  EXPECT_EQ(Show(EventsFor(status, Visit(other))), "");
  // A step that somebody else committed since is.
  situation.object.status = status;
  situation.observation.now = kNow + seconds(60);
  situation.observation.database->ledger.push_back(
      {5, "003", Direction::kDowngrade, "", "2026-11-22T10:00:30Z", "5ms"});
  EXPECT_EQ(Show(EventsFor(status, Visit(situation))),
            "Normal RevisionReverted Migrate: reverted revision 003 on projects@db:5432 in 5ms\n");
}

TEST(EventsTest, LedgerFromBeforeTheDatabaseWasFirstReadIsNoNews) {
  const auto read = [](Situation situation) {
    for (int i = 1; i <= 4; ++i) {
      situation.observation.database->ledger.push_back(
          {i, "00" + std::to_string(i), Direction::kUpgrade, "", "2026-11-22T08:00:00Z", "10ms"});
    }
    return Visit(situation);
  };
  Situation situation;
  const auto down = Visit(Situation().Database(kUnreachable));
  EXPECT_EQ(down.database, "projects@db:5432");
  situation.object.status = down;
  const auto status = read(situation);
  EXPECT_EQ(status.history.size(), 4U);
  EXPECT_EQ(Show(EventsFor(down, status)),
            "Normal UpToDate Observe: projects@db:5432 is at 004, as spec.targetRevision \"head\" "
            "wants\n");
}

}  // namespace
}  // namespace schemaop
