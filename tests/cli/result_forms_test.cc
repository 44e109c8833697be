// -o json|yaml|table|wide|name of the commands that change something, --dry-run and the question
// before data is destroyed, on a real server.
#include <regex>

#include <gtest/gtest.h>

#include "postgres/test_postgres.h"
#include "schemactl.h"
#include "test_paths.h"

namespace schemaop::testing {
namespace {

class ResultFormsTest : public ::testing::Test {
 protected:
  ResultFormsTest() : database_(TestPostgres::Shared().CreateDatabase()) {
    schemactl_.UseDatabase(TestPostgres::Shared().Url(database_));
  }

  std::string Query(const std::string& sql) const {
    return TestPostgres::Shared().Query(database_, sql);
  }

  // `script` run by Python with the result as `document`; `reader` makes it of standard input.
  static std::string Python(const std::string& reader, const std::string& script,
                            const std::string& input) {
    ProcessOptions python;
    python.arguments = {"python3", "-c",
                        "import sys, json, yaml\ndocument = " + reader + "\n" + script};
    python.input = input;
    const RunResult result = testing::Run(python);
    EXPECT_EQ(result.exit_code, 0) << result.err << input;
    return result.out;
  }

  std::string database_;
  Schemactl schemactl_;
};

// What cannot be known before.
std::string WithoutTimes(std::string text) {
  text = std::regex_replace(text, std::regex("\"at\": \"[0-9TZ:.-]+\""), "\"at\": \"TIME\"");
  return std::regex_replace(text, std::regex("\"seconds\": [0-9.e-]+"), "\"seconds\": N");
}

TEST_F(ResultFormsTest, TellsAnUpgradeAsOneDocument) {
  schemactl_.AddTables(1);
  const RunResult result = schemactl_.Run({"upgrade", "head", "-o", "json"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.err, "Running upgrade  -> 001, Create t1\n");
  EXPECT_EQ(WithoutTimes(result.out),
            "{\n  \"command\": \"upgrade\",\n  \"target\": \"head\",\n"
            "  \"outcome\": \"completed\",\n  \"from\": [],\n  \"heads\": [\n    \"001\"\n  ],\n"
            "  \"steps\": [\n    {\n      \"revision\": \"001\",\n"
            "      \"direction\": \"upgrade\",\n      \"message\": \"Create t1\",\n"
            "      \"file\": \"migrations/versions/001_t.sql\",\n      \"at\": \"TIME\",\n"
            "      \"seconds\": N\n    }\n  ]\n}\n");
}

TEST_F(ResultFormsTest, YamlHoldsWhatJsonHolds) {
  schemactl_.AddTables(2);
  ASSERT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"current"},
                                             {"history"},
                                             {"heads"},
                                             {"branches"},
                                             {"show", "head"},
                                             {"show", "current"},
                                             {"upgrade", "head"},
                                             {"downgrade", "base", "--dry-run"},
                                             {"stamp", "head"},
                                             {"ensure-version"}}) {
    std::vector<std::string> json = arguments;
    json.insert(json.end(), {"-o", "json"});
    std::vector<std::string> yaml = arguments;
    yaml.insert(yaml.end(), {"-o", "yaml"});
    const std::string dump = "print(json.dumps(document))";
    const std::string as_json = Python("json.load(sys.stdin)", dump, schemactl_.Run(json).out);
    EXPECT_EQ(Python("yaml.safe_load(sys.stdin)", dump, schemactl_.Run(yaml).out), as_json)
        << arguments.front();
    EXPECT_NE(as_json, "null\n") << arguments.front();
  }
}

TEST_F(ResultFormsTest, TellsWhatIsCommittedAndWhatFailed) {
  schemactl_.AddTables(1);
  schemactl_.AddRevision("002.sql",
                         "-- Fail\n-- revision: 002\n-- down_revision: 001\n-- migrate:up\n"
                         "DROP TABLE missing;\n-- migrate:down\n");
  const RunResult result = schemactl_.Run({"upgrade", "head", "-o", "json"});
  EXPECT_EQ(result.exit_code, 8);
  EXPECT_NE(result.err.find("SQLSTATE 42P01"), std::string::npos);
  EXPECT_EQ(Python("json.load(sys.stdin)",
                   "print(document['outcome'], document['heads'],\n"
                   "      [step['revision'] for step in document['steps']])\n"
                   "print(json.dumps(document['failure']))",
                   result.out),
            "failed ['001'] ['001']\n"
            "{\"revision\": \"002\", \"file\": \"migrations/versions/002.sql\", \"line\": 5, "
            "\"column\": 1, \"statement\": 1, \"sqlstate\": \"42P01\", \"message\": \"table "
            "\\\"missing\\\" does not exist\", \"hint\": \"\"}\n");
}

