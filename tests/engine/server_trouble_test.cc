// The server dies, restarts, runs full or refuses us: what a run says, and that the next one goes
// on from there without anybody's help.
#include <signal.h>
#include <thread>
#include <unistd.h>

#include "linear_project.h"
#include "postgres/session.h"
#include "small_disk.h"

namespace schemaop::testing {
namespace {

using Outcome = RunReport::Outcome;

constexpr const char* kPassword = "canary-9f31";

// A server of its own, with an application role; each test troubles it.
class ServerTroubleTest : public ::testing::Test {
 protected:
  explicit ServerTroubleTest(const std::vector<std::string>& settings = {})
      : server_(settings), database_(server_.CreateDatabase()) {
    Super("CREATE ROLE app LOGIN PASSWORD '" + std::string(kPassword) +
          "'; GRANT CREATE ON DATABASE " + database_ +
          " TO app; GRANT ALL ON SCHEMA public TO app");
    options_.dsn = ParseDatabaseUrl(server_.Url(database_, "app", kPassword)).value();
  }
  std::string Super(const std::string& sql) const { return server_.Query(database_, sql); }
  std::string Label() const { return DsnLabel(options_.dsn); }

  RunReport Upgrade(const std::vector<Revision>& revisions) const {
    const auto graph = RevisionGraph::Build(revisions).value();
    RunReport report = Migrate(options_, graph, PlanAll(revisions), {"a test"}, nullptr, {});
    EXPECT_EQ(report.error.value_or(Error{}).message.find(kPassword), std::string::npos);
    return report;
  }
  // A run of `revision`, to which `trouble` happens once its session is where `condition` (on
  // pg_stat_activity) says.
  RunReport UpgradeWhile(const Revision& revision, const std::string& condition,
                         const std::function<void()>& trouble) const {
    RunReport report;
    {
      const std::jthread runner([&] { report = Upgrade({revision}); });
      EXPECT_TRUE(WaitUntil([&] {
        return Super("SELECT count(*) FROM pg_stat_activity WHERE usename = 'app' AND " +
                     condition) == "1";
      }));
      trouble();
    }
    return report;
  }
  void ExpectNothing() const {
    EXPECT_EQ(Super("SELECT to_regclass('a') IS NULL AND to_regclass('alembic_version') IS NULL "
                    "AND to_regclass('schemaversion.ledger') IS NULL"),
              "t");
  }
  void ExpectRecovery() const {
    EXPECT_EQ(Upgrade({good_}).error, std::nullopt);
    EXPECT_EQ(Super("SELECT version_num, to_regclass('a') FROM alembic_version"), "001|a");
    EXPECT_EQ(Super("SELECT count(*) FROM schemaversion.ledger"), "1");
  }

