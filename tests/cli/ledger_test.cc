// ledger, resolve, and what the ledger holds against a run, on a real server.
#include <csignal>

#include <gtest/gtest.h>

#include "postgres/test_postgres.h"
#include "schemactl.h"
#include "test_paths.h"

namespace schemaop::testing {
namespace {

class LedgerCommandTest : public ::testing::Test {
 protected:
  LedgerCommandTest() : database_(TestPostgres::Shared().CreateDatabase()) {
    schemactl_.UseDatabase(TestPostgres::Shared().Url(database_));
  }

  std::string Query(const std::string& sql) const {
    return TestPostgres::Shared().Query(database_, sql);
  }
  RunResult Must(const std::vector<std::string>& arguments) const {
    RunResult result = schemactl_.Run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result;
  }
  void Remove(const std::string& name) const {
    std::filesystem::remove(schemactl_.folder() / "migrations/versions" / name);
  }
  // Revision 001 whose only statement nobody can prove; the run dies once it is done, before that
  // is noted.
  void LeaveInDoubt() {
    Query("CREATE TABLE a (id int)");
    schemactl_.AddRevision("001.sql",
                           "-- Opaque\n--\n-- revision: 001\n-- down_revision: none\n\n"
                           "-- migrate:up transaction:false\n"
                           "DO $$BEGIN INSERT INTO a VALUES (7); COMMIT; END$$;\n\n"
                           "-- migrate:down\nDELETE FROM a;\n");
    schemactl_.SetEnvironment("SCHEMAOP_FAULT", "engine.lone.known:kill");
    EXPECT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 128 + SIGKILL);
    schemactl_.SetEnvironment("SCHEMAOP_FAULT", "");
    EXPECT_TRUE(TestPostgres::Shared().WaitUntilAlone(database_));
  }

