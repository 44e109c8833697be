// Hazards of migrating PostgreSQL that were met in practice, one test each: first what becomes of
// it when done the obvious way, then what becomes of it here.
#include <atomic>
#include <signal.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "faultproxy/fault_proxy.h"
#include "linear_project.h"
#include "postgres/connect.h"
#include "postgres/conversation.h"
#include "postgres/test_pgbouncer.h"
#include "postgres/typed_connection.h"
#include "small_disk.h"

namespace schemaop::testing {
namespace {

using Outcome = RunReport::Outcome;

class HazardTest : public LinearProject {
 protected:
  // A client like any: one libpq connection and nothing else.
  static std::unique_ptr<TypedConnection> Client(const std::string& url) {
    auto open =
        OpenPgConnection(ParseDatabaseUrl(url).value(), "naive", std::chrono::seconds(10), {});
    if (!open) throw std::runtime_error(open.error().message);
    return TypedConnection::Adopt(open->connection.release()).value();
  }
  // The first cell of the answer, or the SQLSTATE.
  static std::string Ask(TypedConnection& client, const std::string& sql) {
    auto rows = client.Query(sql, {}, {});
    if (!rows) return rows.error().sqlstate;
    return rows->empty() ? "" : rows->front().Text(0);
  }
  RunResult Psql(const std::string& script) const {
    return schemaop::testing::Run(
        {.arguments = {"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", server_.Url(database_)},
         .input = script});
  }
  // Whether a session of this database gets as far as `condition` (on pg_stat_activity) says.
  bool WaitForSession(const std::string& condition) const {
    return WaitForSessions(condition, "1");
  }
  bool WaitForSessions(const std::string& condition, const std::string& count) const {
    return WaitUntil([&] {
      return Query("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND " +
                   condition) == count;
    });
  }
};

// An unanswered COMMIT reads the same whether it happened or not.
TEST_F(HazardTest, Hazard1TheAnswerToACommitIsLost) {
  FaultProxy proxy(server_.port());
  const std::string url =
      "postgresql://postgres@127.0.0.1:" + std::to_string(proxy.port()) + "/" + database_;
  const FaultPlan before{.at = schemaop::testing::Query("COMMIT")};
  const FaultPlan after{.at = CommandComplete("COMMIT")};
  std::vector<std::string> said;
  for (const FaultPlan& plan : {before, after}) {
    auto open =
        OpenPgConnection(ParseDatabaseUrl(url).value(), "naive", std::chrono::seconds(10), {});
    ASSERT_TRUE(open);
    const auto say = [&](const std::string& sql) {
      return Converse(open->connection.get(), {.sql = sql}, {});
    };
    ASSERT_TRUE(say("BEGIN") && say("CREATE TABLE naive" + std::to_string(said.size()) + " ()"));
    proxy.Arm(plan);
    said.push_back(say("COMMIT").error().message);
  }
  EXPECT_EQ(said[0], said[1]) << "nobody can tell from this";
  EXPECT_FALSE(HasTable("naive0"));
  EXPECT_TRUE(HasTable("naive1"));

  options_.dsn = ParseDatabaseUrl(url).value();
  const auto revision = MakeRevision("001", "", "CREATE TABLE ours ()");
  proxy.Arm(before);
  EXPECT_EQ(Upgrade({revision}).error,
            (Error{ErrorCode::kUnavailable,
                   "the connection was lost while committing revision 001; nothing of it was "
                   "committed"}));
  EXPECT_FALSE(HasTable("ours"));
  proxy.Arm(after);
  const auto report = Upgrade({revision});
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(report.heads, Heads{"001"});
  EXPECT_EQ(LedgerWords(), "applied:001");
  EXPECT_EQ(proxy.struck(), 4);
}

// A server goes on with the statement of a client that is no more.
TEST_F(HazardTest, Hazard2TheClientDiesInAStatement) {
  {
    auto gate = Client(server_.Url(database_));
    Ask(*gate, "SELECT pg_advisory_lock(7)");
    ChildProcess psql({.arguments = {"psql", "-X", "-d", server_.Url(database_), "-c",
                                     "CREATE TABLE naive AS SELECT FROM pg_advisory_lock(7)"}});
    ASSERT_TRUE(WaitForSession("query LIKE 'CREATE TABLE naive%' AND wait_event_type = 'Lock'"));
    psql.Signal(SIGKILL);
    ASSERT_TRUE(psql.Wait(std::chrono::seconds(60)));
    Ask(*gate, "SELECT pg_advisory_unlock(7)");
  }
  EXPECT_TRUE(WaitUntil([&] { return HasTable("naive"); })) << "committed by a dead client";

  const pid_t child = ::fork();
  if (child == 0) {
    Upgrade({MakeRevision("001", "", "CREATE TABLE ours AS SELECT FROM pg_sleep(1000)")});
    ::_exit(0);
  }
  EXPECT_TRUE(WaitForSession("query LIKE 'CREATE TABLE ours%' AND wait_event = 'PgSleep'"));
  ::kill(child, SIGKILL);
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(server_.WaitUntilAlone(database_))
      << "the server has to notice that nobody waits for the answer";
  EXPECT_FALSE(HasTable("ours"));
  EXPECT_EQ(Upgrade({MakeRevision("001", "", "CREATE TABLE ours ()")}).error, std::nullopt)
      << "its lock is free again";
}

// Behind a pooler that shares sessions an advisory lock excludes nobody, and outlives its client.
TEST_F(HazardTest, Hazard3AnAdvisoryLockThroughATransactionPooler) {
  if (!TestPgbouncer::IsInstalled()) GTEST_SKIP() << "the package pgbouncer is not installed";
  const TestPgbouncer pooler(server_, "transaction");
  {
    auto one = Client(pooler.Url(database_));
    auto other = Client(pooler.Url(database_));
    EXPECT_EQ(Ask(*one, "SELECT pg_try_advisory_lock(42)"), "t");
    EXPECT_EQ(Ask(*other, "SELECT pg_try_advisory_lock(42)"), "t") << "two hold one lock";
  }
  auto direct = Client(server_.Url(database_));
  EXPECT_EQ(Ask(*direct, "SELECT pg_try_advisory_lock(42)"), "f") << "and nobody can free it";

  options_.dsn = ParseDatabaseUrl(pooler.Url(database_)).value();
  const auto report = Upgrade({MakeRevision("001", "", "CREATE TABLE ours ()")});
  EXPECT_EQ(report.error->code, ErrorCode::kUnsuitable);
  EXPECT_NE(report.error->message.find("use the server's direct address, or a pool with pool_mode "
                                       "session"),
            std::string::npos);
  EXPECT_FALSE(HasTable("ours"));
}

// IF NOT EXISTS takes what a failed CREATE INDEX CONCURRENTLY left for the index.
TEST_F(HazardTest, Hazard4AnIndexThatIsThereAndNotValid) {
  const auto build = [](const std::string& name) {
    return "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS " + name + " ON t (id)";
  };
  const auto is_valid = [&](const std::string& name) {
    return Query("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('" + name + "')");
  };
  Query("CREATE TABLE t (id int); INSERT INTO t VALUES (1), (1)");
  EXPECT_NE(Psql(build("naive")).exit_code, 0);
  Query("DELETE FROM t; INSERT INTO t VALUES (1)");
  EXPECT_EQ(Psql(build("naive")).exit_code, 0);
  EXPECT_EQ(is_valid("naive"), "f") << "done, says the retry";

  Query("DROP INDEX naive; INSERT INTO t VALUES (1)");
  const auto revision = WithoutTransaction(MakeRevision("001", "", build("ours")));
  const auto report = Upgrade({revision});
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->sqlstate, "23505");
  Query("DELETE FROM t; INSERT INTO t VALUES (1)");
  EXPECT_EQ(Upgrade({revision}).error, std::nullopt);
  EXPECT_EQ(is_valid("ours"), "t");
}

// Who may create functions in a schema of the search path is what the caller is (CVE-2018-1058).
TEST_F(HazardTest, Hazard5AFunctionOfATenantInTheSearchPath) {
  const std::string tenant = "tenant_" + database_;
  const auto is_superuser = [&] {
    return Query("SELECT rolsuper FROM pg_roles WHERE rolname = '" + tenant + "'");
  };
  const std::string grab =
      "LANGUAGE plpgsql AS $$BEGIN ALTER ROLE " + tenant + " SUPERUSER; RETURN NULL; END$$;";
  Query("CREATE ROLE " + tenant + "; GRANT CREATE ON SCHEMA public TO " + tenant + "; SET ROLE " +
        tenant + "; CREATE FUNCTION public.to_regclass(varchar) RETURNS regclass " + grab +
        "CREATE FUNCTION public.current_setting(varchar) RETURNS text " + grab +
        "CREATE FUNCTION public.set_config(varchar, varchar, boolean) RETURNS text " + grab +
        "CREATE FUNCTION public.to_char(timestamp, varchar) RETURNS text " + grab +
        "CREATE FUNCTION public.eq(name, text) RETURNS boolean " + grab +
        "CREATE FUNCTION public.eq(name, varchar) RETURNS boolean " + grab +
        "CREATE OPERATOR public.= (FUNCTION = public.eq, LEFTARG = name, RIGHTARG = text);"
        "CREATE OPERATOR public.= (FUNCTION = public.eq, LEFTARG = name, RIGHTARG = varchar)");
  Query("SELECT to_regclass('alembic_version'::varchar)");
  EXPECT_EQ(is_superuser(), "t") << "an unqualified name was enough";

  Query("ALTER ROLE " + tenant + " NOSUPERUSER");
  options_.search_path = {"public", "pg_catalog"};
  EXPECT_EQ(Upgrade({MakeRevision("001", "", "CREATE TABLE ours ()"),
                     WithoutTransaction(MakeRevision("002", "001", "VACUUM ours"))})
                .error,
            std::nullopt);
  EXPECT_EQ(Downgrade({MakeRevision("001", "", "CREATE TABLE ours ()", "DROP TABLE ours"),
                       MakeRevision("002", "001", "VACUUM ours")})
                .error,
            std::nullopt);
  ASSERT_TRUE(ObserveDatabase(options_, {}));
  EXPECT_EQ(is_superuser(), "f");
}

// SET ROLE, BEGIN and a session's lock are no walls: what runs inside can leave.
TEST_F(HazardTest, Hazard6SubmittedSqlThatLeavesItsTransactionRoleOrLock) {
  const std::string role = "role_" + database_;
  Query("CREATE ROLE " + role + "; GRANT ALL ON SCHEMA public TO " + role +
        "; GRANT CREATE ON DATABASE " + database_ + " TO " + role);
  auto naive = Client(server_.Url(database_));
  auto other = Client(server_.Url(database_));
  Ask(*naive, "SELECT pg_advisory_lock(42)");
  Ask(*naive, "SET ROLE " + role);
  Ask(*naive, "BEGIN");
  for (const char* submitted : {"CREATE TABLE naive ()", "COMMIT", "RESET ROLE",
                                "SELECT pg_advisory_unlock_all()", "CREATE TABLE owned ()"}) {
    Ask(*naive, submitted);
  }
  Ask(*naive, "ROLLBACK");
  EXPECT_TRUE(HasTable("naive")) << "rolled back, and there";
  EXPECT_EQ(Query("SELECT relowner::regrole FROM pg_class WHERE relname = 'owned'"), "postgres");
  EXPECT_EQ(Ask(*other, "SELECT pg_try_advisory_lock(42)"), "t");

  options_.role = role;
  for (const char* submitted :
       {"COMMIT", "RESET ROLE", "SELECT pg_advisory_unlock_all()", "DO $$BEGIN RESET ROLE; END$$",
        "DO $$BEGIN PERFORM pg_advisory_unlock_all(); END$$"}) {
    const auto report =
        Upgrade({MakeRevision("001", "", std::string("CREATE TABLE ours ();\n") + submitted)});
    ASSERT_TRUE(report.failure) << submitted;
    EXPECT_EQ(report.failure->statement, 2) << submitted;
    EXPECT_EQ(report.error->code, ErrorCode::kRejected) << report.error->message;
    EXPECT_FALSE(HasTable("ours"));
    EXPECT_FALSE(HasTable("alembic_version"));
  }
}

// A disk runs full between two statements.
TEST_F(HazardTest, Hazard7TheDataDiskRunsFull) {
  const auto disk = SmallDisk::Mount(8);
  if (!disk) GTEST_SKIP() << kNoMount;
  const std::string space = "space_" + database_;
  Query("CREATE TABLESPACE " + space + " LOCATION '" + disk->path() + "'");
  const auto script = [&](const std::string& name) {
    return "CREATE TABLE " + name + " ();\nCREATE TABLE " + name + "_rows TABLESPACE " + space +
           " AS SELECT repeat('x', 900) FROM generate_series(1, 20000)";
  };
  EXPECT_NE(Psql(script("naive")).exit_code, 0);
  EXPECT_TRUE(HasTable("naive")) << "half done, and nobody noted which half";

  const auto report = Upgrade({MakeRevision("001", "", script("ours"))});
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->sqlstate, "53100");
  EXPECT_TRUE(report.failure->retryable);
  EXPECT_FALSE(HasTable("ours"));
  disk->Grow(200);
  EXPECT_EQ(Upgrade({MakeRevision("001", "", script("ours"))}).error, std::nullopt);
  Query("DROP TABLE ours_rows");
  Query("DROP TABLESPACE " + space);
}

