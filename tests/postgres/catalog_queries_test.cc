#include "postgres/catalog_queries.h"

#include <gtest/gtest.h>

#include "postgres/dsn.h"
#include "postgres/session.h"
#include "postgres/test_postgres.h"

namespace schemaop::testing {
namespace {

// What PUBLIC may read of pg_subscription before PostgreSQL 14 (its system_views.sql).
TEST(CatalogQueriesTest, AnOrdinaryRoleMayReadWhatEarlierServersAllow) {
  const TestPostgres server;
  server.Query("postgres",
               "CREATE ROLE plain LOGIN PASSWORD 'p'; REVOKE ALL ON pg_subscription FROM PUBLIC; "
               "GRANT SELECT "
               "(subdbid, subname, subowner, subenabled, subslotname, subpublications) ON "
               "pg_subscription TO PUBLIC; CREATE PUBLICATION p; CREATE SUBSCRIPTION s CONNECTION "
               "'' PUBLICATION p WITH (connect = false)");
  auto session = Session::Connect(
      {.dsn = ParseDatabaseUrl(server.Url("postgres", "plain", "p")).value()}, std::stop_token());
  ASSERT_TRUE(session);
  for (const CatalogQuery& query : OtherQueries(130000, false)) {
    const auto rows = session->Ask("SELECT 0, " + query.sql, {});
    EXPECT_TRUE(rows) << rows.error().message << " in " << query.sql;
    const bool found = query.sql.starts_with("'subscription'");
    if (rows && found) {
      EXPECT_EQ(rows->size(), 1U);
    }
  }
}

}  // namespace
}  // namespace schemaop::testing
