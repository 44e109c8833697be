#include "engine/scratch_database.h"

#include <cstdlib>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

#include "postgres/test_postgres.h"

namespace schemaop::testing {
namespace {

class ScratchDatabaseTest : public ::testing::Test {
 protected:
  ScratchOptions Options(const std::string& database, const std::string& user = "postgres",
                         const std::string& password = "") const {
    return {.server = ParseDatabaseUrl(server_.Url(database, user, password)).value(),
            .owner = std::nullopt,
            .copy_of = std::nullopt};
  }

  bool Exists(const std::string& name) const {
    return server_.Query("postgres", "SELECT 1 FROM pg_database WHERE datname = '" + name + "'") ==
           "1";
  }

  std::string Query(const std::string& sql) const { return server_.Query("postgres", sql); }

  TestPostgres& server_ = TestPostgres::Shared();
};

TEST_F(ScratchDatabaseTest, IsEmptyAndLikeTheDatabaseBesideIt) {
  const std::string database = server_.CreateDatabase();
  Query("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
  Query("ALTER DATABASE latin SET search_path = \"My App\", public");
  auto scratch = ScratchDatabase::Create(Options("latin"), {});
  ASSERT_TRUE(scratch) << scratch.error().message;
  EXPECT_TRUE(scratch->name().starts_with(kScratchPrefix)) << scratch->name();
  const std::string like =
      "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = "
      "current_database()";
  EXPECT_EQ(server_.Query(scratch->name(), like), "LATIN1|C|C");
  EXPECT_EQ(server_.Query(scratch->name(), "SHOW search_path"), "\"My App\", public");
  EXPECT_EQ(server_.Query(scratch->name(), "SELECT count(*) FROM pg_class WHERE oid >= 16384"),
            "0");
  EXPECT_EQ(DsnLabel(scratch->dsn()),
            scratch->name() + "@127.0.0.1:" + std::to_string(server_.port()));
}

TEST_F(ScratchDatabaseTest, IsDroppedWithTheSessionsThatAreStillInIt) {
  std::string name;
  auto scratch = ScratchDatabase::Create(Options("postgres"), {});
  ASSERT_TRUE(scratch) << scratch.error().message;
  name = scratch->name();
  auto guest = Session::Connect({.dsn = scratch->dsn()}, {});
  ASSERT_TRUE(guest) << guest.error().message;
  EXPECT_TRUE(Exists(name));
  const auto dropped = scratch->Drop();
  EXPECT_TRUE(dropped) << dropped.error().message;
  EXPECT_FALSE(Exists(name));
  EXPECT_TRUE(scratch->Drop()) << "a second time";
}

TEST_F(ScratchDatabaseTest, IsDroppedWithTheObjectWhoeverOwnsItThen) {
  std::string name;
  {
    auto scratch = ScratchDatabase::Create(Options("postgres"), {});
    ASSERT_TRUE(scratch) << scratch.error().message;
    name = scratch->name();
    const ScratchDatabase moved = *std::move(scratch);
    EXPECT_TRUE(Exists(name));
  }
  EXPECT_FALSE(Exists(name));
}

TEST_F(ScratchDatabaseTest, CopiesADatabaseAndWhatIsInIt) {
  const std::string database = server_.CreateDatabase();
  server_.Query(database, "CREATE TABLE copied (id int)");
  ScratchOptions options = Options("postgres");
  options.copy_of = database;
  auto scratch = ScratchDatabase::Create(options, {});
  ASSERT_TRUE(scratch) << scratch.error().message;
  EXPECT_EQ(server_.Query(scratch->name(), "SELECT count(*) FROM copied"), "0");
  auto guest = Session::Connect({.dsn = Options(database).server}, {});
  ASSERT_TRUE(guest) << guest.error().message;
  const auto busy = ScratchDatabase::Create(options, {});
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().code, ErrorCode::kBusy);
}

TEST_F(ScratchDatabaseTest, WhatAKilledRunLeftBehindIsDroppedByTheNextOne) {
  int names[2];
  ASSERT_EQ(::pipe(names), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto scratch = ScratchDatabase::Create(Options("postgres"), {});
    const std::string name = scratch ? scratch->name() : "";
    static_cast<void>(!::write(names[1], name.data(), name.size()));
    ::_exit(1);  // without a destructor, as SIGKILL would
  }
  ::close(names[1]);
  std::string left(200, '\0');
  const ssize_t length = ::read(names[0], left.data(), left.size());
  ::close(names[0]);
  ::waitpid(child, nullptr, 0);
  ASSERT_GT(length, 0);
  left.resize(static_cast<std::size_t>(length));
  // The server notices by itself that its client is gone.
  for (int i = 0; Exists(left) && i < 600; ++i) {
    const auto next = ScratchDatabase::Create(Options("postgres"), {});
    ASSERT_TRUE(next) << next.error().message;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_FALSE(Exists(left)) << left;
}

TEST_F(ScratchDatabaseTest, DatabasesOfLivingRunsAndOfOthersStay) {
  const auto living = ScratchDatabase::Create(Options("postgres"), {});
  ASSERT_TRUE(living) << living.error().message;
  Query("CREATE DATABASE schemaop_scratch_of_somebody");
  const auto next = ScratchDatabase::Create(Options("postgres"), {});
  ASSERT_TRUE(next) << next.error().message;
  EXPECT_TRUE(Exists(living->name()));
  EXPECT_TRUE(Exists("schemaop_scratch_of_somebody"));
}

TEST_F(ScratchDatabaseTest, ARoleThatMayNotCreateDatabasesIsToldWhatToGrant) {
  Query("CREATE ROLE modest LOGIN PASSWORD 'pw'");
  const auto refused = ScratchDatabase::Create(Options("postgres", "modest", "pw"), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(),
            (Error{ErrorCode::kDenied,
                   "cannot create a scratch database beside postgres@127.0.0.1:" +
                       std::to_string(server_.port()) +
                       ": permission denied to create database (SQLSTATE 42501); an administrator "
                       "has to ALTER ROLE \"modest\" CREATEDB, or name a server where it may "
                       "create databases with --scratch-url"}));
}

TEST_F(ScratchDatabaseTest, ARoleWithCreatedbNeedsNothingElse) {
  Query("CREATE ROLE maker LOGIN CREATEDB PASSWORD 'pw'");
  std::string name;
  {
    const auto scratch = ScratchDatabase::Create(Options("postgres", "maker", "pw"), {});
    ASSERT_TRUE(scratch) << scratch.error().message;
    name = scratch->name();
    EXPECT_EQ(
        Query("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '" + name + "'"),
        "maker");
  }
  EXPECT_FALSE(Exists(name));
}

TEST_F(ScratchDatabaseTest, BelongsToTheRoleThatIsNamed) {
  Query("CREATE ROLE team NOLOGIN; CREATE ROLE member LOGIN CREATEDB PASSWORD 'pw' IN ROLE team");
  ScratchOptions options = Options("postgres", "member", "pw");
  options.owner = "team";
  const auto scratch = ScratchDatabase::Create(options, {});
  ASSERT_TRUE(scratch) << scratch.error().message;
  EXPECT_EQ(Query("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '" +
                  scratch->name() + "'"),
            "team");
}

}  // namespace
}  // namespace schemaop::testing
