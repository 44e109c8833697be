// `schemactl import alembic` on real Alembic projects: what the SQL revisions make of a database is
// what the Python ones make of it.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alembic.h"
#include "postgres/test_postgres.h"
#include "schemactl.h"
#include "test_paths.h"

namespace schemaop::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const fs::path kProject = fs::path(SCHEMAOP_TESTDATA) / "alembic_import";

// What revision b2 does in Python, where it reads rows.
constexpr const char* kByHand =
    "-- Fill in the words of older customers\n--\n-- revision: b2\n-- down_revision: b1\n\n"
    "-- migrate:up\nUPDATE customers SET words = lower(name) WHERE words IS NULL;\n\n"
    "-- migrate:down\nUPDATE customers SET words = NULL;\n";
constexpr const char* kHandWritten = "b2_fill_in_the_words_of_older_customers.sql";

class AlembicImportTest : public AlembicTest {
 protected:
  void SetUp() override {
    AlembicTest::SetUp();
    if (IsSkipped()) return;
    schemactl_.SetEnvironment("PYTHONDONTWRITEBYTECODE", "1");
  }

  RunResult Import(const fs::path& ini, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"import", "alembic", ini.string(), "--alembic", AlembicProgram()});
    return schemactl_.Run(more);
  }

  fs::path Imported(const std::string& name) const {
    return schemactl_.folder() / "migrations" / "versions" / name;
  }

  Schemactl schemactl_;
};

