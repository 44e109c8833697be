// check, revision --autogenerate, diff, schema dump and drift, on the sample project and small
// ones.
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "postgres/test_postgres.h"
#include "schemactl.h"
#include "test_paths.h"

namespace schemaop::testing {
namespace {

class SchemaCommandsTest : public ::testing::Test {
 protected:
  SchemaCommandsTest() : database_(server_.CreateDatabase()) {
    schemactl_.UseDatabase(server_.Url(database_));
  }

  void UseSample() const {
    std::filesystem::copy(std::filesystem::path(SCHEMAOP_SOURCE_DIR) / "migrations",
                          schemactl_.folder() / "migrations",
                          std::filesystem::copy_options::recursive);
  }

  // A project of one revision, 001, which makes `schema`, and says so in schema.sql.
  void UseProject(const std::string& schema) const {
    schemactl_.AddRevision("001_first.sql",
                           "-- First\n-- revision: 001\n-- down_revision: none\n\n"
                           "-- migrate:up\n" +
                               schema);
    Desire(schema);
  }

  void Desire(const std::string& schema) const {
    WriteFile(schemactl_.folder() / "migrations/schema.sql", schema);
  }

  std::string Revision(const std::string& name) const {
    return ReadFile(schemactl_.folder() / "migrations/versions" / name);
  }

  // A table's name, quoted, that makes the file "hit" when psql reads it outside of quotes and
  // comments.
  static std::string HostileName(const std::string& line_break) {
    return "\"x" + line_break + "\\! touch hit #\"";
  }

  void ExpectHarmlessInPsql(const std::string& script) const {
    WriteFile(schemactl_.folder() / "script.sql", script);
    ProcessOptions psql;
    psql.arguments = {"psql", "--no-psqlrc", "--quiet", "--file=script.sql",
                      server_.Url(database_)};
    psql.working_directory = schemactl_.folder();
    EXPECT_EQ(testing::Run(psql).err, "") << script;
    EXPECT_FALSE(std::filesystem::exists(schemactl_.folder() / "hit")) << script;
  }

  std::string Query(const std::string& sql) const { return server_.Query(database_, sql); }
  std::string ScratchDatabases() const {
    return server_.Query(
        "postgres", "SELECT count(*) FROM pg_database WHERE datname LIKE 'schemaop_scratch_%'");
  }

