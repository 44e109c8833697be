// wait: what an init container does before its application starts.
#include <arpa/inet.h>
#include <csignal>
#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "postgres/test_postgres.h"
#include "schemactl.h"

namespace schemaop::testing {
namespace {

class WaitTest : public ::testing::Test {
 protected:
  WaitTest() : database_(server_.CreateDatabase()) {
    schemactl_.AddTables(2);
    schemactl_.UseDatabase(server_.Url(database_));
  }

  TestPostgres& server_ = TestPostgres::Shared();
  std::string database_;
  Schemactl schemactl_;
};

TEST_F(WaitTest, EndsWhenTheDatabaseGetsThere) {
  ChildProcess wait(schemactl_.Options({"wait", "--for=head"}));
  ASSERT_TRUE(WaitUntil([&] { return !wait.Err().empty(); }));
  EXPECT_EQ(wait.Err(), "Waiting: the database is at base, not yet at 002 (head)\n");
  ASSERT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  EXPECT_EQ(wait.Wait(std::chrono::seconds(30)), 0);
  EXPECT_EQ(wait.Out(), "");
}

TEST_F(WaitTest, MoreThanTheRevisionIsEnough) {
  ASSERT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  EXPECT_EQ(schemactl_.Run({"wait", "--for", "001", "--timeout", "0s"}).exit_code, 0);
  EXPECT_EQ(schemactl_.Run({"wait", "--for", "base", "--timeout", "0s"}).exit_code, 0);
}

// An older image beside a database that a newer one has migrated already.
TEST_F(WaitTest, ADatabaseAheadOfTheFilesIsEnough) {
  ASSERT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  std::filesystem::remove(schemactl_.folder() / "migrations/versions/002_t.sql");
  const RunResult wait = schemactl_.Run({"wait", "--timeout", "0s"});
  EXPECT_EQ(wait.exit_code, 0) << wait.err;
}

TEST_F(WaitTest, GivesUpInTimeAndSaysWhatIsMissing) {
  ASSERT_EQ(schemactl_.Run({"upgrade", "001"}).exit_code, 0);
  const RunResult behind = schemactl_.Run({"wait", "--timeout", "0s"});
  EXPECT_EQ(behind.exit_code, 124);
  EXPECT_EQ(behind.err,
            "schemactl: timed out after 0s: the database is at 001, not yet at 002 (head)\n");
  schemactl_.UseDatabase("postgresql://u@127.0.0.1:1/d");
  const RunResult down = schemactl_.Run({"wait", "--timeout", "0s"});
  EXPECT_EQ(down.exit_code, 124);
  EXPECT_EQ(down.err,
            "schemactl: timed out after 0s: cannot connect to d@127.0.0.1:1: Connection refused\n");
}

// A port that takes connections and says nothing, as behind a load balancer without a server.
TEST_F(WaitTest, GivesUpInTimeOnAServerThatSaysNothing) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ASSERT_EQ(listen(listener, 8), 0);
  const std::string place = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  schemactl_.UseDatabase("postgresql://u@" + place + "/d?connect_timeout=60");
  const auto start = std::chrono::steady_clock::now();
  const RunResult silent = schemactl_.Run({"wait", "--timeout", "1s"});
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
  EXPECT_EQ(silent.exit_code, 124);
  EXPECT_EQ(silent.err, "schemactl: timed out after 1s: d@" + place + " does not answer\n");
  close(listener);
}

TEST_F(WaitTest, AWrongNameIsNotWaitedFor) {
  const RunResult wrong = schemactl_.Run({"wait", "--for", "nope"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_EQ(schemactl_.Run({"wait", "--timeout", "soon"}).err,
            "schemactl: --timeout: 'soon' is not a duration; write it like 90s, 10m or 1h30m; run "
            "'schemactl wait --help'\n");
}

TEST_F(WaitTest, EndsWhenInterrupted) {
  ChildProcess wait(schemactl_.Options({"wait"}));
  ASSERT_TRUE(WaitUntil([&] { return !wait.Err().empty(); }));
  wait.Signal(SIGTERM);
  EXPECT_EQ(wait.Wait(std::chrono::seconds(30)), 130);
}

}  // namespace
}  // namespace schemaop::testing
