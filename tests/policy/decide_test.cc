#include "policy/decide.h"

#include <functional>

#include <gtest/gtest.h>

#include "base/text.h"
#include "catalog/object_kind.h"
#include "policy/attempt.h"
#include "policy/baseline.h"
#include "situation.h"

namespace schemaop {
namespace {

using std::chrono::seconds;

FailureStatus Failure(const Situation& s, bool retryable) {
  FailureStatus failure;
  failure.revision = "004";
  failure.file = "004_step.sql";
  failure.line = 12;
  failure.column = 3;
  failure.statement = 3;
  failure.sqlstate = retryable ? "55P03" : "42P07";
  failure.message =
      retryable ? "canceling statement due to lock timeout" : "relation \"x\" already exists";
  failure.retryable = retryable;
  failure.attempts = 2;
  failure.next_retry_time = kNow + seconds(60);
  failure.inputs = AttemptInputs(s.object, s.observation);
  return failure;
}

TEST(DecideTest, EveryReasonHasItsSituation) {
  const struct {
    const char* name;
    std::function<void(Situation&)> make;
    const char* decision;
  } kCases[] = {
      {"all is well", [](Situation&) {},
       "UpToDate: projects@db:5432 is at 004, as spec.targetRevision \"head\" wants"},
      {"at base", [](Situation& s) { s.Target("base").Heads({}); },
       "UpToDate: projects@db:5432 is at <base>, as spec.targetRevision \"base\" wants"},
      {"behind", [](Situation& s) { s.Heads({"002"}); }, "Advance +003 +004"},
      {"a superuser at the target",
       [](Situation& s) {
         s.observation.database->login = "postgres";
         s.observation.database->excess_rights = {"SUPERUSER"};
       },
       "PrivilegeRefused: projects@db:5432: the role postgres, which logs in, has rights that no "
       "migration needs (SUPERUSER), and so has whoever may change the revisions: name the role "
       "that owns the schema in the Secret; only the operator's own flag --allow-superuser lets it "
       "pass"},
      {"suspended", [](Situation& s) { s.object.spec->suspend = true; },
       "Suspended: spec.suspend is true: nothing is read and nothing runs until it is false"},
      {"suspended, seen before",
       [](Situation& s) {
         s.object.spec->suspend = true;
         s.object.status.current_revision = "003";
         s.object.status.database = "projects@db:5432";
       },
       "Suspended: spec.suspend is true: nothing is read and nothing runs until it is false; "
       "projects@db:5432 was last "
       "seen at 003"},
      {"suspended although everything is broken",
       [](Situation& s) {
         s.object.spec->suspend = true;
         s.observation = NothingObserved(kNow);
       },
       "Suspended: spec.suspend is true: nothing is read and nothing runs until it is false"},
      {"spec refused",
       [](Situation& s) {
         s.object.spec = Fail(ErrorCode::kInvalid, "spec.targetRevision: is required");
       },
       "SpecInvalid: spec.targetRevision: is required"},
      {"source does not parse",
       [](Situation& s) { s.Source(Fail(ErrorCode::kInvalid, "004_step.sql:3:1: unknown key")); },
       "SourceInvalid: 004_step.sql:3:1: unknown key"},
      {"ConfigMap missing",
       [](Situation& s) { s.Source(Fail(ErrorCode::kNotFound, "ConfigMap \"m\" does not exist")); },
       "SourceInvalid: ConfigMap \"m\" does not exist"},
      {"ConfigMap cannot be read now", [](Situation& s) { s.Source(Fail(kUnreachable)); },
       "Retrying: connection refused; it is tried again with pauses of up to 1m"},
      {"Secret missing",
       [](Situation& s) {
         s.Identity({ErrorCode::kNotFound, "Secret \"d\" does not exist"});
       },
       "SecretInvalid: Secret \"d\" does not exist"},
      {"Secret cannot be read now", [](Situation& s) { s.Identity(kUnreachable); },
       "Retrying: connection refused; it is tried again with pauses of up to 1m"},
      {"database down", [](Situation& s) { s.Database(kUnreachable); },
       "DatabaseUnreachable: cannot read projects@db:5432: connection refused; it is tried again "
       "with pauses of up to 1m"},
      {"password refused",
       [](Situation& s) {
         s.Database({ErrorCode::kDenied, "password authentication failed"});
       },
       "DatabaseUnreachable: cannot read projects@db:5432: password authentication failed; it is "
       "tried again with "
       "pauses of up to 1m"},
      {"a pooler that shares sessions",
       [](Situation& s) {
         s.Database({ErrorCode::kUnsuitable, "projects@db:5432 is reached through a pooler"});
       },
       "PoolerDetected: projects@db:5432 is reached through a pooler"},
      {"unknown revision", [](Situation& s) { s.Heads({"9f3c"}); },
       "UnknownRevision: projects@db:5432 is at 9f3c, which is not among the 4 revisions of the "
       "source (revision 9f3c is in no file and not in the ledger): put the missing "
       "file back, or, when the database's version row is what is wrong, correct it with "
       "\"schemactl stamp\""},
      {"the source lost an applied revision",
       [](Situation& s) { s.Source(LinearSource(3)).Stored({StoredStep("004", "003")}); },
       "AwaitingApproval: going from 004 to 003 on projects@db:5432 is a downgrade of 1 step "
       "(reverts 004; no file declares 004 any more: the SQL that the ledger keeps is run) and "
       "spec.policy.downgrade is RequireApproval: set \"spec.policy.downgrade: Allow\" to let it "
       "run, or put the file of 004 back"},
      {"the source lost several, downgrade denied",
       [](Situation& s) {
         s.Source(LinearSource(2))
             .Stored({StoredStep("004", "003"), StoredStep("003", "002")})
             .Downgrade(DowngradePolicy::kDeny);
       },
       "DowngradeDenied: going from 004 to 002 on projects@db:5432 is a downgrade of 2 steps "
       "(reverts 004, 003; no file declares 004, 003 any more: the SQL that the ledger keeps is "
       "run), which \"spec.policy.downgrade: Deny\" forbids: put the files of 004, 003 back, or "
       "change the policy"},
      {"the source lost one, downgrade allowed",
       [](Situation& s) {
         s.Source(LinearSource(3))
             .Stored({StoredStep("004", "003")})
             .Downgrade(DowngradePolicy::kAllow);
       },
       "Advance -004"},
      {"the ledger lacks what a lost revision was built on",
       [](Situation& s) { s.Source(LinearSource(2)).Stored({StoredStep("004", "003")}); },
       "UnknownRevision: projects@db:5432 is at 004, which is not among the 2 revisions of the "
       "source (revision 004 is in no file; the ledger keeps it, but not revision 003, which it "
       "was "
       "built on): put the missing file back, or, when the database's version row is what is "
       "wrong, "
       "correct it with \"schemactl stamp\""},
      {"lost revision without down SQL",
       [](Situation& s) {
         StoredRevision stored = StoredStep("004", "003");
         stored.down_sql.reset();
         s.Source(LinearSource(3)).Stored({stored}).Downgrade(DowngradePolicy::kAllow);
       },
       "DowngradeDenied: projects@db:5432 is at 004 and cannot go down to 003: revision 004 is "
       "irreversible: no file declares it any more, and the ledger keeps no down SQL of it; put "
       "its "
       "file back"},
      {"an applied revision's text changed",
       [](Situation& s) {
         s.observation.database->ledger = {{.revision = "002",
                                            .checksum = "0123456789abcdef",
                                            .finished_at = "2026-11-22T09:00:00Z"}};
       },
       "ChecksumMismatch: projects@db:5432: revision 002 was changed after it had been applied: "
       "002_step.sql has the checksum 1e611f850d0b, the ledger recorded 0123456789ab at "
       "2026-11-22T09:00:00Z; put the text back and write the change as a new revision, or, when "
       "the new text is right for what the database holds, say so: schemactl ledger accept 002"},
      {"a revision changed that is not applied",
       [](Situation& s) {
         s.Heads({"002"});
         s.observation.database->ledger = {{.revision = "003", .checksum = "0123456789abcdef"}};
       },
       "Advance +003 +004"},
      {"downgrade without a word", [](Situation& s) { s.Target("002"); },
       "AwaitingApproval: going from 004 to 002 on projects@db:5432 is a downgrade of 2 steps "
       "(reverts 004, 003) and "
       "spec.policy.downgrade is RequireApproval: set \"spec.policy.downgrade: Allow\" to let it "
       "run, or set "
       "spec.targetRevision back to 004"},
      {"downgrade denied", [](Situation& s) { s.Target("003").Downgrade(DowngradePolicy::kDeny); },
       "DowngradeDenied: going from 004 to 003 on projects@db:5432 is a downgrade of 1 step "
       "(reverts 004), which "
       "\"spec.policy.downgrade: Deny\" forbids: set spec.targetRevision back to 004, or change "
       "the policy"},
      {"downgrade allowed",
       [](Situation& s) { s.Target("002").Downgrade(DowngradePolicy::kAllow); },
       "Advance -004 -003"},
      {"failed for good",
       [](Situation& s) {
         s.Heads({"003"});
         s.object.status.failure = Failure(s, false);
       },
       "MigrationFailed: revision 004 at 004_step.sql:12:3, statement 3, SQLSTATE 42P07: relation "
       "\"x\" already exists; "
       "projects@db:5432 stays at 003; correct the revision's file, the database or the spec: it "
       "is tried again when "
       "one of them changes, and every spec.interval"},
      {"failed, to be tried later",
       [](Situation& s) {
         s.Heads({"003"});
         s.object.status.failure = Failure(s, true);
       },
       "Retrying: attempt 2 on projects@db:5432 failed: revision 004 at 004_step.sql:12:3, "
       "statement 3, SQLSTATE 55P03: "
       "canceling statement due to lock timeout; the next attempt is at 2026-11-22T10:01:00Z"},
      {"in doubt",
       [](Situation& s) {
         s.Heads({"003"});
         s.object.status.failure = Failure(s, false);
         s.object.status.failure->in_doubt = true;
         s.object.status.failure->next_retry_time.reset();
         s.object.status.failure->message = "the connection was lost";
       },
       "InDoubt: revision 004 at 004_step.sql:12:3, statement 3, SQLSTATE 42P07: the connection "
       "was lost; whether this "
       "took effect on projects@db:5432 cannot be proved, so it is not repeated: look at the "
       "database, then say what is true with \"schemactl resolve 004 --done\" or \"schemactl "
       "resolve 004 --retry\"; the operator goes on by itself"},
  };
  for (const auto& c : kCases) {
    Situation situation;
    c.make(situation);
    EXPECT_EQ(Show(situation.Decide()), c.decision) << c.name;
  }
}

// A database with tables that no version row speaks of.
Situation Untold() {
  Situation s;
  s.Heads({});
  s.observation.database->has_user_tables = true;
  return s;
}

TEST(DecideTest, AKindToExcludeThatDoesNotExistIsForAPersonToCorrect) {
  Situation s;
  s.object.spec->policy.drift_exclude = {"table:public.tmp_*", "tables:public.log_*"};
  s.object.spec->suspend = true;
  EXPECT_EQ(Show(s.Decide()),
            "SpecInvalid: spec.policy.driftExclude[1]: does not know the kind 'tables'; write "
            "kind:name, as in table:public.tmp_* or schema:billing, or a name alone; kinds: " +
                Join(KindNames(), ", ") + ", partitions");
}

TEST(DecideTest, TablesWithoutAVersionRowWantABaseline) {
  Situation s = Untold();
  EXPECT_EQ(Show(s.Decide()),
            "BaselineRequired: projects@db:5432 has tables, but no row of public.alembic_version "
            "says which revision they are at: set spec.baseline to the revision whose schema is "
            "there, or to base when these tables are not the revisions' and every one shall run");
  s.object.spec->baseline = "003";
  EXPECT_EQ(Show(s.Decide()), "Adopt 003");
  s.object.spec->baseline = "head";
  EXPECT_EQ(Show(s.Decide()), "Adopt 004");
  s.object.spec->baseline = "base";
  EXPECT_EQ(Show(s.Decide()), "Advance +001 +002 +003 +004");
  s.object.spec->baseline = "9f3c";
  EXPECT_TRUE(Show(s.Decide()).starts_with("TargetNotFound: spec.baseline \"9f3c\": "))
      << Show(s.Decide());
}

TEST(DecideTest, NothingIsAdoptedThatSomebodyHasSpokenOf) {
  Situation s = Untold();
  s.object.spec->baseline = "003";
  s.Heads({"002"});
  EXPECT_EQ(Show(s.Decide()), "Advance +003 +004");
  // A run of ours that was cut off after a statement outside a transaction.
  s.Heads({});
  s.observation.database->has_version_table = true;
  EXPECT_EQ(Show(s.Decide()), "Adopt 003");
  s.observation.database->has_ledger = true;
  EXPECT_EQ(Show(s.Decide()), "Advance +001 +002 +003 +004");
  Situation empty = Untold();
  empty.observation.database->has_user_tables = false;
  EXPECT_EQ(Show(empty.Decide()), "Advance +001 +002 +003 +004");
}

TEST(DecideTest, TablesOfOthersAreNoMatterWhereNothingShallRun) {
  EXPECT_EQ(Show(Untold().Target("base").Decide()),
            "UpToDate: projects@db:5432 is at <base>, as spec.targetRevision \"base\" wants");
}

TEST(PlanBaselineTest, StampsUnlessSomebodyElseDid) {
  const Situation s = Untold();
  const RevisionGraph& graph = *s.observation.source->graph;
  const Goal baseline{{"003"}};
  const auto plan = PlanBaseline(graph, *s.observation.database, baseline);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->to, Heads{"003"});
  DatabaseState moved = *s.observation.database;
  moved.heads = {"002"};
  const auto late = PlanBaseline(graph, moved, baseline);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error(), (Error{ErrorCode::kConflict,
                                 "somebody has said meanwhile that the database is at 002"}));
}