// Where the database is was never read: an empty list would say that it is at base.
TEST_F(ResultFormsTest, DoesNotSayWhereADatabaseIsThatItCouldNotRead) {
  schemactl_.AddTables(2);
  ASSERT_EQ(schemactl_.Run({"upgrade", "001"}).exit_code, 0);
  const std::string places = "print(document['outcome'], document['from'], document['heads'])";
  const auto expect = [&](int exit_code, const std::string& outcome) {
    for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
             {"upgrade", "head"}, {"downgrade", "base"}, {"stamp", "head"}, {"ensure-version"}}) {
      for (const std::string form : {"json", "yaml"}) {
        std::vector<std::string> command = arguments;
        command.insert(command.end(), {"-o", form});
        const RunResult result = schemactl_.Run(command);
        EXPECT_EQ(result.exit_code, exit_code) << result.err;
        EXPECT_EQ(Python("yaml.safe_load(sys.stdin)", places, result.out), outcome + " None None\n")
            << arguments.front() << " " << form;
      }
    }
  };
  {
    schemactl_.AddRevision("003.sql",
                           "-- Sleep\n-- revision: 003\n-- down_revision: 002\n-- migrate:up\n"
                           "SELECT pg_sleep(600);\n-- migrate:down\n");
    const ChildProcess holder(schemactl_.Options({"upgrade", "head"}));
    ASSERT_TRUE(WaitUntil([&] {
      return Query(
                 "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND "
                 "state = 'active' AND datname = current_database()") == "1";
    }));
    expect(5, "busy");
  }
  schemactl_.UseDatabase("postgresql://u@127.0.0.1:1/d");
  expect(7, "failed");
}

TEST_F(ResultFormsTest, HasTablesAndNames) {
  schemactl_.AddTables(2);
  EXPECT_EQ(schemactl_.Run({"upgrade", "head", "-o", "name"}).out, "001\n002\n");
  EXPECT_EQ(schemactl_.Run({"upgrade", "head", "-o", "table"}).out,
            "REVISION   DIRECTION   SECONDS   MESSAGE\n");
  EXPECT_EQ(schemactl_.Run({"downgrade", "base", "--dry-run", "-o", "wide"}).out,
            "REVISION   DIRECTION   DESTROYS         MESSAGE     TRANSACTION   FILE\n"
            "002        downgrade   drops table t2   Create t2   true          "
            "migrations/versions/002_t.sql\n"
            "001        downgrade   drops table t1   Create t1   true          "
            "migrations/versions/001_t.sql\n");
  EXPECT_EQ(schemactl_.Run({"stamp", "001", "-o", "table"}).out, "FROM   REVISION\n002    001\n");
  EXPECT_EQ(schemactl_.Run({"current", "-o", "name"}).out, "001\n");
}

TEST_F(ResultFormsTest, TellsAStampAndAnEnsuredTable) {
  schemactl_.AddTables(2);
  EXPECT_EQ(schemactl_.Run({"ensure-version", "-o", "json"}).out,
            "{\n  \"command\": \"ensure-version\",\n  \"target\": \"\",\n"
            "  \"outcome\": \"completed\",\n  \"from\": [],\n  \"heads\": [],\n  \"steps\": []\n"
            "}\n");
  EXPECT_EQ(schemactl_.Run({"stamp", "head", "-o", "yaml"}).out,
            "command: \"stamp\"\ntarget: \"head\"\noutcome: \"completed\"\nfrom: []\nheads:\n"
            "  - \"002\"\nsteps:\n  - from: []\n    revision: \"002\"\n");
}