  std::string database_;
  Schemactl schemactl_;
};

TEST_F(LedgerCommandTest, ViewsKnowAnAppliedRevisionWithoutItsFile) {
  schemactl_.AddTables(2);
  Must({"upgrade", "head"});
  Remove("002_t.sql");
  EXPECT_EQ(Must({"current"}).out, "002 (no file, kept in the ledger)\n");
  EXPECT_EQ(Must({"show", "current"}).out,
            "Rev: 002 (head)\nParent: 001\nPath: ledger:002\n\n    Create t2\n\n");
  EXPECT_NE(Must({"show", "current", "-o", "json"}).out.find("\"current\": true"),
            std::string::npos);
  EXPECT_EQ(Must({"history", "-r", "current:"}).out,
            "001 -> 002 (no file, kept in the ledger), Create t2\n");
  EXPECT_EQ(Must({"history", "-r", ":current"}).out,
            "001 -> 002 (no file, kept in the ledger), Create t2\n<base> -> 001, Create t1\n");
  schemactl_.SetEnvironment("LC_ALL", "C");
  EXPECT_EQ(Must({"history", "--graph", "-i"}).out,
            "@ 002 (no file, kept in the ledger) (current), Create t2\n* 001, Create t1\n\n"
            "@ current   * applied   o pending\n");
  schemactl_.SetEnvironment("EDITOR", "false");
  const RunResult edit = schemactl_.Run({"edit", "current"});
  EXPECT_EQ(edit.exit_code, 2);
  EXPECT_EQ(edit.err,
            "schemactl: revision 002 has no file here: the database's ledger alone knows of it\n");
}

TEST_F(LedgerCommandTest, ListsWhoAppliedWhat) {
  schemactl_.AddTables(2);
  EXPECT_EQ(Must({"ledger"}).out,
            "ROW   REVISION   DIRECTION   KIND   STATEMENT   FINISHED   BY\n");
  Must({"upgrade", "head"});
  Must({"downgrade", "001"});
  EXPECT_EQ(Must({"ledger", "-o", "name"}).out, "1\n2\n3\n");
  EXPECT_EQ(Must({"ledger", "-o", "name", "--revision", "002"}).out, "2\n3\n");
  EXPECT_EQ(Must({"ledger", "-o", "name", "--limit", "1"}).out, "3\n");
  const std::string table = Must({"ledger", "--limit", "1"}).out;
  EXPECT_NE(table.find("\n3     002        downgrade   applied   -           20"),
            std::string::npos)
      << table;
  const std::string wide = Must({"ledger", "-o", "wide"}).out;
  EXPECT_NE(wide.find("   TOOK "), std::string::npos) << wide;
  EXPECT_NE(wide.find("   Create t1\n"), std::string::npos) << wide;
  const std::string json = Must({"ledger", "-o", "json", "--revision", "001"}).out;
  for (const char* part :
       {"\"row\": \"1\",", "\"kind\": \"applied\",", "\"up_sql\": \"CREATE TABLE",
        "\"down_transactional\": true,", "\"statement\": 0,"}) {
    EXPECT_NE(json.find(part), std::string::npos) << part << json;
  }
  EXPECT_NE(Must({"ledger", "-o", "yaml"}).out.find("- row: \"1\"\n  kind: \"applied\"\n"),
            std::string::npos);
  EXPECT_EQ(schemactl_.Run({"ledger", "--limit", "0"}).exit_code, 2);
}

TEST_F(LedgerCommandTest, VerifiesTheChainAndNamesTheFirstBrokenRow) {
  schemactl_.AddTables(2);
  EXPECT_EQ(Must({"ledger", "verify"}).out, "the ledger of public.alembic_version holds: 0 rows\n");
  Must({"upgrade", "head"});
  EXPECT_EQ(Must({"ledger", "verify"}).out,
            "the ledger of public.alembic_version holds: 2 rows, the last " +
                Query("SELECT hash FROM schemaversion.ledger WHERE sequence = 2") + "\n");
  Query(
      "ALTER TABLE schemaversion.ledger DISABLE TRIGGER USER;"
      "UPDATE schemaversion.ledger SET actor = 'nobody' WHERE sequence = 1");
  const RunResult broken = schemactl_.Run({"ledger", "verify"});
  EXPECT_EQ(broken.exit_code, 3);
  EXPECT_EQ(broken.err,
            "schemactl: row 1 of the ledger of public.alembic_version (revision 001) was changed "
            "after it was written\n");
}

TEST_F(LedgerCommandTest, ChangedRevisionStopsEverythingUntilItIsAcceptedOrPutBack) {
  schemactl_.AddTables(3);
  Must({"upgrade", "002"});
  const std::filesystem::path file = schemactl_.folder() / "migrations/versions/001_t.sql";
  const std::string text = ReadFile(file);
  WriteFile(file, text + "-- a remark\n");
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"upgrade", "head"}, {"upgrade", "head", "--dry-run"}, {"downgrade", "base", "--yes"}}) {
    const RunResult refused = schemactl_.Run(arguments);
    EXPECT_EQ(refused.exit_code, 4) << arguments.front();
    EXPECT_TRUE(
        refused.err.starts_with("schemactl: revision 001 was changed after it had been applied: "
                                "migrations/versions/001_t.sql has the checksum "))
        << refused.err;
    EXPECT_TRUE(refused.err.ends_with("say so: schemactl ledger accept 001\n")) << refused.err;
  }
  const RunResult current = Must({"current", "-v"});
  EXPECT_TRUE(current.err.starts_with("schemactl: warning: revision 001 was changed after"))
      << current.err;
  EXPECT_EQ(Must({"current"}).err, "");
  EXPECT_EQ(Query("SELECT version_num FROM alembic_version"), "002");

  EXPECT_EQ(
      Must({"ledger", "accept", "001"}).err,
      "the ledger has the text of revision 001 as it is in migrations/versions/001_t.sql now\n");
  Must({"upgrade", "head"});
  const RunResult again = schemactl_.Run({"ledger", "accept", "001"});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_EQ(again.err,
            "schemactl: there is nothing to accept: revision 001 is not applied, or its text is "
            "the one that ran, or the ledger does not know which one ran\n");
  WriteFile(file, text);
  EXPECT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 4) << "the accepted text counts now";
  Must({"ledger", "accept", "001"});
  Must({"ledger", "verify"});
  EXPECT_EQ(schemactl_.Run({"ledger", "accept", "9f3c"}).exit_code, 2);
}