TEST(PlanPermittedTest, TablesThatAppearMeanwhileStopTheRun) {
  const Situation s = Untold();
  const Goal goal = *ResolveGoal(*s.observation.source->graph, "head");
  SchemaVersionSpec spec = *s.object.spec;
  const auto plan = [&] {
    return PlanPermitted(spec, s.observation.source->graph, *s.observation.database, goal);
  };
  ASSERT_FALSE(plan());
  EXPECT_EQ(plan().error(), (Error{ErrorCode::kConflict,
                                   "the database got tables meanwhile and has no version row"}));
  spec.baseline = "base";
  EXPECT_TRUE(plan());
}

TEST(DecideTest, TargetThatNamesNothingIsNotFound) {
  const auto decision = Situation().Target("005").Decide();
  ASSERT_TRUE(std::holds_alternative<Hold>(decision));
  EXPECT_EQ(std::get<Hold>(decision).reason, Reason::kTargetNotFound);
  EXPECT_EQ(std::get<Hold>(decision).message.rfind("spec.targetRevision \"005\": ", 0), 0U)
      << std::get<Hold>(decision).message;
}

TEST(DecideTest, TwoHeadsMakeTheSourceInvalidForHead) {
  auto files = LinearFiles(2);
  files.push_back(
      {"003_a.sql",
       "-- A.\n--\n-- revision: 00a\n-- down_revision: 002\n\n-- migrate:up\nSELECT 1;\n"});
  files.push_back(
      {"003_b.sql",
       "-- B.\n--\n-- revision: 00b\n-- down_revision: 002\n\n-- migrate:up\nSELECT 1;\n"});
  Situation situation;
  situation.Source(LoadSource(files)).Heads({"002"});
  const auto decision = situation.Decide();
  ASSERT_TRUE(std::holds_alternative<Hold>(decision)) << Show(decision);
  EXPECT_EQ(std::get<Hold>(decision).reason, Reason::kSourceInvalid);
  EXPECT_TRUE(std::holds_alternative<Advance>(situation.Target("heads").Decide()));
}

