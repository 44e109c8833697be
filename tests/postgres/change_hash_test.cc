#include <string>

#include <gtest/gtest.h>

#include "postgres/catalog_reader.h"
#include "postgres/session.h"
#include "postgres/test_postgres.h"

namespace schemaop {
namespace {

class ChangeHashTest : public ::testing::Test {
 protected:
  ChangeHashTest() : database_(server_.CreateDatabase()), reader_(Connect()), other_(Connect()) {
    Run("SET search_path = public");
  }

  Session Connect() const {
    return Session::Connect({.dsn = ParseDatabaseUrl(server_.Url(database_)).value()}, {}).value();
  }
  std::string Hash() { return ReadChangeHash(reader_, {}).value(); }
  void Run(const std::string& sql) { ASSERT_TRUE(other_.Execute(sql, {})) << sql; }

  testing::TestPostgres& server_ = testing::TestPostgres::Shared();
  std::string database_;
  Session reader_;
  Session other_;
};

// Applications make and drop them all the time.
TEST_F(ChangeHashTest, WhatASessionKeepsToItselfIsNoChange) {
  Run("CREATE TABLE a (id int PRIMARY KEY)");
  const std::string before = Hash();
  Run("CREATE TEMP TABLE t (id serial PRIMARY KEY, a text DEFAULT 'x' CHECK (a <> ''), "
      "b int GENERATED ALWAYS AS IDENTITY UNIQUE)");
  Run("CREATE TEMP TABLE part (LIKE t) PARTITION BY LIST (id)");
  Run("CREATE TEMP TABLE part_1 PARTITION OF part FOR VALUES IN (1)");
  Run("CREATE TEMP VIEW v AS SELECT * FROM t");
  Run("CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION "
      "suppress_redundant_updates_trigger()");
  EXPECT_EQ(Hash(), before);
  Run("DROP TABLE t CASCADE");
  EXPECT_EQ(Hash(), before);
}

TEST_F(ChangeHashTest, WhatOthersSeeIsOne) {
  Run("CREATE TABLE a (id int)");
  std::string before = Hash();
  for (const char* change :
       {"ALTER TABLE a ADD COLUMN b int DEFAULT 1", "ALTER TABLE a ADD CHECK (id > 0)",
        "CREATE INDEX i ON a (id)", "CREATE VIEW v AS SELECT id FROM a", "CREATE SEQUENCE s",
        "ALTER SEQUENCE s INCREMENT 2", "CREATE TYPE e AS ENUM ('x')",
        "CREATE TABLE c () INHERITS (a)", "ALTER TABLE c NO INHERIT a",
        "CREATE TRIGGER g BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION "
        "suppress_redundant_updates_trigger()",
        "ALTER TABLE a ALTER COLUMN b DROP DEFAULT"}) {
    Run(change);
    const std::string after = Hash();
    EXPECT_NE(after, before) << change;
    before = after;
  }
}

}  // namespace
}  // namespace schemaop
