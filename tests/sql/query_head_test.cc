#include "sql/query_head.h"

#include <gtest/gtest.h>

namespace schemaop {
namespace {

TEST(QueryHeadTest, ShowsNoValues) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"SELECT  *\n FROM orders -- of 'Bob'\nWHERE id = 42 AND name = 'Bob''s'",
       "SELECT * FROM orders WHERE id = ? AND name = ?"},
      {"ALTER ROLE app PASSWORD E's3c\\'ret'", "ALTER ROLE app PASSWORD ?"},
      {"DO $x$ BEGIN PERFORM 'secret'; END $x$", "DO ?"},
      {"SELECT 1.5e3, 0x1F, B'101', $1", "SELECT ?, ?, B?, $1"},
      {"SELECT \"Name\" /* 'v' */ FROM t;", "SELECT \"Name\" FROM t;"},
      {"INSERT INTO t VALUES ('cut off in the mid", "INSERT INTO t VALUES ("},
      {"SELECT $$half", "SELECT"},
      {"", ""},
  };
  for (const auto& [sql, head] : cases) EXPECT_EQ(QueryHead(sql, 80), head);
}

TEST(QueryHeadTest, IsCut) { EXPECT_EQ(QueryHead("SELECT abcdef FROM t", 10), "SELECT ..."); }

}  // namespace
}  // namespace schemaop
