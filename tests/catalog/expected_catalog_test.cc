#include "catalog/expected_catalog.h"

#include <gtest/gtest.h>

#include "catalog/change_list.h"

namespace schemaop {
namespace {

CatalogObject ExpectedTable(const std::string& name, const std::string& comment = "") {
  CatalogObject object{{ObjectKind::kTable, "", name}, "public", {}, {}};
  if (!comment.empty()) object.properties.Set(Property::kComment, comment);
  return object;
}

CatalogObject ExpectedColumn(const std::string& table, const std::string& name,
                             const std::string& type) {
  CatalogObject object{{ObjectKind::kColumn, table, name}, "public", {}, {}};
  object.properties.Set(Property::kType, type);
  return object;
}

CatalogObject ExpectedIndex(const std::string& name, const std::string& table,
                            const std::string& column) {
  CatalogObject object{{ObjectKind::kIndex, "", name}, "public", {}, {}};
  object.properties.Set(Property::kTable, table);
  object.depends_on = {{ObjectKind::kColumn, table, column}};
  return object;
}

Catalog CatalogOf(std::vector<CatalogObject> objects) { return Catalog(std::move(objects), {}); }

TEST(ExpectedCatalogTest, WithoutADriftItIsWhatTheRunLeft) {
  const Catalog before = CatalogOf({ExpectedTable("t"), ExpectedColumn("t", "a", "int")});
  const Catalog after =
      CatalogOf({ExpectedTable("t"), ExpectedColumn("t", "a", "bigint"), ExpectedTable("u")});
  EXPECT_EQ(ExpectedAfter(before, before, after), after);
}

TEST(ExpectedCatalogTest, WhatTheRunDidNotTouchStaysExpected) {
  const Catalog expected = CatalogOf(
      {ExpectedTable("t", "ours"), ExpectedColumn("t", "a", "int"), ExpectedIndex("i", "t", "a")});
  const Catalog before = CatalogOf(
      {ExpectedTable("t", "by hand"), ExpectedColumn("t", "a", "int"), ExpectedTable("by_hand")});
  const Catalog after = CatalogOf({ExpectedTable("t", "by hand"), ExpectedColumn("t", "a", "int"),
                                   ExpectedTable("by_hand"), ExpectedTable("u")});
  EXPECT_EQ(ExpectedAfter(expected, before, after),
            CatalogOf({ExpectedTable("t", "ours"), ExpectedColumn("t", "a", "int"),
                       ExpectedIndex("i", "t", "a"), ExpectedTable("u")}));
}

TEST(ExpectedCatalogTest, WhatTheRunChangedIsRightWhateverItWas) {
  const Catalog expected =
      CatalogOf({ExpectedTable("t"), ExpectedColumn("t", "a", "int"), ExpectedTable("gone")});
  const Catalog before =
      CatalogOf({ExpectedTable("t"), ExpectedColumn("t", "a", "text"), ExpectedTable("gone")});
  const Catalog after = CatalogOf({ExpectedTable("t"), ExpectedColumn("t", "a", "bigint")});
  EXPECT_EQ(ExpectedAfter(expected, before, after), after);
}

TEST(ExpectedCatalogTest, WhatLostItsTableOrItsColumnIsExpectedNoMore) {
  const Catalog expected = CatalogOf({ExpectedTable("t"), ExpectedColumn("t", "a", "int"),
                                      ExpectedColumn("t", "b", "int"), ExpectedIndex("i", "t", "a"),
                                      ExpectedIndex("j", "t", "b")});
  const Catalog before = CatalogOf({ExpectedTable("t"), ExpectedColumn("t", "a", "int")});
  EXPECT_EQ(ExpectedAfter(expected, before, CatalogOf({})), CatalogOf({}))
      << "the table is dropped";
  EXPECT_EQ(ExpectedAfter(expected, before, CatalogOf({ExpectedTable("t")})),
            CatalogOf({ExpectedTable("t"), ExpectedColumn("t", "b", "int"),
                       ExpectedIndex("j", "t", "b")}))
      << "the column is dropped: what is on another one that went by hand is still missed";
}

TEST(ChangeListTest, ATableIsOneLineWhateverItHas) {
  const auto changes =
      FindChanges(CatalogOf({ExpectedTable("t"), ExpectedColumn("t", "a", "int"),
                             ExpectedTable("old"), ExpectedColumn("old", "x", "int")}),
                  CatalogOf({ExpectedTable("t"), ExpectedColumn("t", "a", "int"),
                             ExpectedColumn("t", "b", "int"), ExpectedTable("new"),
                             ExpectedColumn("new", "y", "int")}));
  EXPECT_EQ(ListChanges(changes),
            (std::vector<std::string>{"table new added", "table old removed", "column t.b added"}));
}

}  // namespace
}  // namespace schemaop
