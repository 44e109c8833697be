// Two runs of schemactl and one of the real Alembic at once on one database, killed at random.
#include <array>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "alembic.h"
#include "postgres/test_postgres.h"
#include "schemactl.h"

namespace schemaop::testing {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int kRevisions = 6;
constexpr unsigned kSeed = 20261122;

// How often to let them at each other: $SCHEMAOP_RIVAL_ROUNDS, else a few times.
int Rounds() {
  const char* text = std::getenv("SCHEMAOP_RIVAL_ROUNDS");
  return text == nullptr ? 3 : std::atoi(text);
}

std::string UpSql(int number) {
  const std::string id = Numbered(number);
  return "CREATE TABLE t" + id + " (n int); SELECT pg_sleep(0.03); " +
         "INSERT INTO applied_log VALUES ('" + id + "')";
}

std::string ParentOf(int number, const std::string& none) {
  return number == 1 ? none : Numbered(number - 1);
}

std::string SqlRevision(int number) {
  return "-- Revision " + Numbered(number) + "\n--\n-- revision: " + Numbered(number) +
         "\n-- down_revision: " + ParentOf(number, "none") + "\n\n-- migrate:up\n" + UpSql(number) +
         ";\n\n-- migrate:down\nDROP TABLE t" + Numbered(number) + ";\n";
}

std::string PythonRevision(int number) {
  const std::string parent = number == 1 ? "None" : "\"" + Numbered(number - 1) + "\"";
  return "from alembic import op\nrevision = \"" + Numbered(number) +
         "\"\ndown_revision = " + parent + "\n\ndef upgrade():\n    op.execute(\"" + UpSql(number) +
         "\")\n\ndef downgrade():\n    pass\n";
}

// The project that Alembic works on; $PER_MIGRATION chooses one of its two transaction modes.
void WritePythonProject(const std::filesystem::path& folder) {
  WriteFile(folder / "alembic.ini", "[alembic]\nscript_location = %(here)s\n");
  WriteFile(folder / "env.py",
            "import os\nimport sqlalchemy as sa\nfrom alembic import context\n"
            "with sa.create_engine(os.environ['DATABASE_URL']).connect() as connection:\n"
            "    context.configure(connection=connection,\n"
            "                      transaction_per_migration=os.environ['PER_MIGRATION'] == '1')\n"
            "    with context.begin_transaction():\n        context.run_migrations()\n");
  for (int number = 1; number <= kRevisions; ++number) {
    WriteFile(folder / "versions" / (Numbered(number) + ".py"), PythonRevision(number));
  }
}

// One of the three: starts at its time, may be killed at its time.
struct Rival {
  ProcessOptions options;
  Clock::time_point start;
  Clock::time_point kill;
  std::unique_ptr<ChildProcess> process = nullptr;

