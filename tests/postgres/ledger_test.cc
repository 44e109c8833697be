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
      if (row.revision == "003") {
        row.down_sql = "DROP INDEX CONCURRENTLY i";
        row.down_transactional = false;
        row.depends_on = {"c", "d"};
      }
      row.started = ParseRfc3339("2026-11-22T10:00:00.123456Z").value();
      row.finished = ParseRfc3339("2026-11-22T10:00:01.654321Z").value();
      row.actor = "a test";
      EXPECT_TRUE(ledger_.Append(row, {}));
    }
  }

  std::string ErrorAfter(const std::string& sql) {
    server_.Query(database_, "ALTER TABLE schemaversion.ledger DISABLE TRIGGER USER; " + sql);
    const auto checked = VerifyLedgerChain("public.alembic_version", ledger_.Rows({}, {}).value());
    return checked ? "no error" : checked.error().message;
  }

  TestPostgres& server_ = TestPostgres::Shared();
  std::string database_;
  Session session_;
  Ledger ledger_;
};

TEST_F(LedgerTest, RowsComeBackAsTheyWereWrittenAndTheirChainHolds) {
  const auto rows = ledger_.Rows({}, {}).value();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].message, "it's \"ünï\"\n");
  EXPECT_EQ(rows[0].parents, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(rows[0].down_sql, std::nullopt);
  EXPECT_EQ(rows[1].down_sql, "");
  EXPECT_EQ(rows[1].depends_on, std::vector<std::string>());
  EXPECT_EQ(rows[1].down_transactional, std::nullopt);
  EXPECT_EQ(rows[2].depends_on, (std::vector<std::string>{"c", "d"}));
  EXPECT_EQ(rows[2].down_transactional, false);
  EXPECT_EQ(FormatRfc3339Micro(rows[2].finished), "2026-11-22T10:00:01.654321Z");
  EXPECT_EQ(rows[2].previous_hash, rows[1].hash);
  EXPECT_TRUE(VerifyLedgerChain("public.alembic_version", rows));
}

TEST_F(LedgerTest, ChainDoesNotDependOnTheSessionsTimeZoneOrDateStyle) {
  ASSERT_TRUE(session_.Execute("SET timezone = 'Asia/Kathmandu'", {}));
  ASSERT_TRUE(session_.Execute("SET datestyle = 'SQL, DMY'", {}));
  EXPECT_TRUE(VerifyLedgerChain("public.alembic_version", ledger_.Rows({}, {}).value()));
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
  EXPECT_EQ(other.Rows({}, {})->front().sequence, 1);
  EXPECT_EQ(ledger_.Rows({}, {})->size(), 3U);
}

TEST_F(LedgerTest, EveryColumnIsPartOfTheChain) {
  for (const char* column : {"depends_on = 'e'", "down_transactional = true"}) {
    server_.Query(database_, "ALTER TABLE schemaversion.ledger DISABLE TRIGGER USER");
    server_.Query(database_,
                  "UPDATE schemaversion.ledger SET " + std::string(column) + " WHERE sequence = 3");
    EXPECT_FALSE(VerifyLedgerChain("public.alembic_version", ledger_.Rows({}, {}).value()))
        << column;
    server_.Query(database_,
                  "UPDATE schemaversion.ledger SET depends_on = 'c,d', down_transactional = false "
                  "WHERE sequence = 3");
    EXPECT_TRUE(VerifyLedgerChain("public.alembic_version", ledger_.Rows({}, {}).value()));
  }
}

TEST_F(LedgerTest, ListsOneRevisionOrTheNewestRows) {
  LedgerRow again;
  again.revision = "001";
  again.direction = Direction::kDowngrade;
  ASSERT_TRUE(ledger_.Append(again, {}));
  const auto sequences = [&](const LedgerFilter& filter) {
    std::vector<std::int64_t> found;
    const auto rows = ledger_.Rows(filter, {}).value();
    for (const LedgerRow& row : rows) found.push_back(row.sequence);
    return found;
  };
  using Sequences = std::vector<std::int64_t>;
  EXPECT_EQ(sequences({}), (Sequences{1, 2, 3, 4}));
  EXPECT_EQ(sequences({.revision = "001"}), (Sequences{1, 4}));
  EXPECT_EQ(sequences({.limit = 2}), (Sequences{3, 4}));
  EXPECT_EQ(sequences({.revision = "001", .limit = 1}), Sequences{4});
  EXPECT_EQ(sequences({.revision = "004", .limit = 1}), Sequences());
}

