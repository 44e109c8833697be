// The condition Drifted, what it holds back, and what is told of it.
#include <gtest/gtest.h>

#include "policy/events.h"
#include "policy/next_status.h"
#include "situation.h"
#include "status_rules.h"

namespace schemaop {
namespace {

using DriftKind = DriftFinding::Kind;

const DriftFinding kIndexGone{.kind = DriftKind::kDrifted,
                              .changes = {"index public.ix removed"},
                              .sql = "CREATE INDEX ix ON public.t USING btree (a);\n",
                              .why = {},
                              .looked_at = "1"};
const DriftFinding kNoDrift;
const DriftFinding kNoSnapshot{.kind = DriftKind::kNoSnapshot,
                               .changes = {},
                               .sql = {},
                               .why =
                                   "no snapshot of the schema was kept yet; the next migration "
                                   "keeps one, or schemactl drift --accept",
                               .looked_at = {}};

SchemaVersionStatus VisitDrift(const Situation& situation) {
  return NextStatus(situation.object, situation.observation, situation.Decide());
}

// "True SchemaDiffers: message", or "none".
std::string Drifted(const SchemaVersionStatus& status) {
  const Condition* drifted = FindCondition(status.conditions, "Drifted");
  if (drifted == nullptr) return "none";
  return std::string(ConditionStatusName(drifted->status)) + " " + drifted->reason + ": " +
         drifted->message;
}

std::string ShowDrift(const std::vector<EventNote>& notes) {
  std::string text;
  for (const EventNote& note : notes) {
    text += (note.type == EventNote::Type::kWarning ? "Warning " : "Normal ") + note.reason + ": " +
            note.note + "\n";
  }
  return text;
}

TEST(DriftTest, EveryFindingIsACondition) {
  const struct {
    Result<DriftFinding> drift;
    const char* condition;
  } kCases[] = {
      {kNoDrift,
       "False SchemaMatches: the schema of projects@db:5432 is as the last migration left it"},
      {kIndexGone,
       "True SchemaDiffers: the schema of projects@db:5432 was changed beside its migrations: "
       "index "
       "public.ix removed; write a revision for what is right and run schemactl drift --accept, or "
       "take it back:\nCREATE INDEX ix ON public.t USING btree (a);\n"},
      {kNoSnapshot,
       "Unknown NoSnapshot: whether the schema of projects@db:5432 drifted cannot be told: no "
       "snapshot of the schema was kept yet; the next migration keeps one, or schemactl drift "
       "--accept"},
      {Fail(ErrorCode::kBusy, "canceling statement due to lock timeout"),
       "Unknown SchemaUnreadable: whether the schema of projects@db:5432 drifted cannot be told: "
       "canceling statement due to lock timeout"},
  };
  for (const auto& c : kCases) {
    Situation situation;
    situation.observation.drift = c.drift;
    const auto status = VisitDrift(situation);
    EXPECT_EQ(Drifted(status), c.condition);
    EXPECT_EQ(KStatusOf(status, 4), KStatus::kCurrent) << "Ready is another question";
    EXPECT_EQ(BrokenRule(situation.object.status, status, 4), std::nullopt) << c.condition;
  }
}

TEST(DriftTest, StaysAsItWasWhileNobodyLooksAndGoesWhenItIsOff) {
  Situation situation;
  situation.observation.drift = kIndexGone;
  situation.object.status = VisitDrift(situation);
  situation.observation.drift.reset();
  situation.object.metadata.generation = 5;
  const auto kept = VisitDrift(situation);
  EXPECT_EQ(Drifted(kept), Drifted(situation.object.status));
  EXPECT_EQ(BrokenRule(situation.object.status, kept, 5), std::nullopt);
  situation.object.spec->policy.drift = DriftPolicy::kOff;
  EXPECT_EQ(Drifted(VisitDrift(situation)), "none");
}

TEST(DriftTest, OfAnotherDatabaseItIsForgottenUntilThatOneIsLookedAt) {
  Situation situation;
  situation.observation.drift = kIndexGone;
  situation.object.status = VisitDrift(situation);
  situation.observation.identity->label = "other@db:5432";
  // The object is that of the visit's start, whatever is written meanwhile.
  situation.observation.now += std::chrono::seconds(5);
  const auto seen = VisitDrift(situation);
  EXPECT_EQ(FindCondition(seen.conditions, "Drifted")->last_transition_time, kNow);
  situation.observation.drift.reset();
  EXPECT_EQ(Drifted(VisitDrift(situation)), "none");
}

TEST(DriftTest, BlockStartsNoMigrationWhileTheSchemaDiffers) {
  Situation situation;
  situation.Heads({"002"});
  situation.observation.drift = kIndexGone;
  EXPECT_EQ(Show(situation.Decide()), "Advance +003 +004") << "Report lets it run";
  situation.object.spec->policy.drift = DriftPolicy::kBlock;
  EXPECT_EQ(
      Show(situation.Decide()),
      "DriftBlocked: spec.policy.drift is Block and the schema of projects@db:5432 was changed "
      "beside its migrations (index public.ix removed); the condition Drifted has the SQL that "
      "takes it back; to take it for right, run schemactl drift --accept; then set the "
      "annotation schemaversion.io/requestedAt");
  EXPECT_EQ(KStatusOf(VisitDrift(situation), 4), KStatus::kFailed);
  situation.observation.drift = Fail(ErrorCode::kBusy, "the schema kept changing");
  EXPECT_EQ(Show(situation.Decide()),
            "Retrying: whether the schema of projects@db:5432 drifted cannot be told: the schema "
            "kept changing; it is looked at again");
  for (const DriftFinding& finding : {kNoDrift, kNoSnapshot}) {
    situation.observation.drift = finding;
    EXPECT_EQ(Show(situation.Decide()), "Advance +003 +004");
  }
}

TEST(DriftTest, BlockStartsNoMigrationWhileAnotherSessionKeepsTheSchemaFromBeingCompared) {
  Situation situation;
  situation.Heads({"002"});
  EXPECT_EQ(Show(situation.Decide()), "Advance +003 +004") << "Report lets it run";
  situation.object.spec->policy.drift = DriftPolicy::kBlock;
  EXPECT_EQ(Show(situation.Decide()),
            "WaitingForLock: another session holds the migration lock of projects@db:5432; it is "
            "tried again until that session ends");
  situation.Heads({"004"});
  EXPECT_EQ(KStatusOf(VisitDrift(situation), 4), KStatus::kCurrent);
}

TEST(DriftTest, BlockIsNoReasonNotToBeReady) {
  Situation situation;
  situation.object.spec->policy.drift = DriftPolicy::kBlock;
  situation.observation.drift = kIndexGone;
  EXPECT_EQ(KStatusOf(VisitDrift(situation), 4), KStatus::kCurrent);
}

TEST(DriftTest, IsToldOnceUntilItChanges) {
  Situation situation;
  situation.observation.drift = kNoDrift;
  situation.object.status = VisitDrift(situation);
  situation.observation.drift = kIndexGone;
  auto drifted = VisitDrift(situation);
  EXPECT_EQ(ShowDrift(EventsFor(situation.object.status, drifted)),
            "Warning Drifted: the schema of projects@db:5432 was changed beside its migrations: "
            "index public.ix removed\n");
  situation.object.status = drifted;
  EXPECT_EQ(ShowDrift(EventsFor(drifted, VisitDrift(situation))), "");
  situation.observation.drift->value().changes.push_back("table public.x added");
  const auto more = VisitDrift(situation);
  EXPECT_EQ(ShowDrift(EventsFor(drifted, more)),
            "Warning Drifted: the schema of projects@db:5432 was changed beside its migrations: "
            "index public.ix removed, table public.x added\n");
  situation.object.status = more;
  situation.observation.drift = kNoDrift;
  EXPECT_EQ(ShowDrift(EventsFor(more, VisitDrift(situation))),
            "Normal DriftGone: the schema of projects@db:5432 is as the last migration left it\n");
}

TEST(DriftTest, ManyChangesAreCounted) {
  Situation situation;
  DriftFinding many = kIndexGone;
  many.changes = {"a", "b", "c", "d", "e", "f", "g"};
  many.sql = std::string(100'000, 'x');
  situation.observation.drift = many;
  const auto status = VisitDrift(situation);
  EXPECT_NE(Drifted(status).find("a, b, c, d, e and 2 others; "), std::string::npos);
  EXPECT_LT(Drifted(status).size(), 10'000U);
}

}  // namespace
}  // namespace schemaop