TEST_F(LedgerCommandTest, CheckHeadsFailsForAChangedRevision) {
  schemactl_.AddTables(1);
  Must({"upgrade", "head"});
  const std::filesystem::path file = schemactl_.folder() / "migrations/versions/001_t.sql";
  WriteFile(file, ReadFile(file) + "-- a remark\n");
  EXPECT_EQ(schemactl_.Run({"current", "--check-heads"}).exit_code, 3);
}

TEST_F(LedgerCommandTest, RevisionsWhoseFilesAreGoneAreTakenBack) {
  schemactl_.AddTables(3);
  Must({"upgrade", "head"});
  Remove("003_t.sql");
  Remove("002_t.sql");
  EXPECT_EQ(Must({"current"}).out, "003 (no file, kept in the ledger)\n");
  const RunResult upgrade = schemactl_.Run({"upgrade", "head"});
  EXPECT_EQ(upgrade.exit_code, 1);
  EXPECT_EQ(
      upgrade.err,
      "schemactl: the database is at revision '003', which no file of this project declares; "
      "get that file back, or take it back as the ledger keeps it: schemactl downgrade 001\n");
  const std::string warnings =
      "schemactl: warning: no file declares 003 any more: the SQL that the ledger keeps is run\n"
      "schemactl: warning: no file declares 002 any more: the SQL that the ledger keeps is run\n";
  const RunResult preview = Must({"downgrade", "001", "--dry-run"});
  EXPECT_EQ(preview.err, warnings);
  EXPECT_EQ(preview.out,
            "Would run downgrade 003 -> 002, Create t3\n  drops table t3\n"
            "Would run downgrade 002 -> 001, Create t2\n  drops table t2\n");
  EXPECT_EQ(Must({"downgrade", "001"}).err, warnings +
                                                "Running downgrade 003 -> 002, Create t3\n"
                                                "Running downgrade 002 -> 001, Create t2\n");
  EXPECT_EQ(Must({"current"}).out, "001 (head)\n");
  EXPECT_EQ(Query("SELECT count(*) FROM pg_class WHERE relname IN ('t2', 't3')"), "0");
}

TEST_F(LedgerCommandTest, LostRevisionWhoseParentNobodyKnowsIsAnErrorAsEver) {
  schemactl_.AddTables(3);
  Must({"stamp", "002"});
  Must({"upgrade", "head"});
  Remove("003_t.sql");
  Remove("002_t.sql");
  const RunResult down = schemactl_.Run({"downgrade", "base"});
  EXPECT_EQ(down.exit_code, 1);
  EXPECT_TRUE(
      down.err.starts_with("schemactl: the database is at revision '003', which no file of "
                           "this project declares; get that file back, or say where"))
      << down.err;
}

TEST_F(LedgerCommandTest, DoubtIsSettledByTheCommandThatItsMessageNames) {
  LeaveInDoubt();
  const RunResult doubt = schemactl_.Run({"upgrade", "head"});
  EXPECT_EQ(doubt.exit_code, 6);
  EXPECT_EQ(doubt.err,
            "schemactl: migrations/versions/001.sql:7:1: an earlier run was cut off in this "
            "statement, which runs outside a transaction\n"
            "    7 | DO $$BEGIN INSERT INTO a VALUES (7); COMMIT; END$$;\n"
            "      | ^\n"
            "the database is at base; look whether the statement took effect, then run: schemactl "
            "resolve 001 --done\n"
            "or, when it did not: schemactl resolve 001 --retry\n");
  EXPECT_EQ(Must({"resolve", "001", "--done"}).err,
            "statement 1 of the upgrade of revision 001 is noted as done; to go on, run: schemactl "
            "upgrade TARGET\n");
  Must({"upgrade", "head"});
  EXPECT_EQ(Query("SELECT count(*) FROM a"), "1");
  EXPECT_EQ(Query("SELECT string_agg(kind, ' ' ORDER BY sequence) FROM schemaversion.ledger"),
            "intent resolved applied");
  Must({"ledger", "verify"});
}