// An ALTER that waits for one idle reader stops every reader behind it.
TEST_F(HazardTest, Hazard8AWaitingAlterIsTheOutage) {
  Query("CREATE TABLE t (id int)");
  auto idle = Client(server_.Url(database_));
  auto reader = Client(server_.Url(database_));
  Ask(*idle, "BEGIN");
  Ask(*idle, "SELECT count(*) FROM t");
  {
    ChildProcess psql({.arguments = {"psql", "-X", "-d", server_.Url(database_), "-c",
                                     "ALTER TABLE t ADD COLUMN naive int"}});
    ASSERT_TRUE(
        WaitForSession("query LIKE 'ALTER TABLE t ADD COLUMN naive%' AND "
                       "wait_event_type = 'Lock'"));
    Ask(*reader, "SET lock_timeout = '300ms'");
    EXPECT_EQ(Ask(*reader, "SELECT count(*) FROM t"), "55P03") << "a plain SELECT waits behind it";
    psql.Signal(SIGINT);  // psql cancels its statement
    EXPECT_TRUE(psql.Wait(std::chrono::seconds(60)));
  }
  ASSERT_TRUE(
      WaitForSessions("query LIKE 'ALTER TABLE t ADD COLUMN naive%' AND state = 'active'", "0"));

  // The longest a reader may wait is what the options say, whatever the idle one does.
  options_.lock_timeout = std::chrono::milliseconds(50);
  Ask(*reader, "SET lock_timeout = '90s'");
  std::stop_source stop;
  std::atomic<bool> began = false;
  RunReport report;
  {
    const std::jthread runner([&] {
      report = Upgrade({MakeRevision("001", "", "ALTER TABLE t ADD COLUMN ours int")},
                       stop.get_token(), [&](const RunProgress&) { began = true; });
    });
    EXPECT_TRUE(WaitUntil([&] { return began.load(); }));
    EXPECT_EQ(Ask(*reader, "SELECT count(*) FROM t"), "0");
    stop.request_stop();
  }
  EXPECT_NE(report.outcome, Outcome::kCompleted);
  Ask(*idle, "COMMIT");
  EXPECT_EQ(Upgrade({MakeRevision("001", "", "ALTER TABLE t ADD COLUMN ours int")}).error,
            std::nullopt);
}

}  // namespace
}  // namespace schemaop::testing