TEST(DecideTest, DowngradeThroughAnIrreversibleRevisionIsDenied) {
  auto files = LinearFiles(1);
  files.push_back(
      {"002_x.sql",
       "-- X.\n--\n-- revision: 002\n-- down_revision: 001\n\n-- migrate:up\nSELECT 1;\n"});
  Situation situation;
  situation.Source(LoadSource(files))
      .Heads({"002"})
      .Target("001")
      .Downgrade(DowngradePolicy::kAllow);
  const auto decision = situation.Decide();
  ASSERT_TRUE(std::holds_alternative<Hold>(decision)) << Show(decision);
  EXPECT_EQ(std::get<Hold>(decision).reason, Reason::kDowngradeDenied);
  EXPECT_NE(std::get<Hold>(decision).message.find("cannot go down to 001: "), std::string::npos);
  EXPECT_NE(std::get<Hold>(decision).message.find("002"), std::string::npos);
}

TEST(DecideTest, FailureIsForgottenWhenWhatWasTriedChanges) {
  const struct {
    const char* name;
    std::function<void(Situation&)> change;
  } kCases[] = {
      {"spec", [](Situation& s) { ++s.object.metadata.generation; }},
      {"request",
       [](Situation& s) { s.object.metadata.annotations["schemaversion.io/requestedAt"] = "now"; }},
      {"another object of the name", [](Situation& s) { s.object.metadata.uid = "u-2"; }},
      {"source", [](Situation& s) { s.observation.source->digest = "sha256:00"; }},
      {"Secret", [](Situation& s) { s.observation.identity->secret_version = "8"; }},
      {"database", [](Situation& s) { s.observation.identity->label = "other@db:5432"; }},
      {"heads", [](Situation& s) { s.Heads({"002"}); }},
      {"a person's word in the ledger",
       [](Situation& s) { s.observation.database->last_word = 7; }},
  };
  for (const auto& c : kCases) {
    for (const bool in_doubt : {false, true}) {
      Situation situation;
      situation.Heads({"003"});
      situation.object.status.failure = Failure(situation, false);
      situation.object.status.failure->in_doubt = in_doubt;
      ASSERT_TRUE(std::holds_alternative<Hold>(situation.Decide())) << c.name;
      c.change(situation);
      EXPECT_TRUE(std::holds_alternative<Advance>(situation.Decide())) << c.name;
    }
  }
}

