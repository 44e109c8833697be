#include "sql/classify.h"

#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "postgres/test_postgres.h"
#include "test_connection.h"
#include "test_paths.h"

namespace schemaop {
namespace {

StatementTraits Classified(const std::string& sql) { return Classify({sql, {}, std::nullopt}); }

std::string RuleName(TransactionRule rule) {
  switch (rule) {
    case TransactionRule::kAllowed:
      return "allowed";
    case TransactionRule::kForbidden:
      return "forbidden";
    case TransactionRule::kControl:
      return "control";
  }
  return "?";
}

struct ListedStatement {
  std::string rule;  // allowed, forbidden, control
  std::string note;  // why PostgreSQL 15 cannot be asked; empty when it can
  std::string sql;
};

// transactions.txt: "rule|note|statement" a line.
std::vector<ListedStatement> ListedStatements() {
  std::ifstream stream(std::string(SCHEMAOP_TESTDATA) + "/sql/transactions.txt");
  EXPECT_TRUE(stream);
  std::vector<ListedStatement> list;
  for (std::string line; std::getline(stream, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t first = line.find('|');
    const std::size_t second = line.find('|', first + 1);
    list.push_back({line.substr(0, first), line.substr(first + 1, second - first - 1),
                    line.substr(second + 1)});
  }
  return list;
}

TEST(ClassifyTest, FindsTheTransactionRuleOfEveryListedStatement) {
  const auto list = ListedStatements();
  EXPECT_GE(list.size(), 60U);
  for (const ListedStatement& row : list) {
    EXPECT_EQ(RuleName(Classified(row.sql).transaction), row.rule) << row.sql;
  }
}

// The server refuses with 25001 exactly what is forbidden; where only the catalog decides, the list
// says so.
TEST(ClassifyTest, AgreesWithTheServerOnWhatATransactionBlockForbids) {
  testing::TestPostgres& server = testing::TestPostgres::Shared();
  const std::string database = server.CreateDatabase();
  server.Query(database,
               "CREATE TABLE torture (a int); CREATE INDEX torture_a ON torture (a); "
               "CREATE TABLE pt (a int) PARTITION BY RANGE (a); CREATE INDEX pt_a_idx ON pt (a); "
               "CREATE TABLE pt1 PARTITION OF pt FOR VALUES FROM (1) TO (2); "
               "CREATE MATERIALIZED VIEW mv AS SELECT 1 AS a; CREATE UNIQUE INDEX mv_a ON mv (a); "
               "CREATE TYPE en AS ENUM ('a')");
  testing::TestConnection connection(server.Url(database));
  for (const ListedStatement& row : ListedStatements()) {
    if (row.rule == "control" || !row.note.empty()) continue;
    const auto run =
        testing::Run({.arguments = {"psql", "-X", "-v", "VERBOSITY=verbose", "-c", "BEGIN", "-c",
                                    row.sql, "-c", "ROLLBACK", server.Url(database)}});
    const bool refused = run.err.find("25001") != std::string::npos;
    EXPECT_EQ(refused, row.rule == "forbidden") << row.sql << "\n" << run.err;
  }
}

TEST(ClassifyTest, NamesAStatementByItsLeadingKeywords) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ""},
      {"'x'", ""},
      {"select 1", "SELECT"},
      {"((SELECT 1))", "SELECT"},
      {"insert into t values (1)", "INSERT"},
      {"CREATE TABLE t (a int)", "CREATE TABLE"},
      {"create /* x */ or replace -- y\n function f() ...", "CREATE FUNCTION"},
      {"CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", "CREATE INDEX CONCURRENTLY"},
      {"CREATE UNLOGGED TABLE t (a int)", "CREATE TABLE"},
      {"CREATE TEMP TABLE t (a int)", "CREATE TABLE"},
      {"DROP MATERIALIZED VIEW v", "DROP MATERIALIZED VIEW"},
      {"ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO a", "ALTER DEFAULT PRIVILEGES"},
      {"REFRESH MATERIALIZED VIEW CONCURRENTLY v", "REFRESH MATERIALIZED VIEW"},
      {"START TRANSACTION", "START TRANSACTION"},
      {"ROLLBACK PREPARED 'x'", "ROLLBACK PREPARED"},
      {"\"CREATE\" TABLE", ""},
  };
  for (const auto& [sql, tag] : cases) EXPECT_EQ(Classified(sql).tag, tag) << sql;
}