TEST_F(LedgerCommandTest, DoubtNamesTheCommandAsItWasTyped) {
  LeaveInDoubt();
  std::filesystem::create_symlink(SCHEMAOP_SCHEMACTL, schemactl_.folder() / "kubectl-schema");
  ProcessOptions plugin = schemactl_.Options({});
  plugin.arguments = {"./kubectl-schema", "-d", "migrations", "upgrade", "head"};
  const RunResult doubt = testing::Run(plugin);
  EXPECT_EQ(doubt.exit_code, 6);
  EXPECT_TRUE(
      doubt.err.ends_with("then run: kubectl schema -d migrations resolve 001 --done\n"
                          "or, when it did not: kubectl schema -d migrations resolve 001 "
                          "--retry\n"))
      << doubt.err;
}

TEST_F(LedgerCommandTest, EachMessageNamesItsCommandWithTheProjectThatWasTyped) {
  schemactl_.AddTables(3);
  Must({"upgrade", "002"});
  const auto expect = [this](std::vector<std::string> arguments, const std::string& command) {
    arguments.insert(arguments.begin(), {"-d", "migrations"});
    const RunResult result = schemactl_.Run(arguments);
    EXPECT_NE(result.exit_code, 0);
    EXPECT_NE(result.err.find("schemactl -d migrations " + command), std::string::npos)
        << result.err;
  };
  expect({"current", "--check-heads"}, "upgrade heads\n");
  expect({"upgrade", "001:002"}, "upgrade 001:002 --sql\n");
  expect({"stamp", "001:002"}, "stamp 001:002 --sql\n");
  expect({"downgrade", "base", "--sql"}, "downgrade head:base --sql\n");
  expect({"check"}, "schema dump revisions > migrations/schema.sql\n");
  Remove("003_t.sql");
  Remove("002_t.sql");
  expect({"upgrade", "head"}, "downgrade 001\n");
  schemactl_.AddRevision("001_t.sql", TableRevision(1) + "DROP TABLE IF EXISTS t1;\n");
  expect({"upgrade", "head"}, "ledger accept 001\n");
}

TEST_F(LedgerCommandTest, ResolveToRetrySendsTheStatementAgain) {
  LeaveInDoubt();
  Query("DELETE FROM a");
  EXPECT_EQ(Must({"resolve", "001", "--retry"}).err,
            "statement 1 of the upgrade of revision 001 will be sent again; to go on, run: "
            "schemactl upgrade TARGET\n");
  Must({"upgrade", "head"});
  EXPECT_EQ(Query("SELECT count(*) FROM a"), "1");
}

TEST_F(LedgerCommandTest, ResolveIsRefusedWithoutAWordOrADoubt) {
  schemactl_.AddTables(1);
  Must({"upgrade", "head"});
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"resolve", "001"}, {"resolve", "001", "--done", "--retry"}}) {
    const RunResult refused = schemactl_.Run(arguments);
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_EQ(refused.err,
              "schemactl: resolve needs --done (the statement took effect) or --retry (it did "
              "not); look at the database first\n");
  }
  const RunResult nothing = schemactl_.Run({"resolve", "001", "--done"});
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_EQ(nothing.err,
            "schemactl: nothing to resolve: no statement of revision 001 is in doubt; 'schemactl "
            "ledger' shows what ran\n");
}

}  // namespace
}  // namespace schemaop::testing