TEST(DecideTest, FailureIsTriedAgainWhenItsTimeHasCome) {
  for (const bool retryable : {false, true}) {
    Situation situation;
    situation.Heads({"003"});
    situation.object.status.failure = Failure(situation, retryable);
    situation.observation.now = kNow + seconds(59);
    EXPECT_FALSE(std::holds_alternative<Advance>(situation.Decide()));
    situation.observation.now = kNow + seconds(60);
    EXPECT_TRUE(std::holds_alternative<Advance>(situation.Decide()));
  }
}

TEST(DecideTest, FailureIsTriedAgainWhenTheClockWasSetBackBehindIt) {
  for (const bool retryable : {true, false}) {
    Situation situation;
    situation.Heads({"003"});
    situation.object.status.failure = Failure(situation, retryable);
    situation.object.status.failure->next_retry_time = kNow + std::chrono::hours(1);
    EXPECT_TRUE(std::holds_alternative<Advance>(situation.Decide())) << retryable;
  }
}

TEST(DecideTest, DoubtIsNeverTriedAgainByTimeAlone) {
  Situation situation;
  situation.Heads({"003"});
  situation.object.status.failure = Failure(situation, false);
  situation.object.status.failure->in_doubt = true;
  situation.observation.now = kNow + std::chrono::hours(1000);
  EXPECT_FALSE(std::holds_alternative<Advance>(situation.Decide()));
}

