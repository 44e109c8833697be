#include "sql/interruptible.h"

#include <gtest/gtest.h>

namespace schemaop::testing {
namespace {

using Scope = RebuildsIndexes::Scope;
using Kind = ChangesExistence::Kind;

TEST(EffectOfTest, FindsWhatAStatementLeavesInTheCatalog) {
  const struct {
    const char* sql;
    std::optional<Effect> effect;
  } kCases[] = {
      {"create unique index concurrently if not exists I on only S.\"T t\" (a)",
       BuildsIndex{"i", {"s", "T t"}, true}},
      {"CREATE INDEX CONCURRENTLY \"a\"\"b\" ON t USING gin (x)",
       BuildsIndex{"a\"b", {"", "t"}, false}},
      {"CREATE /* one */ INDEX -- two\n CONCURRENTLY i ON t (a)", BuildsIndex{"i", {"", "t"}}},
      {"CREATE INDEX CONCURRENTLY ON t (a)", std::nullopt},
      {"CREATE INDEX CONCURRENTLY \"open", std::nullopt},
      {"CREATE INDEX i ON t (a)", std::nullopt},
      {"DROP INDEX CONCURRENTLY IF EXISTS s.i CASCADE", DropsIndex{{"s", "i"}}},
      {"DROP INDEX CONCURRENTLY a, b", std::nullopt},
      {"REINDEX INDEX CONCURRENTLY s.i", RebuildsIndexes{Scope::kIndex, {"s", "i"}}},
      {"REINDEX (VERBOSE, CONCURRENTLY) TABLE t", RebuildsIndexes{Scope::kTable, {"", "t"}}},
      {"REINDEX (VERBOSE) TABLE CONCURRENTLY t", RebuildsIndexes{Scope::kTable, {"", "t"}}},
      {"REINDEX SCHEMA CONCURRENTLY s", RebuildsIndexes{Scope::kSchema, {"", "s"}}},
      {"REINDEX DATABASE CONCURRENTLY", RebuildsIndexes{Scope::kDatabase, {}}},
      {"REINDEX TABLE t", MayBeRepeated{}},
      {"REINDEX SYSTEM d", MayBeRepeated{}},
      {"ALTER TABLE IF EXISTS ONLY s.p DETACH PARTITION c CONCURRENTLY",
       DetachesPartition{{"s", "p"}, {"", "c"}}},
      {"ALTER TABLE p DETACH PARTITION c", std::nullopt},
      {"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'it''s fine' AFTER 'x'",
       AddsEnumValue{{"", "mood"}, "it's fine"}},
      {"ALTER TYPE mood ADD VALUE E'a\\n'", std::nullopt},
      {"ALTER TYPE mood RENAME VALUE 'a' TO 'b'", std::nullopt},
      {"CREATE DATABASE D WITH OWNER o", ChangesExistence{Kind::kDatabase, true, "d"}},
      {"DROP DATABASE IF EXISTS \"D\" WITH (FORCE)", ChangesExistence{Kind::kDatabase, false, "D"}},
      {"CREATE TABLESPACE fast LOCATION '/x'", ChangesExistence{Kind::kTablespace, true, "fast"}},
      {"DROP SUBSCRIPTION s", ChangesExistence{Kind::kSubscription, false, "s"}},
      {"ALTER DATABASE d SET TABLESPACE t", MayBeRepeated{.persists = true}},
      {"ALTER DATABASE d RENAME TO e", std::nullopt},
      {"ALTER SUBSCRIPTION s REFRESH PUBLICATION", MayBeRepeated{.persists = true}},
      {"ALTER SUBSCRIPTION s ADD PUBLICATION p", std::nullopt},
      {"ALTER SYSTEM SET work_mem = '4MB'", MayBeRepeated{.persists = true}},
      {"VACUUM (FULL) t", MayBeRepeated{}},
      {"CLUSTER", MayBeRepeated{}},
      {"REFRESH MATERIALIZED VIEW CONCURRENTLY v", MayBeRepeated{}},
      {"CALL p()", std::nullopt},
      {"INSERT INTO t VALUES (1)", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& c : kCases) EXPECT_EQ(EffectOf(c.sql), c.effect) << c.sql;
}

TEST(EffectOfTest, CutsNamesAsTheServerDoes) {
  const std::string name = std::string(62, 'i') + "äx";
  const auto effect = EffectOf("DROP INDEX CONCURRENTLY " + name);
  ASSERT_TRUE(effect);
  EXPECT_EQ(std::get<DropsIndex>(*effect).index.name, std::string(62, 'i'));
}

TEST(CommitsWithItsRowTest, OnlyWhatTheServerCertainlyTakesInATransaction) {
  for (const char* sql :
       {"INSERT INTO t VALUES (1)", "update t set a = 1", "CREATE INDEX i ON t (a)", "DROP TABLE t",
        "ALTER TYPE m RENAME VALUE 'a' TO 'b'", "ALTER TABLE p DETACH PARTITION c FINALIZE",
        "COPY t FROM stdin"}) {
    EXPECT_TRUE(CommitsWithItsRow(sql)) << sql;
  }
  for (const char* sql :
       {"CALL p()", "DO $$BEGIN COMMIT; END$$", "SELECT f()", "WITH x AS (SELECT 1) SELECT 1",
        "REINDEX TABLE t", "CLUSTER t", "VACUUM", "CREATE INDEX CONCURRENTLY i ON t (a)",
        "CREATE DATABASE d", "ALTER SYSTEM RESET ALL", "ALTER TYPE m ADD VALUE 'a'",
        "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = false)"}) {
    EXPECT_FALSE(CommitsWithItsRow(sql)) << sql;
  }
}

TEST(MayCommitInsideTest, OnlyWhatTheServerRunsOutsideAnAtomicContext) {
  EXPECT_TRUE(MayCommitInside("CALL p()"));
  EXPECT_TRUE(MayCommitInside("/* x */ do LANGUAGE plpgsql $$BEGIN COMMIT; END$$"));
  EXPECT_FALSE(MayCommitInside("SELECT f()"));
  EXPECT_FALSE(MayCommitInside("VACUUM"));
}

}  // namespace
}  // namespace schemaop::testing