TEST_F(ResultFormsTest, NamesWhatRevisionAndMergeWrote) {
  schemactl_.AddTables(1);
  EXPECT_EQ(schemactl_.Run({"revision", "-m", "a", "-o", "name"}).out, "002\n");
  EXPECT_EQ(schemactl_.Run({"revision", "-m", "b", "--head", "001", "--splice", "-o", "name"}).out,
            "003\n");
  EXPECT_EQ(schemactl_.Run({"merge", "heads", "-o", "table"}).out,
            "REVISION   PARENTS   MARKS             MESSAGE\n"
            "004        002,003   head,mergepoint   merge 002 and 003\n");
  EXPECT_EQ(schemactl_.Run({"branches", "-o", "json"})
                .out.find("\"children\": [\n      \"002\",\n "
                          "     \"003\"\n    ],"),
            schemactl_.Run({"branches", "-o", "json"}).out.find("\"children\""));
  EXPECT_EQ(schemactl_.Run({"show", "004", "-o", "name"}).out, "004\n");
}

TEST_F(ResultFormsTest, AWrongRunPrintsNoDocument) {
  schemactl_.AddTables(1);
  const RunResult result = schemactl_.Run({"upgrade", "nope", "-o", "json"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
  const RunResult both = schemactl_.Run({"upgrade", "head", "--sql", "-o", "json"});
  EXPECT_EQ(both.exit_code, 2);
  EXPECT_EQ(both.out, "");
}

using DryRunTest = ResultFormsTest;

TEST_F(DryRunTest, SaysWhatWouldRunAndChangesNothing) {
  schemactl_.AddTables(2);
  const RunResult up = schemactl_.Run({"upgrade", "head", "--dry-run"});
  EXPECT_EQ(up.exit_code, 0);
  EXPECT_EQ(up.out,
            "Would run upgrade  -> 001, Create t1\nWould run upgrade 001 -> 002, Create t2\n");
  EXPECT_EQ(Query("SELECT to_regclass('alembic_version') IS NULL"), "t");
  ASSERT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  const RunResult down = schemactl_.Run({"downgrade", "-1", "--dry-run"});
  EXPECT_EQ(down.out, "Would run downgrade 002 -> 001, Create t2\n  drops table t2\n");
  const RunResult none = schemactl_.Run({"upgrade", "head", "--dry-run"});
  EXPECT_EQ(none.out, "");
  EXPECT_EQ(none.err, "Nothing to do: the database is at 002 (head)\n");
  EXPECT_EQ(schemactl_.Run({"upgrade", "+1", "--dry-run"}).exit_code, 2);
  EXPECT_EQ(schemactl_.Run({"current"}).out, "002 (head)\n");
}

TEST_F(DryRunTest, RefusesWhatTheRunRefuses) {
  schemactl_.AddTables(1);
  schemactl_.AddRevision(
      "002.sql",
      "-- Index\n-- revision: 002\n-- down_revision: 001\n"
      "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON t1 (id);\n"
      "-- migrate:down\nDROP INDEX i;\n");
  const std::vector<std::string> single{"upgrade", "head", "--transaction-mode", "single"};
  const RunResult run = schemactl_.Run(single);
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(run.err.starts_with("schemactl: migrations/versions/002.sql")) << run.err;
  std::vector<std::string> dry = single;
  dry.emplace_back("--dry-run");
  const RunResult preview = schemactl_.Run(dry);
  EXPECT_EQ(preview.exit_code, run.exit_code);
  EXPECT_EQ(preview.err, run.err);
  EXPECT_EQ(preview.out, "");
  EXPECT_EQ(schemactl_.Run({"upgrade", "head", "--dry-run"}).exit_code, 0);
}

// schemactl at a terminal: `answer` is typed when the question has been asked.
class ConfirmationTest : public ResultFormsTest {
 protected:
  RunResult AtTerminal(const std::string& answer, const std::vector<std::string>& arguments,
                       const std::string& meanwhile = "") const {
    ProcessOptions options = schemactl_.Options(arguments);
    const std::string driver =
        "import os, pty, subprocess, sys\n"
        "pid, terminal = pty.fork()\n"
        "if pid == 0: os.execvp(sys.argv[3], sys.argv[3:])\n"
        "text, answered = b'', False\n"
        "while True:\n"
        "    try: piece = os.read(terminal, 4096)\n"
        "    except OSError: break\n"
        "    if not piece: break\n"
        "    text += piece\n"
        "    if b'to go on: ' in text and not answered:\n"
        "        answered = True\n"
        "        if sys.argv[2]: subprocess.run(sys.argv[2], shell=True, check=True)\n"
        "        os.write(terminal, sys.argv[1].encode())\n"
        "sys.stdout.write(text.decode().replace('\\r', ''))\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n";
    options.environment["NO_COLOR"] = "1";
    options.arguments.insert(options.arguments.begin(),
                             {"python3", "-c", driver, answer, meanwhile});
    return testing::Run(options);
  }

  std::string Question(const std::string& losses) const {
    const std::string label =
        database_ + "@127.0.0.1:" + std::to_string(TestPostgres::Shared().port());
    return "This destroys data in " + label + ":\n" + losses + "Type the database's name, " +
           database_ + ", to go on: ";
  }
};

TEST_F(ConfirmationTest, TheNameOfTheDatabaseLetsItGo) {
  schemactl_.AddTables(2);
  // An upgrade that creates is not asked about.
  EXPECT_EQ(AtTerminal("", {"upgrade", "head"}).exit_code, 0);
  const RunResult down = AtTerminal(database_ + "\n", {"downgrade", "base", "--allow-superuser"});
  EXPECT_EQ(down.exit_code, 0);
  EXPECT_EQ(down.out, Question("  downgrade of 002 drops table t2\n"
                               "  downgrade of 001 drops table t1\n") +
                          database_ +
                          "\nRunning downgrade 002 -> 001, Create t2\n"
                          "Running downgrade 001 -> , Create t1\n");
  EXPECT_EQ(schemactl_.Run({"current"}).out, "");
}

// A name may hold what moves a terminal's cursor, or a line of its own.
TEST_F(ConfirmationTest, NamesOfWhatIsLostStayOnTheirLine) {
  schemactl_.AddRevision("001.sql",
                         "-- Drop\n-- revision: 001\n-- down_revision: none\n-- migrate:up\n"
                         "DROP TABLE \"a\x1b[2A\n\tb\r\";\n-- migrate:down\n");
  const std::string loss = "drops table \"a\\x1b[2A\\x0a\\x09b\\x0d\"\n";
  EXPECT_EQ(schemactl_.Run({"upgrade", "head", "--dry-run"}).out,
            "Would run upgrade  -> 001, Drop\n  " + loss);
  const RunResult asked = AtTerminal("no\n", {"upgrade", "head", "--allow-superuser"});
  EXPECT_EQ(asked.exit_code, 4);
  EXPECT_TRUE(asked.out.starts_with(Question("  upgrade of 001 " + loss))) << asked.out;
}

TEST_F(ConfirmationTest, AnythingElseIsARefusal) {
  schemactl_.AddTables(1);
  ASSERT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  const RunResult yes = AtTerminal("yes\n", {"downgrade", "base"});
  EXPECT_EQ(yes.exit_code, 4);
  EXPECT_TRUE(
      yes.out.ends_with("\nschemactl: 'yes' is not the database's name; nothing was changed\n"))
      << yes.out;
  const RunResult interrupt = AtTerminal("\x03", {"downgrade", "base"});
  EXPECT_EQ(interrupt.exit_code, 130) << interrupt.out;
  EXPECT_EQ(schemactl_.Run({"current"}).out, "001 (head)\n");
}

TEST_F(ConfirmationTest, YesAsksNobody) {
  schemactl_.AddTables(1);
  ASSERT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  const RunResult down = AtTerminal("", {"downgrade", "base", "--yes", "--allow-superuser"});
  EXPECT_EQ(down.exit_code, 0);
  EXPECT_EQ(down.out, "Running downgrade 001 -> , Create t1\n");
}

TEST_F(ConfirmationTest, WhatWasAgreedToIsWhatRuns) {
  schemactl_.AddTables(2);
  ASSERT_EQ(schemactl_.Run({"upgrade", "001"}).exit_code, 0);
  const RunResult down =
      AtTerminal(database_ + "\n", {"downgrade", "base"}, SCHEMAOP_SCHEMACTL " -q upgrade 002");
  EXPECT_EQ(down.exit_code, 1) << down.out;
  EXPECT_TRUE(
      down.out.ends_with("the database was changed meanwhile and is at 002 (head) now; to "
                         "be asked again, run: schemactl downgrade base\n"))
      << down.out;
  EXPECT_EQ(schemactl_.Run({"current"}).out, "002 (head)\n");
}

}  // namespace
}  // namespace schemaop::testing