  bool HasEnded() {
    const auto now = Clock::now();
    if (!process && now >= start) process = std::make_unique<ChildProcess>(options);
    if (process && now >= kill) process->Signal(SIGKILL);
    return process && !process->Running();
  }
};

class RivalsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!AlembicVersion()) GTEST_SKIP() << "no " << AlembicProgram() << " with a driver here";
    WritePythonProject(python_.path());
    for (int number = 1; number <= kRevisions; ++number) {
      schemactl_.AddRevision(Numbered(number) + ".sql", SqlRevision(number));
    }
    database_ = TestPostgres::Shared().CreateDatabase();
    schemactl_.UseDatabase(TestPostgres::Shared().Url(database_));
  }

  std::string Query(const std::string& sql) const {
    return TestPostgres::Shared().Query(database_, sql);
  }

  void Reset() const {
    EXPECT_TRUE(WaitUntil([&] {
      return Query(
                 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                 "pid <> pg_backend_pid() AND backend_type = 'client backend'") == "0";
    }));
    Query(
        "SET client_min_messages = error; DROP SCHEMA IF EXISTS schemaversion CASCADE; "
        "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE applied_log (revision "
        "text)");
  }

  ProcessOptions AlembicOptions(const std::string& per_migration) const {
    return {.arguments = {AlembicProgram(), "upgrade", "head"},
            .environment = {{"DATABASE_URL", TestPostgres::Shared().Url(database_)},
                            {"PER_MIGRATION", per_migration},
                            {"PYTHONDONTWRITEBYTECODE", "1"}},
            .unset = {"ALEMBIC_CONFIG", "PYTHONPATH"},
            .working_directory = python_.path()};
  }

  milliseconds AnyOf(int most) {
    return milliseconds(std::uniform_int_distribution(0, most)(random_));
  }

  // All three begin within the time Alembic takes to start; about half of them are killed.
  void LetThemRun() {
    const auto now = Clock::now();
    const auto never = now + std::chrono::hours(1);
    const std::string per_migration = random_() % 2 == 0 ? "0" : "1";
    std::array<Rival, 3> rivals{
        Rival{.options = AlembicOptions(per_migration), .start = now, .kill = never},
        Rival{.options = schemactl_.Options({"upgrade", "head"}),
              .start = now + AnyOf(1000),
              .kill = never},
        Rival{.options = schemactl_.Options({"upgrade", "head"}),
              .start = now + AnyOf(1000),
              .kill = never}};
    for (Rival& rival : rivals) {
      if (random_() % 2 == 0)
        rival.kill = rival.start + AnyOf(&rival == rivals.data() ? 1500 : 400);
      kills_ += rival.kill == never ? 0 : 1;
    }
    EXPECT_TRUE(WaitUntil(
        [&] {
          bool all = true;
          for (Rival& rival : rivals) all = rival.HasEnded() && all;
          return all;
        },
        std::chrono::minutes(2)));
  }

  // Whoever comes last, undisturbed.
  void Finish() const {
    RunResult last;
    EXPECT_TRUE(WaitUntil([&] {
      last = schemactl_.Run({"upgrade", "head"});
      return last.exit_code == 0;
    })) << last.err;
  }

  Schemactl schemactl_;
  TempFolder python_;
  std::string database_;
  std::mt19937 random_{kSeed};
  int kills_ = 0;
};

TEST_F(RivalsTest, ApplyEachRevisionOnceWhoeverIsKilled) {
  std::string all;
  for (int number = 1; number <= kRevisions; ++number) {
    all += (number == 1 ? "" : " ") + Numbered(number) + ":1";
  }
  int by_alembic = 0;
  int by_schemactl = 0;
  for (int round = 1; round <= Rounds() && !HasFailure(); ++round) {
    Reset();
    LetThemRun();
    Finish();
    EXPECT_EQ(Query("SELECT string_agg(r, ' ' ORDER BY r) FROM (SELECT revision || ':' || count(*) "
                    "AS r FROM applied_log GROUP BY revision) one"),
              all)
        << "round " << round;
    EXPECT_EQ(Query("SELECT string_agg(version_num, ' ') FROM alembic_version"),
              Numbered(kRevisions))
        << "round " << round;
    const bool has_ledger = Query("SELECT to_regclass('schemaversion.ledger') IS NOT NULL") == "t";
    const int rows = has_ledger ? std::stoi(Query("SELECT count(*) FROM schemaversion.ledger")) : 0;
    by_schemactl += rows;
    by_alembic += kRevisions - rows;
    if (!has_ledger) continue;
    EXPECT_EQ(Query("SELECT count(*) FROM schemaversion.ledger a JOIN schemaversion.ledger b ON "
                    "a.sequence < b.sequence AND (a.revision = b.revision OR "
                    "b.started_at < a.finished_at)"),
              "0")
        << "round " << round << ": a revision twice, or two at a time";
  }
  std::cout << "rivals: " << Rounds() << " rounds, " << kills_ << " kills planned, " << by_schemactl
            << " revisions by schemactl, " << by_alembic << " by alembic, each once\n";
}

}  // namespace
}  // namespace schemaop::testing