  TestPostgres server_;
  std::string database_;
  DatabaseOptions options_;
  const Revision good_ = MakeRevision("001", "", "CREATE TABLE a (id int)");
  const Revision slow_ = MakeRevision("001", "", "CREATE TABLE a (id int);\nSELECT pg_sleep(1000)");
};

constexpr const char* kSleeping = "query = 'SELECT pg_sleep(1000)' AND wait_event = 'PgSleep'";

TEST_F(ServerTroubleTest, AServerShutDownInAStatementIsRetriedAndTheNextRunIsWhole) {
  const auto report = UpgradeWhile(slow_, kSleeping, [&] { server_.Stop("fast"); });
  EXPECT_EQ(report.error,
            (Error{ErrorCode::kUnavailable,
                   "001.sql:2:1: terminating connection due to administrator command (SQLSTATE "
                   "57P01)"}));
  EXPECT_TRUE(report.failure && report.failure->retryable);
  EXPECT_EQ(Upgrade({good_}).error, (Error{ErrorCode::kUnavailable, "cannot connect to " + Label() +
                                                                        ": Connection refused"}));
  server_.Start();
  ExpectNothing();
  ExpectRecovery();
}

TEST_F(ServerTroubleTest, AServerThatCrashesInAStatementIsRetriedAndTheNextRunIsWhole) {
  for (const std::string mode : {"immediate", "kill"}) {
    SCOPED_TRACE(mode);
    const auto report = UpgradeWhile(slow_, kSleeping, [&] { server_.Stop(mode); });
    EXPECT_EQ(report.error, (Error{ErrorCode::kUnavailable,
                                   "001.sql:2:1: the connection to the server was lost"}));
    EXPECT_TRUE(report.failure && report.failure->retryable);
    server_.StartAgain();
    ExpectNothing();
  }
  ExpectRecovery();
}

TEST_F(ServerTroubleTest, AKilledBackendTakesTheServerDownAndTheNextRunIsWhole) {
  const auto report = UpgradeWhile(slow_, kSleeping, [&] {
    const std::string pid =
        Super(std::string("SELECT pid FROM pg_stat_activity WHERE ") + kSleeping);
    EXPECT_EQ(::kill(std::stoi(pid), SIGKILL), 0);
  });
  EXPECT_EQ(report.error,
            (Error{ErrorCode::kUnavailable, "001.sql:2:1: the connection to the server was lost"}));
  EXPECT_TRUE(WaitUntil([&] { return ObserveDatabase(options_, {}).has_value(); }));
  ExpectNothing();
  ExpectRecovery();
}

TEST_F(ServerTroubleTest, AServerThatCrashesInCommitIsAskedAgainOnceItIsBack) {
  const auto sleeps_in_commit = MakeRevision("001", "", InCommit("a", "PERFORM pg_sleep(1000)"));
  for (const std::string mode : {"fast", "immediate", "kill"}) {
    SCOPED_TRACE(mode);
    const auto report =
        UpgradeWhile(sleeps_in_commit, "query = 'COMMIT' AND wait_event = 'PgSleep'", [&] {
          server_.Stop(mode);
          server_.StartAgain();
        });
    EXPECT_EQ(report.error->code, ErrorCode::kUnavailable);
    EXPECT_EQ(report.error->message,
              "the connection was lost while committing revision 001; nothing of it was committed");
    EXPECT_EQ(report.heads, Heads{});
    ExpectNothing();
  }
  ExpectRecovery();
}

class SynchronousServerTest : public ServerTroubleTest {
 protected:
  SynchronousServerTest()
      : ServerTroubleTest({"synchronous_standby_names = 'nobody'", "synchronous_commit = local"}) {}
};

TEST_F(SynchronousServerTest, AServerThatRestartsBehindACommitIsFoundToHaveCommitted) {
  const auto waits =
      MakeRevision("001", "", "CREATE TABLE a (id int); SET LOCAL synchronous_commit = on");
  for (const std::string mode : {"fast", "immediate"}) {
    SCOPED_TRACE(mode);
    const auto report = UpgradeWhile(waits, "wait_event = 'SyncRep'", [&] {
      server_.Stop(mode);
      server_.StartAgain();
    });
    EXPECT_EQ(report.error, std::nullopt) << report.error->message;
    EXPECT_EQ(report.heads, Heads{"001"});
    EXPECT_EQ(Super("SELECT version_num, to_regclass('a') FROM alembic_version"), "001|a");
    Super("DROP TABLE a, alembic_version; DROP SCHEMA schemaversion CASCADE");
  }
}

class CrowdedServerTest : public ServerTroubleTest {
 protected:
  CrowdedServerTest() : ServerTroubleTest({"max_connections = 8"}) {}
};

TEST_F(CrowdedServerTest, AServerWithoutAFreeConnectionIsRetried) {
  std::vector<Session> crowd;
  for (int i = 0; i < 5; ++i) {
    // Those that set the test up may not have left yet.
    ASSERT_TRUE(WaitUntil([&] {
      auto session = Session::Connect({.dsn = options_.dsn}, {});
      if (session) crowd.push_back(std::move(*session));
      return session.has_value();
    }));
  }
  const Error full{ErrorCode::kUnavailable,
                   "cannot connect to " + Label() +
                       ": remaining connection slots are reserved for non-replication superuser "
                       "connections (SQLSTATE 53300)"};
  EXPECT_EQ(Upgrade({good_}).error, full);
  EXPECT_EQ(ObserveDatabase(options_, {}).error(), full);
  crowd.clear();
  EXPECT_TRUE(WaitUntil([&] { return ObserveDatabase(options_, {}).has_value(); }));
  ExpectRecovery();
}

TEST_F(ServerTroubleTest, ARoleThatMayNotConnectIsDenied) {
  Super("REVOKE CONNECT ON DATABASE " + database_ + " FROM PUBLIC");
  EXPECT_EQ(Upgrade({good_}).error,
            (Error{ErrorCode::kDenied, "cannot connect to " + Label() +
                                           ": permission denied for database \"" + database_ +
                                           "\" (SQLSTATE 42501)"}));
  Super("GRANT CONNECT ON DATABASE " + database_ + " TO app");
  ExpectRecovery();
}

TEST_F(ServerTroubleTest, AWrongPasswordIsDeniedUntilItIsRight) {
  Super("ALTER ROLE app PASSWORD 'another'");
  EXPECT_EQ(Upgrade({good_}).error,
            (Error{ErrorCode::kDenied,
                   "cannot connect to " + Label() +
                       ": password authentication failed for user \"app\" (SQLSTATE 28P01)"}));
  Super("ALTER ROLE app PASSWORD '" + std::string(kPassword) + "'");
  ExpectRecovery();
}

TEST_F(ServerTroubleTest, ADatabaseThatIsNotThereYetIsNotFound) {
  options_.dsn = ParseDatabaseUrl(server_.Url("later", "app", kPassword)).value();
  EXPECT_EQ(
      Upgrade({good_}).error,
      (Error{ErrorCode::kNotFound, "cannot connect to " + Label() +
                                       ": database \"later\" does not exist (SQLSTATE 3D000)"}));
  Super("CREATE DATABASE later OWNER app");
  EXPECT_EQ(Upgrade({good_}).error, std::nullopt);
}

TEST_F(ServerTroubleTest, AServerThatWantsTlsSaysSo) {
  server_.AllowOnly({"hostssl all app 127.0.0.1/32 scram-sha-256"});
  EXPECT_EQ(Upgrade({good_}).error,
            (Error{ErrorCode::kDenied,
                   "cannot connect to " + Label() +
                       ": no pg_hba.conf entry for host \"127.0.0.1\", user \"app\", database \"" +
                       database_ +
                       "\", no encryption (SQLSTATE 28000); the server may want TLS: sslmode "
                       "verify-full, verify-ca or require"}));
  server_.AllowOnly({"host all app 127.0.0.1/32 scram-sha-256"});
  EXPECT_TRUE(WaitUntil([&] { return ObserveDatabase(options_, {}).has_value(); }));
  ExpectRecovery();
}

TEST_F(ServerTroubleTest, AReadOnlyDatabaseIsRetriedUntilItIsWritable) {
  Super("ALTER DATABASE " + database_ + " SET default_transaction_read_only = on");
  EXPECT_EQ(Upgrade({good_}).error,
            (Error{ErrorCode::kUnavailable,
                   Label() + " gives read-only transactions: default_transaction_read_only is on "
                             "for the server, the database or the role; switch it off"}));
  EXPECT_TRUE(ObserveDatabase(options_, {})) << "it can be read";
  server_.Query("postgres", "ALTER DATABASE " + database_ + " RESET default_transaction_read_only");
  ExpectRecovery();
}

TEST_F(ServerTroubleTest, AStandbyIsRetriedUntilItIsPromoted) {
  server_.Stop("fast");
  server_.StartAsStandby();
  EXPECT_EQ(Upgrade({good_}).error,
            (Error{ErrorCode::kUnavailable,
                   Label() + " is a standby, which takes no changes; name the primary, or all "
                             "hosts, of which the one that accepts writes is taken"}));
  EXPECT_TRUE(ObserveDatabase(options_, {})) << "it can be read";
  EXPECT_EQ(server_.Query("postgres", "SELECT pg_promote()"), "t");
  ExpectRecovery();
}

TEST_F(ServerTroubleTest, AFullDataDiskRollsTheRevisionBackAndIsRetried) {
  const auto disk = SmallDisk::Mount(8);
  if (!disk) GTEST_SKIP() << kNoMount;
  Super("CREATE TABLESPACE small OWNER app LOCATION '" + disk->path() + "'");
  const auto big = MakeRevision("001", "",
                                "CREATE TABLE a (id int);\nCREATE TABLE big TABLESPACE small AS "
                                "SELECT g, repeat('x', 900) FROM generate_series(1, 20000) g");
  const auto report = Upgrade({big});
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->sqlstate, "53100");
  EXPECT_EQ(report.failure->statement, 2);
  EXPECT_EQ(report.failure->hint, "Check free disk space.");
  EXPECT_TRUE(report.failure->retryable);
  EXPECT_EQ(report.error->code, ErrorCode::kUnavailable);
  EXPECT_NE(report.error->message.find("No space left on device (SQLSTATE 53100)"),
            std::string::npos)
      << report.error->message;
  ExpectNothing();
  disk->Grow(200);
  EXPECT_EQ(Upgrade({big}).error, std::nullopt);
  EXPECT_EQ(Super("SELECT count(*) FROM big"), "20000");
  Super("DROP TABLE big");
  Super("DROP TABLESPACE small");
}

TEST_F(ServerTroubleTest, AFullWalDiskCrashesTheServerAndNothingOfTheRevisionRemains) {
  const auto disk = SmallDisk::Mount(48);
  if (!disk) GTEST_SKIP() << kNoMount;
  const std::string wal = Super("SHOW data_directory") + "/pg_wal";
  server_.Stop("fast");
  ASSERT_EQ(
      schemaop::testing::Run({.arguments = {"sh", "-c",
                                            "cp -a " + wal + "/. " + disk->path() + " && rm -r " +
                                                wal + " && ln -s " + disk->path() + " " + wal}})
          .exit_code,
      0);
  server_.Start();
  const auto big = MakeRevision("001", "",
                                "CREATE TABLE a (id int);\nCREATE TABLE big AS SELECT g, "
                                "repeat('x', 900) FROM generate_series(1, 120000) g");
  const auto report = Upgrade({big});
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->statement, 2);
  EXPECT_TRUE(report.failure->retryable);
  EXPECT_EQ(report.error->code, ErrorCode::kUnavailable);
  disk->Grow(1000);
  // It restarts by itself, or gives up when its recovery finds no room either.
  const auto there = [&] { return ObserveDatabase(options_, {}).has_value(); };
  if (!WaitUntil(there, std::chrono::seconds(5))) server_.StartAgain();
  EXPECT_TRUE(WaitUntil(there));
  ExpectNothing();
  ExpectRecovery();
}

}  // namespace
}  // namespace schemaop::testing
