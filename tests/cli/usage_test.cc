// What a person reads who typed something that cannot be done: exit code and exact text. No server
// is needed.
#include <gtest/gtest.h>

#include "schemactl.h"

namespace schemaop::testing {
namespace {

struct Case {
  std::vector<std::string> arguments;
  int exit_code = 2;
  std::string err;
};

void ExpectAll(const Schemactl& schemactl, const std::vector<Case>& cases) {
  for (const Case& expected : cases) {
    std::string typed;
    for (const std::string& argument : expected.arguments) typed += argument + " ";
    SCOPED_TRACE(typed);
    const RunResult result = schemactl.Run(expected.arguments);
    EXPECT_EQ(result.exit_code, expected.exit_code);
    EXPECT_EQ(result.err, expected.err);
    EXPECT_EQ(result.out, "");
  }
}

TEST(UsageTest, NamesTheWrongWordAndTheOneThatWasMeant) {
  const Schemactl schemactl;
  ExpectAll(
      schemactl,
      {{{}, 2, "schemactl: no command given; run 'schemactl --help' for the commands\n"},
       {{"upgrad", "head"},
        2,
        "schemactl: unknown command 'upgrad' (did you mean 'upgrade'?); run 'schemactl --help' for "
        "the "
        "commands\n"},
       {{"frobnicate"},
        2,
        "schemactl: unknown command 'frobnicate'; run 'schemactl --help' for the commands\n"},
       {{"heads", "--verbos"},
        2,
        "schemactl: unknown option '--verbos' for 'heads' (did you mean '--verbose'?); run "
        "'schemactl "
        "heads --help'\n"},
       {{"upgrade", "--purge"},
        2,
        "schemactl: unknown option '--purge' for 'upgrade'; run 'schemactl upgrade --help'\n"},
       {{"--ulr", "x", "heads"},
        2,
        "schemactl: unknown option '--ulr' for 'heads' (did you mean '--url'?); run 'schemactl "
        "heads "
        "--help'\n"},
       {{"heads", "-r"},
        2,
        "schemactl: unknown option '-r' for 'heads'; run 'schemactl heads --help'\n"},
       {{"heads", "-o", "jsn"},
        2,
        "schemactl: --output: 'jsn' is none of json, yaml, table, wide, name (did you mean "
        "'json'?); run "
        "'schemactl heads --help'\n"},
       {{"--color", "sometimes", "heads"},
        2,
        "schemactl: --color: 'sometimes' is none of auto, always, never; run 'schemactl heads "
        "--help'\n"},
       {{"completion", "tcsh"},
        2,
        "schemactl: SHELL: 'tcsh' is none of bash, zsh, fish; run 'schemactl "
        "completion --help'\n"},
       {{"heads", "--directory"},
        2,
        "schemactl: '--directory' needs a value; run 'schemactl heads --help'\n"},
       {{"-d", "a", "-d", "b", "heads"},
        2,
        "schemactl: '--directory' is given more than once; run 'schemactl heads --help'\n"},
       {{"revision", "--rev-id=", "head"},
        2,
        "schemactl: '--rev-id' needs a value behind its '='\n"},
       {{"upgrade"}, 2, "schemactl: 'upgrade' needs TARGET; run 'schemactl upgrade --help'\n"},
       {{"upgrade", "head", "base"},
        2,
        "schemactl: 'upgrade' does not take 'base'; run 'schemactl upgrade --help'\n"},
       {{"help", "upgrad"},
        2,
        "schemactl: there is no help on 'upgrad' (did you mean 'upgrade'?); topics are the "
        "commands and "
        "exit-codes\n"}});
}

TEST(UsageTest, SaysWhereItLookedForAProject) {
  const Schemactl schemactl;
  WriteFile(schemactl.folder() / "alembic.ini", "");
  ExpectAll(
      schemactl,
      {{{"heads"},
        2,
        "schemactl: no project here: neither ./migrations nor the working folder holds "
        "schemactl.yaml or versions/; go to the project, or name its folder with --directory\n"},
       {{"--directory", "nowhere", "heads"},
        2,
        "schemactl: --directory nowhere: there is no such folder\n"},
       {{"-c", "nowhere.yaml", "heads"},
        2,
        "schemactl: --config nowhere.yaml: there is no such file\n"},
       {{"-c", "alembic.ini", "heads"},
        2,
        "schemactl: --config alembic.ini: settings are YAML here; name a schemactl.yaml, or the "
        "project folder with --directory\n"}});
}

TEST(UsageTest, SaysHowToNameADatabase) {
  const Schemactl schemactl;
  schemactl.AddTables(1);
  ExpectAll(schemactl, {{{"current"},
                         2,
                         "schemactl: no database is named: give --url, $DATABASE_URL or PGHOST and "
                         "PGDATABASE, for example --url postgresql://user@host:5432/dbname\n"}});
}

TEST(UsageTest, NeverEchoesAWrongUrl) {
  Schemactl schemactl;
  schemactl.AddTables(1);
  const RunResult flag = schemactl.Run({"--url", "mysql://u:s3cret@h/d", "current"});
  EXPECT_EQ(flag.exit_code, 2);
  EXPECT_EQ(
      flag.err,
      "schemactl: --url: the database URL does not begin with postgres:// or postgresql://\n");
  schemactl.UseDatabase("postgresql://u:s3cret%ZZ@h/d");
  const RunResult variable = schemactl.Run({"current"});
  EXPECT_EQ(variable.exit_code, 2);
  EXPECT_TRUE(variable.err.starts_with("schemactl: $DATABASE_URL: ")) << variable.err;
  EXPECT_EQ(variable.err.find("s3cret"), std::string::npos);
}

TEST(UsageTest, RefusesUnknownRevisionsAndSuggestsNearOnes) {
  const Schemactl schemactl;
  schemactl.AddTables(2);
  schemactl.AddRevision("a.sql",
                        "-- A\n-- revision: abcd1234\n-- down_revision: none\n-- migrate:up\n");
  schemactl.AddRevision("b.sql",
                        "-- B\n-- revision: abcd5678\n-- down_revision: none\n-- migrate:up\n");
  ExpectAll(
      schemactl,
      {{{"revision", "-m", "x"},
        2,
        "schemactl: Multiple heads are present; please specify the head revision on which the new "
        "revision should be based, or perform a merge.\n"},
       {{"revision", "-m", "x", "--head", "001"},
        2,
        "schemactl: Revision 001 is not a head revision; please specify --splice to create a new "
        "branch from this revision\n"},
       {{"revision", "-m", "x", "--head", "02"},
        2,
        "schemactl: can't locate revision identified by '02': no revision or branch label has "
        "this name or a name beginning with it; 'history' lists them all (did you mean '002'?)\n"},
       {{"merge", "abcd"},
        2,
        "schemactl: can't locate revision identified by 'abcd': several begin with it (abcd1234, "
        "abcd5678); type more of it\n"},
       {{"merge", "001"},
        2,
        "schemactl: nothing to merge: '001' is only 001; a merge joins two revisions or more\n"},
       {{"revision", "-m", "x", "--autogenerate"},
        2,
        "schemactl: --autogenerate is not available yet; write the SQL by hand into the file of: "
        "schemactl revision -m MESSAGE\n"}});
}

TEST(UsageTest, NamesTheBrokenFileFromTheWorkingFolder) {
  const Schemactl schemactl;
  schemactl.AddTables(1);
  schemactl.AddRevision("002_broken.sql",
                        "-- Broken\n-- revision: 002\n-- down_revision: 001\n\n-- migrate:up\n"
                        "CREATE TABLE t2 (name text DEFAULT 'unclosed);\n");
  const RunResult result = schemactl.Run({"heads"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(result.err.starts_with("schemactl: migrations/versions/002_broken.sql:6:36: "))
      << result.err;
}

TEST(UsageTest, ReportsEverySettingThatCannotBe) {
  const Schemactl schemactl;
  schemactl.AddTables(1);
  WriteFile(schemactl.folder() / "migrations/schemactl.yaml", "versionTabel: x\n");
  ExpectAll(schemactl,
            {{{"heads"},
              1,
              "schemactl: migrations/schemactl.yaml:1:1: unknown key 'versionTabel' (did you mean "
              "'versionTable'?); known keys: versionTable, versionTableSchema, ledgerSchema, "
              "databaseUrlEnv\n"}});
}

TEST(UsageTest, PrintsHelpForEveryCommandAndTheExitCodes) {
  const Schemactl schemactl;
  for (const char* command :
       {"branches", "check", "completion", "current", "downgrade", "edit", "ensure-version",
        "heads", "help", "history", "init", "list-templates", "merge", "revision", "show", "stamp",
        "upgrade", "version"}) {
    const RunResult help = schemactl.Run({"help", command});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_NE(help.out.find(std::string("Usage: schemactl ") + command), std::string::npos)
        << help.out;
    EXPECT_EQ(help.err, "");
    EXPECT_EQ(schemactl.Run({command, "--help"}).out, help.out);
  }
  const RunResult codes = schemactl.Run({"help", "exit-codes"});
  EXPECT_EQ(codes.exit_code, 0);
  EXPECT_NE(codes.out.find("  130  interrupted and rolled back\n"), std::string::npos);
}

TEST(UsageTest, SaysSoWhenTheResultCannotBeWritten) {
  const Schemactl schemactl;
  ProcessOptions options = schemactl.Options({});
  options.arguments = {"sh", "-c", std::string(SCHEMAOP_SCHEMACTL) + " version > /dev/full"};
  const RunResult result = testing::Run(options);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.err,
            "schemactl: cannot write the result to standard output: No space left on device\n");
}

}  // namespace
}  // namespace schemaop::testing