TEST(DecideTest, InputsDoNotDependOnTheOrderOfHeads) {
  Situation one;
  Situation other;
  one.Heads({"001", "002"});
  other.Heads({"002", "001"});
  EXPECT_EQ(AttemptInputs(one.object, one.observation),
            AttemptInputs(other.object, other.observation));
}

TEST(PlanPermittedTest, DatabaseThatMovedAheadIsNotWalkedDownWithoutPermission) {
  const auto files = LinearSource(4).graph;
  SchemaVersionSpec spec;
  const Goal goal{{"002"}};
  const auto at = [](const char* head) {
    DatabaseState state;
    state.heads = {head};
    return state;
  };
  const auto refused = PlanPermitted(spec, files, at("004"), goal);
  ASSERT_FALSE(refused);
  EXPECT_EQ(
      refused.error(),
      (Error{ErrorCode::kConflict,
             "the database moved to 004 meanwhile and the way to the target is now a downgrade"}));
  EXPECT_TRUE(PlanPermitted(spec, files, at("001"), goal));
  spec.policy.downgrade = DowngradePolicy::kAllow;
  EXPECT_TRUE(PlanPermitted(spec, files, at("004"), goal));
}

TEST(PlanPermittedTest, RevisionThatChangedMeanwhileStopsTheRun) {
  DatabaseState state;
  state.heads = {"001"};
  state.ledger = {{.revision = "001", .checksum = "0123456789abcdef"}};
  const auto refused = PlanPermitted({}, LinearSource(2).graph, state, Goal{{"002"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_EQ(refused.error().message.rfind("revision 001 was changed after it had been applied", 0),
            0U);
}

TEST(PlanPermittedTest, ADatabaseThatGotTablesMeanwhileIsNotRunOn) {
  const auto files = LinearSource(4).graph;
  SchemaVersionSpec spec;
  DatabaseState state;
  state.has_user_tables = true;
  for (const auto& baseline : {std::optional<std::string>(), std::optional<std::string>("003")}) {
    spec.baseline = baseline;
    const auto refused = PlanPermitted(spec, files, state, Goal{{"004"}});
    ASSERT_FALSE(refused) << baseline.value_or("none");
    EXPECT_EQ(refused.error(), (Error{ErrorCode::kConflict,
                                      "the database got tables meanwhile and has no version row"}));
  }
  spec.baseline = "base";
  EXPECT_TRUE(PlanPermitted(spec, files, state, Goal{{"004"}}));
}

}  // namespace
}  // namespace schemaop