TEST_F(LedgerTest, StoresWhatAnAppliedRevisionNeedsToBeTakenBack) {
  const StoredRevision stored = ledger_.Stored("003", {}).value().value();
  EXPECT_EQ(stored.id, "003");
  EXPECT_EQ(stored.down_revisions, (std::vector<RevisionId>{"a", "b"}));
  EXPECT_EQ(stored.depends_on, (std::vector<RevisionId>{"c", "d"}));
  EXPECT_EQ(stored.down_sql, "DROP INDEX CONCURRENTLY i");
  EXPECT_EQ(stored.down_transactional, false);
  EXPECT_EQ(ledger_.Stored("004", {}).value(), std::nullopt);
  LedgerRow back;
  back.revision = "003";
  back.direction = Direction::kDowngrade;
  ASSERT_TRUE(ledger_.Append(back, {}));
  EXPECT_EQ(ledger_.Stored("003", {}).value(), std::nullopt) << "it was taken back";
}

TEST_F(LedgerTest, AcceptedTextTakesThePlaceOfTheOneThatRan) {
  LedgerRow row;
  row.revision = "002";
  row.checksum = "one";
  ASSERT_TRUE(ledger_.Append(row, {}));
  row.kind = LedgerKind::kAccepted;
  row.checksum = "two";
  row.down_sql = "SELECT 'two'";
  ASSERT_TRUE(ledger_.Append(row, {}));
  LedgerSummary summary = ledger_.Summary({}).value();
  ASSERT_EQ(summary.entries.size(), 3U);
  EXPECT_EQ(summary.entries[2].revision, "002");
  EXPECT_EQ(summary.entries[2].checksum, "two");
  EXPECT_EQ(summary.last_word, 5);
  EXPECT_EQ(ledger_.Stored("002", {}).value()->down_sql, "SELECT 'two'");
  row.kind = LedgerKind::kApplied;
  row.checksum = "three";
  ASSERT_TRUE(ledger_.Append(row, {}));
  summary = ledger_.Summary({}).value();
  EXPECT_EQ(summary.entries[2].checksum, "three") << "applied anew since";
  EXPECT_EQ(summary.last_word, 5);
}

TEST_F(LedgerTest, TellsWhichRevisionsWereBegunAndNotEnded) {
  const auto append = [&](LedgerKind kind, const std::string& revision) {
    LedgerRow row;
    row.kind = kind;
    row.revision = revision;
    ASSERT_TRUE(ledger_.Append(row, {}));
  };
  EXPECT_EQ(ledger_.Summary({}).value().begun, std::vector<std::string>());
  append(LedgerKind::kIntent, "010");
  append(LedgerKind::kDone, "011");
  append(LedgerKind::kFailed, "012");
  append(LedgerKind::kDone, "013");
  append(LedgerKind::kApplied, "013");
  append(LedgerKind::kAccepted, "014");
  const LedgerSummary summary = ledger_.Summary({}).value();
  EXPECT_EQ(summary.begun, (std::vector<std::string>{"010", "011", "012"}));
  append(LedgerKind::kStamped, "011");
  EXPECT_EQ(ledger_.Summary({}).value().begun, (std::vector<std::string>{"010", "012"}));
}

// What a table of version 0.1 looked like before depends_on and down_transactional.
TEST_F(LedgerTest, TableOfAnEarlierVersionIsReadAsItIsAndExtendedWhenWritten) {
  server_.Query(database_,
                "ALTER TABLE schemaversion.ledger DISABLE TRIGGER USER;"
                "DELETE FROM schemaversion.ledger WHERE sequence = 3;"
                "ALTER TABLE schemaversion.ledger DROP COLUMN depends_on, "
                "DROP COLUMN down_transactional, DROP CONSTRAINT ledger_kind_check, "
                "ADD CONSTRAINT ledger_kind_check CHECK (kind IN ('applied', 'stamped', 'intent', "
                "'done', 'failed'))");
  EXPECT_TRUE(VerifyLedgerChain("public.alembic_version", ledger_.Rows({}, {}).value()));
  EXPECT_EQ(ledger_.Stored("002", {}).value()->down_transactional, std::nullopt);
  ASSERT_TRUE(ledger_.Create({}));
  LedgerRow row;
  row.kind = LedgerKind::kResolved;
  row.revision = "003";
  row.down_transactional = true;
  ASSERT_TRUE(ledger_.Append(row, {}));
  EXPECT_TRUE(VerifyLedgerChain("public.alembic_version", ledger_.Rows({}, {}).value()));
}

TEST_F(LedgerTest, CreatingItTwiceChangesNothing) {
  EXPECT_TRUE(ledger_.Create({}));
  EXPECT_EQ(ledger_.Rows({}, {})->size(), 3U);
}

}  // namespace
}  // namespace schemaop::testing
