#include "catalog/rename.h"

#include <gtest/gtest.h>

namespace schemaop {
namespace {

CatalogObject RenamedColumn(const std::string& table, const std::string& name) {
  return {{ObjectKind::kColumn, table, name}, "public", {}, {}};
}

TEST(RenameTest, IsReadWrittenAndMade) {
  const struct {
    const char* text;
    const char* written;
    const char* sql;
    const char* back;
  } kCases[] = {
      {"column app.t.a -> b", "column app.t.a -> b", "ALTER TABLE app.t RENAME COLUMN a TO b",
       "ALTER TABLE app.t RENAME COLUMN b TO a"},
      {"table app.t -> u", "table app.t -> u", "ALTER TABLE app.t RENAME TO u",
       "ALTER TABLE app.u RENAME TO t"},
      {"t.a=b", "column public.t.a -> b", "ALTER TABLE public.t RENAME COLUMN a TO b",
       "ALTER TABLE public.t RENAME COLUMN b TO a"},
      {"constraint app.t.c->d", "constraint app.t.c -> d",
       "ALTER TABLE app.t RENAME CONSTRAINT c TO d", "ALTER TABLE app.t RENAME CONSTRAINT d TO c"},
      {"materialized view app.v -> w", "materialized view app.v -> w",
       "ALTER MATERIALIZED VIEW app.v RENAME TO w", "ALTER MATERIALIZED VIEW app.w RENAME TO v"},
      {"policy app.t.p -> q", "policy app.t.p -> q", "ALTER POLICY p ON app.t RENAME TO q",
       "ALTER POLICY q ON app.t RENAME TO p"},
      {"enum app.mood -> temper", "enum app.mood -> temper", "ALTER TYPE app.mood RENAME TO temper",
       "ALTER TYPE app.temper RENAME TO mood"},
      {"function app.f(integer) -> g", "function app.f(integer) -> g",
       "ALTER FUNCTION app.f(integer) RENAME TO g", "ALTER FUNCTION app.g(integer) RENAME TO f"},
      {"column app.\"T.x\".\"A\" -> \"B\"", "column app.\"T.x\".\"A\" -> \"B\"",
       "ALTER TABLE app.\"T.x\" RENAME COLUMN \"A\" TO \"B\"",
       "ALTER TABLE app.\"T.x\" RENAME COLUMN \"B\" TO \"A\""},
      {"schema app -> web", "schema app -> web", "ALTER SCHEMA app RENAME TO web",
       "ALTER SCHEMA web RENAME TO app"},
  };
  const Catalog from({RenamedColumn("public.t", "a")}, {});
  for (const auto& c : kCases) {
    const auto rename = ReadRename(c.text, from);
    ASSERT_TRUE(rename) << rename.error().message;
    EXPECT_EQ(WriteRename(*rename), c.written);
    EXPECT_EQ(RenameSql(*rename).value(), c.sql);
    EXPECT_EQ(RenameSql(Back(*rename)).value(), c.back);
  }
}

TEST(RenameTest, WhatIsNoneIsRefusedWithTheForm) {
  for (const char* text : {"", "a to b", "column app.t.a ->", "-> b", "t -> u v", "table t -> u"}) {
    const auto rename = ReadRename(text, Catalog());
    ASSERT_FALSE(rename) << text;
    EXPECT_EQ(rename.error(),
              (Error{ErrorCode::kInvalid, "\"" + std::string(text) +
                                              "\" is no rename; write it as: column app.t.old -> "
                                              "new"}));
  }
}

TEST(RenameTest, WhatPostgresCannotRenameInPlaceIsRefusedByName) {
  const auto rename = ReadRename("cast app.x -> y", Catalog());
  ASSERT_TRUE(rename);
  EXPECT_EQ(RenameSql(*rename).error().message,
            "PostgreSQL cannot rename cast app.x; leave the hint out");
}

}  // namespace
}  // namespace schemaop
