#include "engine/drift.h"

#include "base/text.h"
#include "engine/schema_snapshot.h"
#include "linear_project.h"
#include "postgres/advisory_lock.h"
#include "postgres/ledger.h"

namespace schemaop::testing {
namespace {

using DriftKind = DriftFinding::Kind;

class DriftTest : public LinearProject {
 protected:
  // REQUIRES: nobody migrates.
  DriftFinding Find(const std::vector<std::string>& exclude = {},
                    const std::optional<DriftFinding>& last = std::nullopt) const {
    DriftQuestion question;
    question.scope.exclude = exclude;
    question.last = last;
    const auto finding = FindDrift(options_, question, {});
    EXPECT_TRUE(finding) << finding.error().message;
    if (!finding || !*finding) return {.kind = DriftKind::kNoSnapshot, .changes = {}, .sql = {}};
    return **finding;
  }

  void Migrated() const {
    ASSERT_EQ(Upgrade({first_}).error, std::nullopt);
    ASSERT_EQ(Find(), AsLeft());
  }

  // What Find gives without drift, but for when it looked.
  DriftFinding AsLeft() const {
    DriftFinding finding;
    finding.looked_at = Find().looked_at;
    return finding;
  }

  const Revision first_ = MakeRevision(
      "001", "", "CREATE TABLE t (a int, b text); CREATE INDEX ix ON t (a)", "DROP TABLE t");
  const Revision second_ = MakeRevision("002", "001", "CREATE TABLE u (a int)", "DROP TABLE u");
};

TEST_F(DriftTest, ARunKeepsTheSchemaThatItLeaves) {
  Migrated();
  EXPECT_EQ(Query("SELECT version_table, heads, actor FROM schemaversion.snapshot"),
            "public.alembic_version|001|" + Query("SELECT actor FROM schemaversion.ledger"));
  EXPECT_EQ(Query("SELECT catalog LIKE '%alembic_version%' OR catalog LIKE '%schemaversion%' "
                  "FROM schemaversion.snapshot"),
            "f")
      << "our own tables are nobody's schema";
}

TEST_F(DriftTest, AnIndexRemovedByHandIsNamedWithTheStatementThatBringsItBack) {
  Migrated();
  Query("DROP INDEX ix");
  const DriftFinding finding = Find();
  EXPECT_EQ(finding.kind, DriftKind::kDrifted);
  EXPECT_EQ(finding.changes, std::vector<std::string>{"index public.ix removed"});
  EXPECT_NE(finding.sql.find("CREATE INDEX ix ON public.t USING btree (a)"), std::string::npos)
      << finding.sql;
  Query("CREATE INDEX ix ON t (a)");
  EXPECT_EQ(Find().kind, DriftKind::kNone) << "the same schema by another way";
}

TEST_F(DriftTest, WhatStandsInNoTablesRowIsNoticedToo) {
  Query(
      "CREATE PUBLICATION p; CREATE SCHEMA s; CREATE FOREIGN DATA WRAPPER w; "
      "CREATE SERVER far FOREIGN DATA WRAPPER w; "
      "CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (a '1'); "
      "CREATE SUBSCRIPTION sub CONNECTION '' PUBLICATION p WITH (connect = false)");
  Migrated();
  for (const auto& [sql, change] :
       {std::pair{"ALTER PUBLICATION p ADD TABLES IN SCHEMA s", "publication schema"},
        std::pair{"ALTER USER MAPPING FOR PUBLIC SERVER far OPTIONS (SET a '2')", "user mapping"},
        std::pair{"ALTER SUBSCRIPTION sub SET (synchronous_commit = 'on')", "subscription"}}) {
    Query(sql);
    const DriftFinding finding = Find();
    EXPECT_NE(Join(finding.changes, "\n").find(change), std::string::npos) << sql;
  }
  Query("ALTER SUBSCRIPTION sub SET (slot_name = NONE); DROP SUBSCRIPTION sub");
}

TEST_F(DriftTest, WhatIsNoChangeOfTheSchemaIsNoDrift) {
  Migrated();
  Query(
      "INSERT INTO t VALUES (1, 'x'); TRUNCATE t; REINDEX TABLE t; ANALYZE t; CREATE TEMP TABLE x "
      "(i int)");
  Query("CREATE TABLE y (i int); DROP TABLE y");
  EXPECT_EQ(Find().kind, DriftKind::kNone);
}

TEST_F(DriftTest, ExcludedObjectsMayChange) {
  Migrated();
  Query("CREATE TABLE tmp_1 (i int); DROP INDEX ix");
  EXPECT_EQ(Find({"table:public.tmp_*"}).changes,
            std::vector<std::string>{"index public.ix removed"});
  EXPECT_EQ(Find({"table:public.tmp_*", "index:public.ix"}).kind, DriftKind::kNone);
}

TEST_F(DriftTest, AnUnchangedSchemaIsNotComparedAgain) {
  Migrated();
  Query("DROP INDEX ix");
  DriftFinding last = Find();
  last.changes = {"taken from the last look"};
  EXPECT_EQ(Find({}, last).changes, last.changes);
  Query("CREATE TABLE x (i int)");
  EXPECT_EQ(Find({}, last).changes,
            (std::vector<std::string>{"table public.x added", "index public.ix removed"}));
}

TEST_F(DriftTest, ARunDoesNotMakeADriftLookRight) {
  Migrated();
  Query("DROP INDEX ix; CREATE TABLE by_hand (i int)");
  ASSERT_EQ(Upgrade({first_, second_}).error, std::nullopt);
  const DriftFinding finding = Find();
  EXPECT_EQ(finding.changes,
            (std::vector<std::string>{"table public.by_hand added", "index public.ix removed"}));
  Query("DROP TABLE by_hand; CREATE INDEX ix ON t (a)");
  EXPECT_EQ(Find().kind, DriftKind::kNone);
}

TEST_F(DriftTest, WhatTheRunItselfTookAwayIsNotExpectedAnyMore) {
  Migrated();
  Query("DROP INDEX ix");
  ASSERT_EQ(Upgrade({first_, MakeRevision("002", "001", "DROP TABLE t", "SELECT 1")}).error,
            std::nullopt);
  EXPECT_EQ(Find().kind, DriftKind::kNone);
}

TEST_F(DriftTest, APersonTakesTheSchemaForRight) {
  Migrated();
  Query("DROP INDEX ix");
  ASSERT_EQ(Find().kind, DriftKind::kDrifted);
  const auto accepted = AcceptSchema(options_, Actor{"a person"}, {});
  ASSERT_TRUE(accepted) << accepted.error().message;
  EXPECT_EQ(Find().kind, DriftKind::kNone);
  EXPECT_EQ(Query("SELECT actor FROM schemaversion.snapshot"), "a person");
}

TEST_F(DriftTest, ADatabaseWithoutASnapshotOrWithAnOlderOneCannotBeJudged) {
  DriftFinding finding = Find();
  EXPECT_EQ(finding.kind, DriftKind::kNoSnapshot);
  EXPECT_EQ(finding.why,
            "no snapshot of the schema was kept yet; the next migration keeps one, or schemactl "
            "drift --accept");
  Migrated();
  Query("UPDATE alembic_version SET version_num = '007'");
  finding = Find();
  EXPECT_EQ(finding.kind, DriftKind::kNoSnapshot);
  EXPECT_EQ(finding.why,
            "the snapshot of the schema is from revision 001, and the database is at 007; the next "
            "migration keeps one, or schemactl drift --accept");
}

TEST_F(DriftTest, NobodyLooksWhileSomebodyMigrates) {
  Migrated();
  auto session = Session::Connect({.dsn = options_.dsn}, {});
  ASSERT_TRUE(session);
  const auto lock = AcquireLock(*session, MigrationLockKey("public", "alembic_version"),
                                std::chrono::milliseconds(0), nullptr, {});
  ASSERT_TRUE(lock && lock->acquired);
  const auto finding = FindDrift(options_, {}, {});
  ASSERT_TRUE(finding) << finding.error().message;
  EXPECT_EQ(*finding, std::nullopt);
}

TEST_F(DriftTest, StampsMoveTheSnapshotAndDoNotHideADrift) {
  Migrated();
  Query("DROP INDEX ix");
  const StampPlan plan{
      .from = {"001"},
      .to = {"002"},
      .purge = false,
      .steps = {{.from = {"001"},
                 .to = "002",
                 .changes = {{.kind = VersionChange::Kind::kUpdate, .from = "001", .to = "002"}},
                 .heads_after = {"002"}}}};
  ASSERT_EQ(Stamp(options_, [&](const DatabaseState&) -> Result<StampPlan> { return plan; },
                  {"a person"}, {})
                .error,
            std::nullopt);
  EXPECT_EQ(Find().changes, std::vector<std::string>{"index public.ix removed"});
}

TEST_F(DriftTest, TheLedgersChainIsAsItWas) {
  Migrated();
  ASSERT_EQ(Upgrade({first_, second_}).error, std::nullopt);
  EXPECT_EQ(LedgerWords(), "applied:001 applied:002");
}

TEST_F(DriftTest, ARunThatMayKeepNoSnapshotIsNoneTheWorse) {
  ASSERT_EQ(Upgrade({first_}).error, std::nullopt);
  Query(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'no'; "
      "END$$; CREATE TRIGGER refuse BEFORE UPDATE ON schemaversion.snapshot FOR EACH ROW EXECUTE "
      "FUNCTION refuse()");
  const RunReport report = Upgrade({first_, second_});
  EXPECT_EQ(report.outcome, RunReport::Outcome::kCompleted);
  ASSERT_TRUE(report.snapshot_problem);
  EXPECT_EQ(report.snapshot_problem->message, "cannot write the snapshot: no (SQLSTATE P0001)");
  EXPECT_EQ(Find().kind, DriftKind::kNoSnapshot);
}

TEST_F(DriftTest, NothingIsKeptWhereNobodyWantsIt) {
  options_.snapshot = SnapshotUse::kNone;
  ASSERT_EQ(Upgrade({first_}).error, std::nullopt);
  EXPECT_EQ(Query("SELECT to_regclass('schemaversion.snapshot') IS NULL"), "t");
}

TEST_F(DriftTest, ALargeSchemaIsCompressedWhereItIsKept) {
  ASSERT_EQ(
      Upgrade({MakeRevision("001", "",
                            "DO $$BEGIN FOR i IN 1..300 LOOP EXECUTE format('CREATE TABLE "
                            "t_%s (id bigint PRIMARY KEY, name text NOT NULL)', i); END LOOP; "
                            "END$$")})
          .error,
      std::nullopt);
  EXPECT_EQ(Query("SELECT pg_column_size(catalog) * 4 < octet_length(catalog) FROM "
                  "schemaversion.snapshot"),
            "t");
}

}  // namespace
}  // namespace schemaop::testing
