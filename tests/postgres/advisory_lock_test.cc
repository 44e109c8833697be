#include "postgres/advisory_lock.h"

#include <gtest/gtest.h>

#include "postgres/quote.h"
#include "postgres/test_postgres.h"

namespace schemaop::testing {
namespace {

TEST(AdvisoryLockTest, TheServerComputesTheSameKey) {
  TestPostgres& server = TestPostgres::Shared();
  const std::string database = server.CreateDatabase();
  const std::vector<std::pair<std::string, std::string>> tables{
      {"public", "alembic_version"}, {"it's \\ odd", "na\"me\\x"}, {"größe", "версия"}};
  for (const auto& [schema, table] : tables) {
    EXPECT_EQ(server.Query(database, "SELECT " + MigrationLockKeySql(QuoteLiteral(schema), table)),
              std::to_string(MigrationLockKey(schema, table)))
        << schema;
  }
}

}  // namespace
}  // namespace schemaop::testing
