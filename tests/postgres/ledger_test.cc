#include "postgres/ledger.h"

#include <gtest/gtest.h>

#include "postgres/test_postgres.h"

namespace schemaop::testing {
namespace {

class LedgerTest : public ::testing::Test {
 protected:
  LedgerTest()
      : database_(server_.CreateDatabase()),
        session_(Session::Connect({.dsn = ParseDatabaseUrl(server_.Url(database_)).value()}, {})
                     .value()),
        ledger_(session_, "schemaversion", "public.alembic_version") {
    EXPECT_TRUE(ledger_.Create({}));
    for (const char* revision : {"001", "002", "003"}) {
      LedgerRow row;
      row.revision = revision;
      row.message = "it's \"ünï\"\n";
      row.parents = {"a", "b"};
      row.up_sql = "SELECT '🐘'";
      if (row.revision == "002") row.down_sql = "";
      row.started = ParseRfc3339("2026-11-22T10:00:00.123456Z").value();
      row.finished = ParseRfc3339("2026-11-22T10:00:01.654321Z").value();
      row.actor = "a test";
      EXPECT_TRUE(ledger_.Append(row, {}));
    }
  }

  std::string ErrorAfter(const std::string& sql) {
    server_.Query(database_, "ALTER TABLE schemaversion.ledger DISABLE TRIGGER USER; " + sql);
    const auto checked = VerifyLedgerChain("public.alembic_version", ledger_.Rows({}).value());
    return checked ? "no error" : checked.error().message;
  }

  TestPostgres& server_ = TestPostgres::Shared();
  std::string database_;
  Session session_;
  Ledger ledger_;
};

TEST_F(LedgerTest, RowsComeBackAsTheyWereWrittenAndTheirChainHolds) {
  const auto rows = ledger_.Rows({}).value();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].message, "it's \"ünï\"\n");
  EXPECT_EQ(rows[0].parents, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(rows[0].down_sql, std::nullopt);
  EXPECT_EQ(rows[1].down_sql, "");
  EXPECT_EQ(FormatRfc3339Micro(rows[2].finished), "2026-11-22T10:00:01.654321Z");
  EXPECT_EQ(rows[2].previous_hash, rows[1].hash);
  EXPECT_TRUE(VerifyLedgerChain("public.alembic_version", rows));
}

TEST_F(LedgerTest, ChainDoesNotDependOnTheSessionsTimeZoneOrDateStyle) {
  ASSERT_TRUE(session_.Execute("SET timezone = 'Asia/Kathmandu'", {}));
  ASSERT_TRUE(session_.Execute("SET datestyle = 'SQL, DMY'", {}));
  EXPECT_TRUE(VerifyLedgerChain("public.alembic_version", ledger_.Rows({}).value()));
}

TEST_F(LedgerTest, RefusesToBeChanged) {
  for (const char* sql : {"UPDATE schemaversion.ledger SET actor = 'x'",
                          "DELETE FROM schemaversion.ledger", "TRUNCATE schemaversion.ledger"}) {
    EXPECT_EQ(session_.Execute(sql, {}).error().message, "the ledger is append-only") << sql;
  }
}

TEST_F(LedgerTest, ChangedRowIsNamed) {
  EXPECT_EQ(ErrorAfter("UPDATE schemaversion.ledger SET actor = 'x' WHERE sequence = 2"),
            "row 2 of the ledger of public.alembic_version (revision 002) was changed after it was "
            "written");
}

TEST_F(LedgerTest, RemovedRowIsNamed) {
  EXPECT_EQ(ErrorAfter("DELETE FROM schemaversion.ledger WHERE sequence = 2"),
            "the ledger of public.alembic_version has no row 2 that row 3 follows: rows were "
            "removed or replaced");
}

TEST_F(LedgerTest, EachVersionTableHasItsOwnChain) {
  Ledger other(session_, "schemaversion", "tenant.alembic_version");
  LedgerRow row;
  row.revision = "001";
  ASSERT_TRUE(other.Append(row, {}));
  EXPECT_EQ(other.Rows({})->front().sequence, 1);
  EXPECT_EQ(ledger_.Rows({})->size(), 3U);
}

TEST_F(LedgerTest, CreatingItTwiceChangesNothing) {
  EXPECT_TRUE(ledger_.Create({}));
  EXPECT_EQ(ledger_.Rows({})->size(), 3U);
}

}  // namespace
}  // namespace schemaop::testing