TEST(ClassifyTest, SaysWhatIsLost) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"DROP TABLE payments", "drops table payments"},
      {"drop table if exists app.\"Orders\", b cascade",
       "drops table app.\"Orders\", b and everything that depends on it"},
      {"DROP SCHEMA app RESTRICT", "drops schema app"},
      {"DROP DATABASE x WITH (FORCE)", "drops database x"},
      {"DROP SEQUENCE s", "drops sequence s"},
      {"DROP EXTENSION hstore", "drops extension hstore"},
      {"DROP OWNED BY a, b", "drops everything owned by a, b"},
      {"DROP TYPE t CASCADE", "drops type t and everything that depends on it"},
      {"DROP FUNCTION f(int, text), g CASCADE",
       "drops function f, g and everything that depends on it"},
      {"TRUNCATE a, ONLY b", "truncates a, b"},
      {"TRUNCATE TABLE a* RESTART IDENTITY CASCADE",
       "truncates a and every table that refers to it"},
      {"ALTER TABLE payments DROP COLUMN note", "drops column payments.note"},
      {"ALTER TABLE IF EXISTS ONLY s.t DROP a, ADD COLUMN b numeric(1, 2), DROP COLUMN IF EXISTS "
       "\"C\" CASCADE",
       "drops columns s.t.a, s.t.\"C\""},
      {"ALTER TYPE pair DROP ATTRIBUTE b", "drops attribute pair.b"},
      {"DELETE FROM payments", "deletes every row of payments"},
      {"DELETE FROM ONLY a USING (SELECT 1 WHERE true) b RETURNING *", "deletes every row of a"},
      {"WITH old AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM old WHERE true",
       "deletes every row of a"},
      {"WITH x AS (SELECT 1 WHERE true) DELETE FROM a", "deletes every row of a"},
  };
  for (const auto& [sql, phrase] : cases) EXPECT_EQ(Classified(sql).destroys, phrase) << sql;
}

TEST(ClassifyTest, SaysNothingWhenNothingIsLost) {
  const std::vector<std::string> harmless = {
      "SELECT 'DROP TABLE a'",
      "DROP VIEW v",
      "DROP VIEW v CASCADE",
      "DROP INDEX i",
      "DROP FUNCTION f(int)",
      "DROP TYPE t",
      "DELETE FROM a WHERE b = 1",
      "DELETE FROM a USING b, (SELECT 1) c WHERE a.x = b.x",
      "DELETE FROM a WHERE CURRENT OF c",
      "WITH old AS (DELETE FROM a WHERE true RETURNING *) INSERT INTO b SELECT * FROM old",
      "ALTER TABLE a DROP CONSTRAINT c",
      "ALTER TABLE a ALTER COLUMN b DROP NOT NULL, ALTER c DROP DEFAULT",
      "ALTER TABLE a ADD CONSTRAINT c CHECK (d IN (1, 2)), ADD b int",
      "CREATE TABLE a (b int REFERENCES c ON DELETE CASCADE)",
      "GRANT TRUNCATE, DELETE ON a TO b",
  };
  for (const std::string& sql : harmless) {
    EXPECT_EQ(Classified(sql).destroys, std::nullopt) << sql;
  }
}

TEST(ClassifyTest, KnowsWhenStringsStopBeingStandard) {
  const auto switches_off = [](const std::string& sql) {
    return SwitchesOffStandardStrings({sql, {}, std::nullopt});
  };
  EXPECT_TRUE(switches_off("SET standard_conforming_strings = off"));
  EXPECT_TRUE(switches_off("set local STANDARD_CONFORMING_STRINGS to 'off'"));
  EXPECT_TRUE(switches_off("SET SESSION standard_conforming_strings = 0"));
  EXPECT_FALSE(switches_off("SET standard_conforming_strings = on"));
  EXPECT_FALSE(switches_off("SET standard_conforming_strings TO DEFAULT"));
  EXPECT_FALSE(switches_off("SET standard_conforming_strings TO 'on'"));
  EXPECT_FALSE(switches_off("SET backslash_quote = off"));
}

}  // namespace
}  // namespace schemaop