  TestPostgres& server_ = TestPostgres::Shared();
  std::string database_;
  Schemactl schemactl_;
};

TEST_F(SchemaCommandsTest, TheSamplesSchemaAndItsRevisionsAgree) {
  UseSample();
  const RunResult check = schemactl_.Run({"check"});
  EXPECT_EQ(check.exit_code, 0) << check.err << check.out;
  EXPECT_EQ(check.out, "No new upgrade operations detected.\n");
  EXPECT_EQ(Query("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"), "0")
      << "the project's database is not touched";
  EXPECT_EQ(ScratchDatabases(), "0");
}

TEST_F(SchemaCommandsTest, AnIndexThatIsRemovedByHandIsADriftWithItsStatement) {
  UseSample();
  ASSERT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  const RunResult none = schemactl_.Run({"drift"});
  EXPECT_EQ(none.exit_code, 0) << none.err;
  EXPECT_EQ(none.out, "No drift: the schema is as 004 (head) left it.\n");
  Query("DROP INDEX ix_projects_customer");
  const RunResult drift = schemactl_.Run({"drift"});
  EXPECT_EQ(drift.exit_code, 3);
  EXPECT_EQ(drift.out,
            "-- index public.ix_projects_customer removed\n\n"
            "CREATE INDEX ix_projects_customer ON public.projects USING btree (customer);\n");
  EXPECT_NE(drift.err.find("the schema is not as 004 (head) left it; the statements above take the "
                           "changes back; to take them for right, run: schemactl drift --accept\n"),
            std::string::npos)
      << drift.err;
  Query(drift.out);
  EXPECT_EQ(schemactl_.Run({"drift"}).exit_code, 0) << "what it prints takes the drift back";
}

TEST_F(SchemaCommandsTest, ProgramsGetDifferencesAsADocument) {
  UseProject("CREATE TABLE t (a int);\n");
  ASSERT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  const std::string same = R"({"agree":true,"changes":[],"sql":""})";
  const auto document = [&](std::vector<std::string> words, int exit_code) {
    words.insert(words.end(), {"-o", "json"});
    const RunResult result = schemactl_.Run(words);
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    return nlohmann::ordered_json::parse(result.out).dump();
  };
  Desire("CREATE TABLE t (a int);\n");
  EXPECT_EQ(document({"check"}, 0), same);
  EXPECT_EQ(document({"diff", "live", "schema"}, 0), same);
  EXPECT_EQ(document({"drift"}, 0), same);
  Desire("CREATE TABLE t (a int);\nCREATE INDEX i ON t (a);\n");
  EXPECT_EQ(document({"check"}, 3),
            R"({"agree":false,"changes":["index public.i added"],"sql":""})");
  EXPECT_EQ(document({"diff", "live", "schema"}, 3),
            R"({"agree":false,"changes":["index public.i added"],)"
            R"("sql":"CREATE INDEX i ON public.t USING btree (a);\n"})");
  Query("CREATE INDEX i ON t (a)");
  EXPECT_EQ(document({"drift"}, 3), R"({"agree":false,"changes":["index public.i added"],)"
                                    R"("sql":"DROP INDEX public.i;\n"})");
  EXPECT_EQ(schemactl_.Run({"drift", "-o", "name"}).out, "index public.i added\n");
}

TEST_F(SchemaCommandsTest, APersonTakesADriftForRight) {
  UseSample();
  ASSERT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  Query("DROP INDEX ix_projects_customer");
  const RunResult accept = schemactl_.Run({"drift", "--accept"});
  EXPECT_EQ(accept.exit_code, 0) << accept.err;
  EXPECT_EQ(schemactl_.Run({"drift"}).exit_code, 0);
  EXPECT_EQ(schemactl_.Run({"ledger", "verify"}).exit_code, 0);
}

TEST_F(SchemaCommandsTest, ADatabaseWithoutASnapshotIsComparedWithItsRevisions) {
  UseSample();
  ASSERT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  Query("DROP TABLE schemaversion.snapshot");
  const RunResult none = schemactl_.Run({"drift"});
  EXPECT_EQ(none.exit_code, 0) << none.err;
  EXPECT_NE(none.err.find("Comparing with the revisions in a scratch database\n"),
            std::string::npos);
  Query("DROP INDEX ix_projects_customer");
  const RunResult drift = schemactl_.Run({"drift"});
  EXPECT_EQ(drift.exit_code, 3);
  EXPECT_TRUE(drift.out.starts_with("-- index public.ix_projects_customer removed\n")) << drift.out;
}

TEST_F(SchemaCommandsTest, WhatIsExcludedOrIgnoredInTheSettingsIsNoDrift) {
  UseSample();
  ASSERT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  Query("CREATE TABLE tmp_1 (i int); COMMENT ON TABLE projects IS 'x'");
  EXPECT_EQ(schemactl_.Run({"drift"}).exit_code, 3);
  WriteFile(schemactl_.folder() / "migrations/schemactl.yaml",
            "exclude: ['table:public.tmp_*']\nignore: [comments]\n");
  const RunResult drift = schemactl_.Run({"drift"});
  EXPECT_EQ(drift.exit_code, 0) << drift.out;
}

TEST_F(SchemaCommandsTest, CheckListsWhatNoRevisionMakes) {
  UseProject("CREATE TABLE t (a int);\n");
  Desire("CREATE TABLE t (a int, b text);\nCREATE TABLE u (x int, y int);\n");
  const RunResult check = schemactl_.Run({"check"});
  EXPECT_EQ(check.exit_code, 3);
  EXPECT_EQ(check.out, "table public.u added\ncolumn public.t.b added\n");
  EXPECT_EQ(check.err,
            "schemactl: migrations/schema.sql is not what the revisions make; to write what is "
            "missing, run: schemactl revision --autogenerate -m MESSAGE\n");
  EXPECT_EQ(ScratchDatabases(), "0");
}

TEST_F(SchemaCommandsTest, AutogenerateWritesBothSectionsAndThenNothing) {
  UseProject("CREATE TABLE t (a int);\n");
  Desire("CREATE TABLE t (a int, b text NOT NULL DEFAULT 'x');\nCREATE TABLE u (x int);\n");
  const RunResult made = schemactl_.Run({"revision", "--autogenerate", "-m", "add u"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(made.out, "  Generating migrations/versions/002_add_u.sql ...  done\n");
  const std::string text = Revision("002_add_u.sql");
  for (const char* part :
       {"-- revision: 002\n-- down_revision: 001\n", "CREATE TABLE public.u", "ADD COLUMN b text",
        "-- migrate:down\n", "DROP TABLE public.u", "DROP COLUMN b"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  EXPECT_EQ(schemactl_.Run({"check"}).exit_code, 0);
  const RunResult again = schemactl_.Run({"revision", "--autogenerate", "-m", "again"});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_EQ(again.out, "");
  EXPECT_EQ(
      again.err,
      "No changes in schema detected: migrations/schema.sql says nothing that the revisions do "
      "not make; nothing is written\n");
  ASSERT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  EXPECT_EQ(schemactl_.Run({"downgrade", "001"}).exit_code, 0);
  EXPECT_EQ(
      Query("SELECT string_agg(attname, ',') FROM pg_attribute WHERE attrelid = 't'::regclass "
            "AND attnum > 0 AND NOT attisdropped"),
      "a");
}

TEST_F(SchemaCommandsTest, ARowThatIsThereGetsTheDefaultOfANewColumn) {
  UseProject("CREATE TABLE t (a int);\n");
  Desire(
      "CREATE FUNCTION seven() RETURNS int LANGUAGE sql AS 'SELECT 7';\n"
      "CREATE TABLE t (a int, b text DEFAULT 'x', c boolean NOT NULL DEFAULT true, d bigserial, "
      "e int NOT NULL DEFAULT seven());\n");
  ASSERT_EQ(schemactl_.Run({"revision", "--autogenerate", "-m", "add u"}).exit_code, 0);
  ASSERT_EQ(schemactl_.Run({"upgrade", "001"}).exit_code, 0);
  Query("INSERT INTO t VALUES (1)");
  const RunResult upgraded = schemactl_.Run({"upgrade", "head"});
  EXPECT_EQ(upgraded.exit_code, 0) << upgraded.err;
  EXPECT_EQ(Query("SELECT * FROM t"), "1|x|t|1|7");
  Desire(
      "CREATE FUNCTION seven() RETURNS int LANGUAGE sql AS 'SELECT 7';\n"
      "CREATE TABLE t (a int, b text DEFAULT 'x', c boolean NOT NULL DEFAULT true, d bigserial, "
      "e int NOT NULL DEFAULT seven(), f int NOT NULL);\n");
  ASSERT_EQ(schemactl_.Run({"revision", "--autogenerate", "-m", "more"}).exit_code, 0);
  EXPECT_NE(Revision("003_more.sql")
                .find("-- fails while there are rows: f may not be null and has no default to give "
                      "them\nALTER TABLE public.t ADD COLUMN f integer NOT NULL;"),
            std::string::npos);
}

TEST_F(SchemaCommandsTest, AutogenerateComparesWithTheDatabaseWhenAskedTo) {
  UseProject("CREATE TABLE t (a int);\n");
  Query("CREATE TABLE t (a int, c int)");
  const RunResult made =
      schemactl_.Run({"revision", "--autogenerate", "--against", "live", "-m", "drop c"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_NE(Revision("002_drop_c.sql").find("DROP COLUMN c"), std::string::npos);
  EXPECT_EQ(
      Query("SELECT count(*) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0"), "2")
      << "the database is only read";
  EXPECT_EQ(schemactl_.Run({"check", "--against", "live"}).exit_code, 3);
}

TEST_F(SchemaCommandsTest, AnIndexOfAnOldTableIsBuiltConcurrentlyInARevisionOfItsOwn) {
  UseProject("CREATE TABLE t (a int);\n");
  Desire("CREATE TABLE t (a int, b int);\nCREATE INDEX ix ON t (a);\n");
  const RunResult made = schemactl_.Run({"revision", "--autogenerate", "-m", "index a"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(made.out,
            "  Generating migrations/versions/002_index_a.sql ...  done\n"
            "  Generating migrations/versions/003_index_a_2_of_2.sql ...  done\n");
  const std::string text = Revision("003_index_a_2_of_2.sql");
  EXPECT_NE(text.find("-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY ix ON public.t"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("-- migrate:down transaction:false\nDROP INDEX CONCURRENTLY public.ix"),
            std::string::npos)
      << text;
  EXPECT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  EXPECT_EQ(schemactl_.Run({"check"}).exit_code, 0);
}

TEST_F(SchemaCommandsTest, WritesAllGeneratedRevisionsOrNone) {
  UseProject("CREATE TABLE t (a int);\n");
  Desire("CREATE TABLE t (a int, b int);\nCREATE INDEX ix ON t (a);\n");
  const auto versions = schemactl_.folder() / "migrations/versions";
  std::filesystem::create_directory(versions / "003_index_a_2_of_2.sql");
  const RunResult made = schemactl_.Run({"revision", "--autogenerate", "-m", "index a"});
  EXPECT_EQ(made.exit_code, 1);
  EXPECT_NE(made.err.find("cannot write migrations/versions/003_index_a_2_of_2.sql: File exists"),
            std::string::npos)
      << made.err;
  EXPECT_EQ(made.out, "");
  EXPECT_FALSE(std::filesystem::exists(versions / "002_index_a.sql"));
}

TEST_F(SchemaCommandsTest, NothingToGenerateIsAnEmptyDocument) {
  UseProject("CREATE TABLE t (a int);\n");
  const RunResult json = schemactl_.Run({"revision", "--autogenerate", "-m", "x", "-o", "json"});
  EXPECT_EQ(json.exit_code, 0) << json.err;
  EXPECT_EQ(json.out, "[]\n");
  EXPECT_EQ(schemactl_.Run({"revision", "--autogenerate", "-m", "x"}).out, "");
}

TEST_F(SchemaCommandsTest, ARenameIsOfferedAndFollowsAHint) {
  UseProject("CREATE TABLE t (a int);\n");
  Desire("CREATE TABLE t (b int);\n");
  const std::string hint = "-- renamed: column public.t.a -> b";
  const RunResult guessed = schemactl_.Run({"revision", "--autogenerate", "-m", "x"});
  ASSERT_EQ(guessed.exit_code, 0) << guessed.err;
  EXPECT_NE(guessed.err.find("column public.t.a and column public.t.b look like a rename; if they "
                             "are one, write this line into migrations/schema.sql: " +
                             hint),
            std::string::npos)
      << guessed.err;
  EXPECT_NE(Revision("002_x.sql").find(hint), std::string::npos);
  std::filesystem::remove(schemactl_.folder() / "migrations/versions/002_x.sql");
  Desire(hint + "\nCREATE TABLE t (b int);\n");
  ASSERT_EQ(schemactl_.Run({"revision", "--autogenerate", "-m", "x"}).exit_code, 0);
  const std::string text = Revision("002_x.sql");
  EXPECT_NE(text.find("-- migrate:up\nALTER TABLE public.t RENAME COLUMN a TO b;\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("-- migrate:down\nALTER TABLE public.t RENAME COLUMN b TO a;\n"),
            std::string::npos)
      << text;
  EXPECT_EQ(schemactl_.Run({"check"}).exit_code, 0);
  EXPECT_EQ(schemactl_.Run({"revision", "--autogenerate", "-m", "y"}).out, "")
      << "a hint may outlive its revision";
}

TEST_F(SchemaCommandsTest, AWrongHintIsToldWithItsLine) {
  UseProject("CREATE TABLE t (a int);\n");
  Desire("CREATE TABLE t (b int);\n-- renamed: a to b\n");
  const RunResult made = schemactl_.Run({"revision", "--autogenerate", "-m", "x"});
  EXPECT_EQ(made.exit_code, 2);
  EXPECT_TRUE(made.err.find("migrations/schema.sql:2: ") != std::string::npos) << made.err;
}

TEST_F(SchemaCommandsTest, AMistakeInTheSchemaIsToldWithItsPlaceAndLeavesNothing) {
  UseProject("CREATE TABLE t (a int);\n");
  Desire("CREATE TABLE t (a int);\nCREATE TABLE u (a nonsense);\n");
  const RunResult check = schemactl_.Run({"check"});
  EXPECT_EQ(check.exit_code, 1);
  EXPECT_EQ(check.err,
            "schemactl: migrations/schema.sql:2:19: type \"nonsense\" does not exist (SQLSTATE "
            "42704)\n");
  EXPECT_EQ(ScratchDatabases(), "0");
}

TEST_F(SchemaCommandsTest, ARevisionThatDoesNotReplayIsNamed) {
  UseProject("CREATE TABLE t (a int);\nSELECT 1 / 0;\n");
  Desire("CREATE TABLE t (a int);\n");
  const RunResult check = schemactl_.Run({"check"});
  EXPECT_EQ(check.exit_code, 1);
  EXPECT_TRUE(
      check.err.starts_with("schemactl: cannot replay the revisions in a scratch database: "
                            "migrations/versions/001_first.sql:7:"))
      << check.err;
}

TEST_F(SchemaCommandsTest, TheScratchDatabaseIsMadeWhereItIsWanted) {
  UseProject("CREATE TABLE t (a int);\n");
  server_.Query("postgres", "CREATE ROLE reader LOGIN PASSWORD 'pw'");
  schemactl_.UseDatabase(server_.Url(database_, "reader", "pw"));
  const RunResult denied = schemactl_.Run({"check"});
  EXPECT_EQ(denied.exit_code, 4);
  EXPECT_NE(
      denied.err.find("an administrator has to ALTER ROLE \"reader\" CREATEDB, or name a server "
                      "where it may create databases with --scratch-url\n"),
      std::string::npos)
      << denied.err;
  EXPECT_EQ(schemactl_.Run({"check", "--scratch-url", server_.Url("postgres")}).exit_code, 0);
  WriteFile(schemactl_.folder() / "migrations/schemactl.yaml", "scratchUrlEnv: SCRATCH_URL\n");
  schemactl_.SetEnvironment("SCRATCH_URL", server_.Url("postgres"));
  EXPECT_EQ(schemactl_.Run({"check"}).exit_code, 0);
}

TEST_F(SchemaCommandsTest, DiffPrintsTheWayFromOneSchemaToAnother) {
  UseProject("CREATE TABLE t (a int);\n");
  WriteFile(schemactl_.folder() / "other.sql", "CREATE TABLE t (a int, b int);\n");
  const RunResult diff = schemactl_.Run({"diff", "revisions", "other.sql"});
  EXPECT_EQ(diff.exit_code, 3) << diff.err;
  EXPECT_EQ(diff.out, "ALTER TABLE public.t ADD COLUMN b integer;\n");
  Query("CREATE TABLE t (a int)");
  EXPECT_EQ(schemactl_.Run({"diff", "live", "schema"}).exit_code, 0);
  EXPECT_EQ(schemactl_.Run({"diff", "001", "other.sql"}).out, diff.out);
  const std::string second = server_.CreateDatabase();
  server_.Query(second, "CREATE TABLE t (a int, b int)");
  EXPECT_EQ(schemactl_.Run({"diff", "live", server_.Url(second)}).out, diff.out);
}

TEST_F(SchemaCommandsTest, DriftSaysNothingToPsqlByTheNamesOfWhatChanged) {
  UseProject("CREATE TABLE t (a int);\n");
  ASSERT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  for (const char* line_break : {"\n", "\r"}) {
    Query("CREATE TABLE " + HostileName(line_break) + " (a int)");
    const RunResult drift = schemactl_.Run({"drift"});
    EXPECT_EQ(drift.exit_code, 3) << drift.err;
    ExpectHarmlessInPsql(drift.out);
    EXPECT_EQ(schemactl_.Run({"drift"}).exit_code, 0) << "psql takes the drift back";
  }
}

TEST_F(SchemaCommandsTest, WhatIsNotPossibleSaysNothingToPsqlByItsName) {
  const auto partitioned = [](const std::string& key) {
    return "CREATE TABLE " + HostileName("\n") + " (a int, b int) PARTITION BY RANGE (" + key +
           ");\n";
  };
  UseProject(partitioned("a"));
  ASSERT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  Query("DROP TABLE " + HostileName("\n") + "; " + partitioned("b"));
  const RunResult drift = schemactl_.Run({"drift"});
  EXPECT_NE(drift.out.find("PostgreSQL cannot change how a table is partitioned"),
            std::string::npos)
      << drift.out;
  ExpectHarmlessInPsql(drift.out);
  const RunResult diff = schemactl_.Run({"diff", "live", "schema"});
  EXPECT_TRUE(diff.out.starts_with("-- not possible: ")) << diff.out;
  ExpectHarmlessInPsql(diff.out);
}

TEST_F(SchemaCommandsTest, AGeneratedRevisionSaysNothingToPsqlByItsNames) {
  UseProject("CREATE TABLE " + HostileName("\n") + " (a int);\n");
  Desire("CREATE TABLE " + HostileName("\nmigrate:down\n") + " (a int);\n");
  ASSERT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  const RunResult made = schemactl_.Run({"revision", "--autogenerate", "-m", "x"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const std::string text = Revision("002_x.sql");
  EXPECT_NE(text.find("look like a rename"), std::string::npos) << text;
  EXPECT_NE(text.find("destroys data: "), std::string::npos) << text;
  ExpectHarmlessInPsql(text);
  EXPECT_EQ(schemactl_.Run({"check"}).exit_code, 0) << text;
}

TEST_F(SchemaCommandsTest, ADumpLoadsAndDumpsTheSameAgain) {
  UseSample();
  ASSERT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  const RunResult dump = schemactl_.Run({"schema", "dump"});
  ASSERT_EQ(dump.exit_code, 0) << dump.err;
  EXPECT_EQ(dump.out.find("alembic_version"), std::string::npos);
  const std::string copy = server_.CreateDatabase();
  server_.Query(copy, dump.out);
  EXPECT_EQ(schemactl_.Run({"schema", "dump", server_.Url(copy)}).out, dump.out);
  EXPECT_EQ(schemactl_.Run({"diff", "live", server_.Url(copy)}).exit_code, 0);
  EXPECT_EQ(schemactl_.Run({"schema", "dump", "revisions"}).out, dump.out);
  Desire(dump.out);
  EXPECT_EQ(schemactl_.Run({"check"}).exit_code, 0) << "schema.sql can begin with it";
}

}  // namespace
}  // namespace schemaop::testing