std::vector<std::string> SortedLines(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    // The order of several labels is that of a Python set.
    const std::string labels = "(search, billing)";
    const std::size_t at = line.find(labels);
    if (at != std::string::npos) line.replace(at, labels.size(), "(billing, search)");
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

// A database, and what can be seen of it.
struct Database {
  std::string name = TestPostgres::Shared().CreateDatabase();

  std::string Url() const { return TestPostgres::Shared().Url(name); }

  std::string SchemaWithoutLedger() const {
    TestPostgres::Shared().Query(name, "DROP SCHEMA IF EXISTS schemaversion CASCADE");
    return TestPostgres::Shared().DumpSchema(name);
  }

  std::string Customers() const {
    return TestPostgres::Shared().Query(
        name, "SELECT id, name, standing, words FROM customers ORDER BY id");
  }
};

TEST_F(AlembicImportTest, MakesTheSameSchemaAndDataAsThePythonRevisions) {
  const RunResult import = Import(kProject / "alembic.ini");
  ASSERT_EQ(import.exit_code, 8) << import.err;
  WriteFile(Imported(kHandWritten), kByHand);

  const Database ours;
  const Database theirs;
  schemactl_.UseDatabase(ours.Url());
  Alembic alembic(kProject);
  alembic.UseDatabase(theirs.Url());
  const auto both = [&](const std::vector<std::string>& arguments) {
    const RunResult by_us = schemactl_.Run(arguments);
    ASSERT_EQ(by_us.exit_code, 0) << by_us.err;
    const RunResult by_them = alembic.Run(arguments);
    ASSERT_EQ(by_them.exit_code, 0) << by_them.err;
    EXPECT_EQ(ours.SchemaWithoutLedger(), theirs.SchemaWithoutLedger());
    EXPECT_EQ(TestPostgres::Shared().Query(ours.name, "TABLE alembic_version"),
              TestPostgres::Shared().Query(theirs.name, "TABLE alembic_version"));
  };
  both({"upgrade", "head"});
  EXPECT_EQ(ours.Customers(), theirs.Customers());
  EXPECT_THAT(theirs.Customers(), HasSubstr("2|100% :new \\ Ltd|good|100% :new \\ ltd"));
  both({"downgrade", "a3"});
  both({"upgrade", "head"});
  both({"downgrade", "base"});
}

TEST_F(AlembicImportTest, KeepsTheHistory) {
  ASSERT_EQ(Import(kProject / "alembic.ini").exit_code, 8);
  WriteFile(Imported(kHandWritten), kByHand);
  // Independent branches stand in the order of their files' names, which are others here.
  const std::vector<std::string> history = SortedLines(schemactl_.Run({"history"}).out);
  EXPECT_EQ(history, SortedLines(Alembic(kProject).Run({"history"}).out));
  EXPECT_THAT(history, Contains("billing1 (search1) -> billing2 (billing), Search in invoices"));
  EXPECT_THAT(history, Contains("search2, billing2 -> b1 (billing, search) (mergepoint), Join "
                                "search and billing"));
}

TEST_F(AlembicImportTest, NamesWhatCannotBeRenderedAndHowToWriteIt) {
  const RunResult import = Import(kProject / "alembic.ini");
  EXPECT_EQ(import.exit_code, 8);
  EXPECT_THAT(import.out, StartsWith("  Generating migrations/versions/"
                                     "a1_create_customers_and_their_standing.sql ...  done\n"));
  EXPECT_THAT(import.err, StartsWith("schemactl: 1 of 10 revisions cannot be rendered as SQL "
                                     "without a database; write them by hand:\nb2 ("));
  EXPECT_THAT(import.err, HasSubstr("09_fill_words.py)\n  upgrade(): AttributeError: "));
  EXPECT_THAT(import.err, HasSubstr("\n  write migrations/versions/"
                                    "b2_fill_in_the_words_of_older_customers.sql, which begins:\n"
                                    "    -- Fill in the words of older customers\n"
                                    "    --\n"
                                    "    -- revision: b2\n"
                                    "    -- down_revision: b1\n"));
  EXPECT_FALSE(fs::exists(Imported(kHandWritten)));
}

TEST_F(AlembicImportTest, RunsAutocommitBlocksOutsideATransaction) {
  ASSERT_EQ(Import(kProject / "alembic.ini").exit_code, 8);
  EXPECT_EQ(ReadFile(Imported("search1_index_customers_while_others_write.sql")),
            "-- Index customers while others write\n"
            "--\n"
            "-- revision: search1\n"
            "-- down_revision: a3\n"
            "-- branch_labels: search\n"
            "\n"
            "-- migrate:up transaction:false\n"
            "ALTER TABLE customers ADD COLUMN words TEXT;\n\n"
            "CREATE INDEX CONCURRENTLY ix_customers_words ON customers (words);\n\n"
            "ALTER TYPE standing ADD VALUE IF NOT EXISTS 'great';\n\n"
            "COMMENT ON COLUMN customers.words IS 'what the search looks at';\n"
            "\n"
            "-- migrate:down transaction:false\n"
            "DROP INDEX CONCURRENTLY ix_customers_words;\n\n"
            "ALTER TABLE customers DROP COLUMN words;\n");
}

TEST_F(AlembicImportTest, OverwritesOnlyWhenForcedAndKeepsWhatWasWrittenByHand) {
  ASSERT_EQ(Import(kProject / "alembic.ini").exit_code, 8);
  WriteFile(Imported(kHandWritten), kByHand);
  const fs::path first = Imported("a1_create_customers_and_their_standing.sql");
  const std::string text = ReadFile(first);
  WriteFile(first, "edited");
  const RunResult again = Import(kProject / "alembic.ini");
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_EQ(again.err,
            "schemactl: migrations/versions/a1_create_customers_and_their_standing.sql is there "
            "already, and 8 more; name another folder with --to, or overwrite with --force\n");
  EXPECT_EQ(ReadFile(first), "edited");

  const RunResult forced = Import(kProject / "alembic.ini", {"--force"});
  EXPECT_EQ(forced.exit_code, 0) << forced.err;
  EXPECT_EQ(ReadFile(first), text);
  EXPECT_EQ(ReadFile(Imported(kHandWritten)), kByHand);
}

TEST_F(AlembicImportTest, TakesOverTheVersionTableAndWhatCannotBeUndone) {
  const fs::path folder = schemactl_.folder() / "python";
  fs::create_directories(folder / "versions");
  WriteFile(folder / "alembic.ini", "[alembic]\nscript_location = %(here)s\n");
  WriteFile(folder / "env.py",
            "from alembic import context\n"
            "context.configure(dialect_name='postgresql', version_table='applied',\n"
            "                  version_table_schema='ops')\n"
            "context.run_migrations()\n");
  WriteFile(folder / "versions" / "a.py",
            "\"\"\"One way\"\"\"\nfrom alembic import op\nrevision = 'a'\ndown_revision = None\n"
            "def upgrade():\n    op.execute('SELECT 1')\n"
            "def downgrade():\n    raise NotImplementedError('data is gone')\n");
  const RunResult import = Import("python/alembic.ini", {"--to", "sql"});
  EXPECT_EQ(import.exit_code, 0) << import.err;
  EXPECT_EQ(import.out,
            "  Generating sql/versions/a_one_way.sql ...  done\n"
            "  Generating sql/schemactl.yaml ...  done\n");
  EXPECT_EQ(import.err,
            "schemactl: warning: revision a: written without a downgrade: downgrade(): "
            "NotImplementedError: data is gone\n");
  EXPECT_EQ(ReadFile(schemactl_.folder() / "sql" / "versions" / "a_one_way.sql"),
            "-- One way\n--\n-- revision: a\n-- down_revision: none\n\n-- migrate:up\nSELECT 1;\n");
  EXPECT_EQ(ReadFile(schemactl_.folder() / "sql" / "schemactl.yaml"),
            "versionTable: \"applied\"\nversionTableSchema: \"ops\"\n");
  EXPECT_EQ(schemactl_.Run({"-d", "sql", "heads"}).out, "a (head)\n");
}

// One alembic.ini for several databases, and an env.py that wants to be told things.
TEST_F(AlembicImportTest, PassesTheSectionAndTheArgumentsToEnvPy) {
  const fs::path folder = schemactl_.folder() / "python";
  fs::create_directories(folder / "billing");
  WriteFile(folder / "alembic.ini",
            "[alembic]\nscript_location = %(here)s/none\n"
            "[billing]\nscript_location = %(here)s\nversion_locations = %(here)s/billing\n");
  WriteFile(folder / "env.py",
            "from alembic import context\n"
            "told = context.get_x_argument(as_dictionary=True)\n"
            "context.configure(dialect_name='postgresql', version_table=told['table'],\n"
            "                  version_table_schema=told['schema'])\n"
            "context.run_migrations()\n");
  WriteFile(folder / "billing" / "a.py",
            "\"\"\"First\"\"\"\nfrom alembic import op\nrevision = 'a'\ndown_revision = None\n"
            "def upgrade():\n    op.execute('SELECT 1')\n"
            "def downgrade():\n    op.execute('SELECT 2')\n");
  const RunResult import = Import(
      "python/alembic.ini",
      {"--to", "sql", "-n", "billing", "-x", "table=applied", "-x", "schema=ops", "-o", "json"});
  EXPECT_EQ(import.exit_code, 0) << import.err;
  EXPECT_EQ(import.out,
            "[\n  {\n    \"revision\": \"a\",\n    \"file\": \"sql/versions/a_first.sql\",\n"
            "    \"from\": \"" +
                fs::canonical(folder / "billing" / "a.py").string() +
                "\",\n    \"written\": true,\n    \"problem\": \"\",\n    \"note\": \"\"\n"
                "  }\n]\n");
  EXPECT_EQ(ReadFile(schemactl_.folder() / "sql" / "schemactl.yaml"),
            "versionTable: \"applied\"\nversionTableSchema: \"ops\"\n");
  const RunResult untold = Import("python/alembic.ini", {"--to", "again", "--name", "billing"});
  EXPECT_EQ(untold.exit_code, 1);
  EXPECT_EQ(untold.err, "schemactl: cannot import python/alembic.ini: KeyError: 'table'\n");
  EXPECT_EQ(Import("python/alembic.ini", {"--name", "a]b"}).err,
            "schemactl: --name: this cannot be the name of a section\n");
}

TEST_F(AlembicImportTest, SaysWhatIsWrongWithAProject) {
  const fs::path folder = schemactl_.folder() / "python";
  fs::create_directories(folder / "versions");
  WriteFile(folder / "alembic.ini", "[alembic]\nscript_location = %(here)s\n");
  WriteFile(folder / "env.py", "import no_such_module\n");
  WriteFile(folder / "versions" / "a.py",
            "revision = 'a-b'\ndown_revision = None\ndef upgrade():\n    pass\n");
  RunResult import = Import("python/alembic.ini");
  EXPECT_EQ(import.exit_code, 1);
  EXPECT_THAT(import.err, StartsWith("schemactl: cannot import python/alembic.ini: "));

  WriteFile(folder / "versions" / "a.py",
            "revision = 'a'\ndown_revision = None\ndef upgrade():\n    pass\n");
  import = Import("python/alembic.ini");
  EXPECT_EQ(import.exit_code, 1);
  EXPECT_EQ(import.err,
            "schemactl: cannot import python/alembic.ini: ModuleNotFoundError: No module named "
            "'no_such_module'\n");

  WriteFile(folder / "env.py", "raise ValueError('bad: postgresql://app:s3cret@db:5432/app')\n");
  import = Import("python/alembic.ini");
  EXPECT_EQ(import.err,
            "schemactl: cannot import python/alembic.ini: ValueError: bad: ***@db:5432/app\n");

  WriteFile(folder / "env.py",
            "from alembic import context\ncontext.configure(dialect_name='sqlite')\n"
            "context.run_migrations()\n");
  import = Import("python/alembic.ini");
  EXPECT_EQ(import.exit_code, 1);
  EXPECT_EQ(import.err,
            "schemactl: cannot import python/alembic.ini: its migrations are for sqlite, not for "
            "PostgreSQL\n");
  EXPECT_FALSE(fs::exists(schemactl_.folder() / "migrations"));
}

// These need no Alembic.
TEST(ImportUsageTest, SaysWhatIsMissing) {
  const Schemactl schemactl;
  EXPECT_EQ(schemactl.Run({"import", "alembic"}).err,
            "schemactl: alembic.ini: there is no such file; name the project's alembic.ini, "
            "as in: import alembic PATH/alembic.ini\n");
  WriteFile(schemactl.folder() / "alembic.ini", "[alembic]\n");
  const RunResult import = schemactl.Run({"import", "alembic", "--alembic", "no-such-alembic"});
  EXPECT_EQ(import.exit_code, 1);
  EXPECT_EQ(import.err,
            "schemactl: cannot run no-such-alembic: No such file or directory; activate the "
            "project's Python environment, or name its alembic with --alembic PATH\n");
  EXPECT_EQ(schemactl.Run({"import", "alembic", "--alembic", "false"}).err,
            "schemactl: false ended with exit code 1: it says nothing\n");
  EXPECT_EQ(schemactl.Run({"import", "rails"}).exit_code, 2);
}

TEST(ImportUsageTest, EndsAlembicWhenInterrupted) {
  const Schemactl schemactl;
  WriteFile(schemactl.folder() / "alembic.ini", "[alembic]\n");
  WriteFile(schemactl.folder() / "slow", "#!/bin/sh\necho $$ > started\nsleep 600\n");
  fs::permissions(schemactl.folder() / "slow", fs::perms::owner_all);
  ChildProcess import(schemactl.Options({"import", "alembic", "--alembic", "./slow"}));
  const fs::path started = schemactl.folder() / "started";
  ASSERT_TRUE(WaitUntil([&] { return fs::exists(started) && !ReadFile(started).empty(); }));
  import.Signal(SIGINT);
  EXPECT_EQ(import.Wait(std::chrono::seconds(30)), 130);
  EXPECT_THAT(import.Err(), HasSubstr("schemactl: stopped on request\n"));
  EXPECT_TRUE(WaitUntil([&] { return kill(std::stoi(ReadFile(started)), 0) != 0; }));
}

}  // namespace
}  // namespace schemaop::testing
