// Statement boundaries as a real server sees them: what the splitter takes for one statement, the
// server answers with one result.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "postgres/test_postgres.h"
#include "sql/splitter.h"
#include "test_connection.h"
#include "test_paths.h"

namespace schemaop {
namespace {

namespace fs = std::filesystem;
using testing::TestPostgres;

std::string ReadText(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  EXPECT_TRUE(stream) << path;
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void ExpectOneResult(testing::TestConnection& connection, const Statement& statement) {
  const auto answer = connection.Send(statement);
  EXPECT_EQ(answer.results, 1) << statement.text;
  EXPECT_EQ(answer.message, "") << statement.text;
}

void ExpectOneResultEach(std::string_view file, std::size_t statements) {
  const auto split = SplitStatements(ReadText(fs::path(SCHEMAOP_TESTDATA) / "sql" / file), file);
  ASSERT_TRUE(split) << split.error().message;
  EXPECT_EQ(split->size(), statements);
  TestPostgres& server = TestPostgres::Shared();
  testing::TestConnection connection(server.Url(server.CreateDatabase()));
  for (const Statement& statement : *split) ExpectOneResult(connection, statement);
}

TEST(SplitterServerTest, GivesOneResultForEachStatementOfTheTortureFile) {
  ExpectOneResultEach("torture.sql", 19);
}

TEST(SplitterServerTest, GivesOneResultForEachStatementWithABeginAtomicBody) {
  ExpectOneResultEach("begin_atomic.sql", 12);
}

TEST(SplitterServerTest, GivesOneResultForEachStatementOfTheOtherCorners) {
  ExpectOneResultEach("more.sql", 22);
}

// The two texts that show the difference: were the splitter to cut elsewhere, the count would be
// another.
TEST(SplitterServerTest, CountsWithTheServersOwnEyes) {
  TestPostgres& server = TestPostgres::Shared();
  testing::TestConnection connection(server.Url("postgres"));
  EXPECT_EQ(connection.Send("SELECT 1; SELECT 2").results, 2);
  EXPECT_EQ(connection.Send("SELECT ';'").results, 1);
  EXPECT_EQ(connection.Send("SELECT 1; SELECT ';").sqlstate, "42601");
}

TEST(SplitterServerTest, LoadsWhatPgDumpWrote) {
  TestPostgres& server = TestPostgres::Shared();
  const std::string source = server.CreateDatabase();
  server.Query(
      source,
      "CREATE TABLE t (a int PRIMARY KEY, b text); INSERT INTO t VALUES (1, E'x;\\n\\\\.'), "
      "(2, NULL); CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; "
      "SELECT 2; END");
  const auto dump = testing::Run({.arguments = {"pg_dump", server.Url(source)}});
  ASSERT_EQ(dump.exit_code, 0) << dump.err;
  const auto statements = SplitStatements(dump.out, "dump.sql");
  ASSERT_TRUE(statements) << statements.error().message;

  const std::string target = server.CreateDatabase();
  testing::TestConnection connection(server.Url(target));
  for (const Statement& statement : *statements) ExpectOneResult(connection, statement);
  EXPECT_EQ(server.DumpSchema(target), server.DumpSchema(source));
  EXPECT_EQ(server.Query(target, "SELECT * FROM t ORDER BY a"),
            server.Query(source, "SELECT * FROM t ORDER BY a"));
}

}  // namespace
}  // namespace schemaop
