#include "catalog/catalog.h"

#include <gtest/gtest.h>

#include "catalog/change.h"
#include "catalog/scope.h"
#include "catalog/snapshot.h"

namespace schemaop {
namespace {

CatalogObject Object(ObjectKind kind, const std::string& container, const std::string& name,
                     std::vector<Properties::Entry> properties = {}) {
  CatalogObject object{{kind, container, name}, "app", {}, {}};
  for (auto& [property, value] : properties) object.properties.Set(property, value);
  return object;
}

Catalog Sample() {
  CatalogObject view =
      Object(ObjectKind::kView, "", "app.v", {{Property::kDefinition, " SELECT\t1;\n"}});
  view.depends_on = {{ObjectKind::kColumn, "app.t", "a"}};
  return Catalog(
      {view, Object(ObjectKind::kTable, "", "app.t", {{Property::kComment, "back\\slash"}}),
       Object(ObjectKind::kColumn, "app.t", "b", {{Property::kPosition, "1"}}),
       Object(ObjectKind::kColumn, "app.t", "a", {{Property::kPosition, "2"}}),
       Object(ObjectKind::kIndex, "", "app.i", {{Property::kTable, "app.t"}})},
      {"postgres", 150000});
}

TEST(CatalogTest, ASnapshotGivesTheSameCatalogBack) {
  const Catalog catalog = Sample();
  const auto read = ReadSnapshot(WriteSnapshot(catalog));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, catalog);
  EXPECT_EQ(read->origin(), catalog.origin());
  EXPECT_EQ(Fingerprint(*read), Fingerprint(catalog));
}

TEST(CatalogTest, ADamagedSnapshotIsRefusedWithItsLine) {
  EXPECT_EQ(ReadSnapshot("catalog 1\t150000\tp\nnonsense\n").error().message,
            "line 2 of the catalog snapshot is damaged; make a new one");
}

TEST(CatalogTest, ColumnsComeByPosition) {
  const Catalog catalog = Sample();
  const auto columns = catalog.ColumnsOf("app.t");
  ASSERT_EQ(columns.size(), 2U);
  EXPECT_EQ(columns[0]->id.name, "b");
  EXPECT_EQ(Text(columns[1]->id), "column app.t.a");
}

TEST(CatalogTest, ColumnOrderCountsOnlyWhenAskedFor) {
  const Catalog catalog = Sample();
  std::vector<CatalogObject> objects = catalog.objects();
  for (CatalogObject& object : objects)
    if (object.Get(Property::kPosition) == "1") object.properties.Set(Property::kPosition, "3");
  const Catalog moved(objects, catalog.origin());
  EXPECT_EQ(Fingerprint(catalog), Fingerprint(moved));
  CatalogScope scope;
  scope.column_order = true;
  EXPECT_NE(Fingerprint(Narrow(catalog, scope)), Fingerprint(Narrow(moved, scope)));
}

TEST(CatalogTest, PartsAndIndexesGoWithAnExcludedTable) {
  CatalogScope scope;
  scope.exclude = {"table:app.t*"};
  const Catalog narrow = Narrow(Sample(), scope);
  ASSERT_EQ(narrow.objects().size(), 1U);
  EXPECT_EQ(Text(narrow.objects()[0].id), "view app.v");
  scope.exclude = {"schema:app"};
  EXPECT_TRUE(Narrow(Sample(), scope).objects().empty());
}

TEST(CatalogTest, ChangesNameThePropertyAndBothValues) {
  const Catalog from({Object(ObjectKind::kColumn, "app.t", "a", {{Property::kType, "integer"}}),
                      Object(ObjectKind::kTable, "", "app.gone")},
                     {});
  const Catalog to({Object(ObjectKind::kColumn, "app.t", "a",
                           {{Property::kType, "bigint"}, {Property::kNotNull, "t"}})},
                   {});
  const auto changes = FindChanges(from, to);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(Text(changes[0]), "table app.gone removed");
  EXPECT_EQ(Text(changes[1]), "column app.t.a changed: type integer -> bigint, not null none -> t");
}

TEST(CatalogTest, GlobsMatchAnyTextOrOneByte) {
  EXPECT_TRUE(MatchesGlob("index:*_ccnew?", "index:app.i_ccnew1"));
  EXPECT_FALSE(MatchesGlob("index:*_ccnew?", "index:app.i_ccnew"));
  EXPECT_TRUE(MatchesGlob("*", ""));
}

TEST(CatalogTest, ExcludesAskForKindsThatExist) {
  EXPECT_EQ(UnknownKindOf("tables:public.tmp_*"), "tables");
  EXPECT_EQ(UnknownKindOf(":public.tmp_*"), "");
  for (const char* good : {"table:public.tmp_*", "materialized view:app.v", "partitions:app.events",
                           "*:cron.*", "ta?le:a", "public.tmp_*"}) {
    EXPECT_EQ(UnknownKindOf(good), std::nullopt) << good;
  }
}

}  // namespace
}  // namespace schemaop
