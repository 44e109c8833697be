// CREATE INDEX CONCURRENTLY in a run that is killed at any moment.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "postgres/test_postgres.h"
#include "schemactl.h"

namespace schemaop::testing {
namespace {

// Upgrades once the session of a killed run is gone.
RunResult Upgrade(const Schemactl& schemactl) {
  RunResult result;
  EXPECT_TRUE(WaitUntil([&] {
    result = schemactl.Run({"upgrade", "head"});
    return result.exit_code != 5;
  }));
  return result;
}

TEST(IndexKillTest, IndexKilledAtRandomAHundredTimesEndsValidEveryTime) {
  const std::string database = TestPostgres::Shared().CreateDatabase();
  Schemactl schemactl;
  schemactl.UseDatabase(TestPostgres::Shared().Url(database));
  const auto query = [&](const std::string& sql) {
    return TestPostgres::Shared().Query(database, sql);
  };
  const char* given = std::getenv("SCHEMAOP_SEED");
  const unsigned seed = given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10))
                                         : std::random_device{}();
  std::cout << "SCHEMAOP_SEED=" << seed << "\n";
  std::minstd_rand random(seed);
  query("CREATE TABLE a (id int); INSERT INTO a SELECT generate_series(1, 20000)");
  schemactl.AddRevision("001.sql",
                        "-- Index\n--\n-- revision: 001\n-- down_revision: none\n\n"
                        "-- migrate:up\nCREATE INDEX CONCURRENTLY i ON a (id);\n\n"
                        "-- migrate:down\nDROP INDEX CONCURRENTLY i;\n");
  const auto began = std::chrono::steady_clock::now();
  ASSERT_EQ(Upgrade(schemactl).exit_code, 0);
  const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - began);
  for (int round = 0; round < 100; ++round) {
    ASSERT_EQ(schemactl.Run({"downgrade", "base", "--yes"}).exit_code, 0) << round;
    {
      ChildProcess run(schemactl.Options({"upgrade", "head"}));
      std::uniform_int_distribution<long> moment(0, whole.count());
      std::this_thread::sleep_for(std::chrono::milliseconds(moment(random)));
      run.Signal(SIGKILL);
    }
    const RunResult again = Upgrade(schemactl);
    ASSERT_EQ(again.exit_code, 0) << "round " << round << ": " << again.err;
    ASSERT_EQ(query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"), "t")
        << round;
    ASSERT_EQ(query("SELECT count(*) FROM pg_index WHERE indrelid = 'a'::regclass"), "1") << round;
  }
  EXPECT_EQ(schemactl.Run({"ledger", "verify"}).exit_code, 0);
}

}  // namespace
}  // namespace schemaop::testing
