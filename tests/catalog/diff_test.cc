// The exact statements that differences give. Whether a server takes them: see tests/mutations.
#include "catalog/diff.h"

#include <algorithm>
#include <cctype>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "catalog/plan_graph.h"
#include "catalog/work.h"

namespace schemaop {
namespace {

CatalogObject Thing(ObjectKind kind, const std::string& container, const std::string& name,
                    std::vector<Properties::Entry> properties = {},
                    std::vector<ObjectId> depends_on = {}) {
  CatalogObject object{{kind, container, name}, "app", {}, std::move(depends_on)};
  for (auto& [property, value] : properties) object.properties.Set(property, value);
  return object;
}

CatalogObject Table(const std::string& name) { return Thing(ObjectKind::kTable, "", name); }

CatalogObject TableColumn(const std::string& table, const std::string& name,
                          const std::string& type, const std::string& position) {
  return Thing(ObjectKind::kColumn, table, name,
               {{Property::kType, type}, {Property::kPosition, position}});
}

CatalogObject TableIndex(const std::string& table, const std::string& name) {
  return Thing(ObjectKind::kIndex, "", "app." + name,
               {{Property::kTable, table},
                {Property::kDefinition, "CREATE INDEX " + name + " ON " + table + " (a)"}},
               {{ObjectKind::kColumn, table, "a"}});
}

CatalogObject Reference(const std::string& table, const std::string& name,
                        const std::string& other) {
  return Thing(ObjectKind::kConstraint, table, name,
               {{Property::kConstraintType, "f"},
                {Property::kDefinition, "FOREIGN KEY (a) REFERENCES " + other + "(a)"}},
               {{ObjectKind::kColumn, table, "a"}, {ObjectKind::kColumn, other, "a"}});
}

Catalog Of(std::vector<CatalogObject> objects) {
  return Catalog(std::move(objects), {"postgres", 150000});
}

std::vector<std::string> SqlOf(const SchemaDiff& diff) {
  std::vector<std::string> sql;
  for (const DdlStatement& statement : diff.statements) sql.push_back(statement.sql);
  return sql;
}

struct TypeRow {
  const char* from;
  const char* to;
  const char* clause;
};

// In the names of tests, without what CMake would take for a list.
std::string NameOf(const TypeRow& row) {
  std::string name = std::string(row.from) + " to " + row.to;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
}
void PrintTo(const TypeRow& row, std::ostream* out) { *out << NameOf(row); }

class TypeChangeTest : public ::testing::TestWithParam<TypeRow> {};

TEST_P(TypeChangeTest, ConvertsRowsAsTheServerCan) {
  const TypeRow& row = GetParam();
  const Catalog from = Of({Table("app.t"), TableColumn("app.t", "a", row.from, "1")});
  const Catalog to = Of({Table("app.t"), TableColumn("app.t", "a", row.to, "1")});
  EXPECT_EQ(
      SqlOf(Diff(from, to)),
      std::vector<std::string>{"ALTER TABLE app.t ALTER COLUMN a TYPE " + std::string(row.clause)});
}

INSTANTIATE_TEST_SUITE_P(
    Types, TypeChangeTest,
    ::testing::Values(
        TypeRow{"integer", "bigint", "bigint"}, TypeRow{"bigint", "integer", "integer"},
        TypeRow{"character varying(20)", "character varying(50)", "character varying(50)"},
        TypeRow{"character varying(20)", "text", "text"}, TypeRow{"json", "jsonb", "jsonb"},
        TypeRow{"date", "timestamp with time zone", "timestamp with time zone"},
        TypeRow{"text", "integer", "integer USING a::integer"},
        TypeRow{"integer", "boolean", "boolean USING a::boolean"},
        TypeRow{"integer[]", "bigint[]", "bigint[] USING a::bigint[]"},
        TypeRow{"app.pair", "text", "text USING a::text"},
        TypeRow{"app.mood", "app.feeling", "app.feeling USING a::text::app.feeling"},
        TypeRow{"app.positive", "bigint", "bigint USING a::text::bigint"},
        TypeRow{"app.hstore", "jsonb", "jsonb USING a::jsonb"},
        TypeRow{"tstzrange", "tsrange", "tsrange USING a::text::tsrange"},
        TypeRow{"time without time zone", "interval", "interval USING a::interval"},
        TypeRow{"uuid", "bytea", "bytea USING a::text::bytea"}),
    [](const auto& row) { return NameOf(row.param); });

struct LossRow {
  const char* from;
  const char* to;
  bool loses;
};

constexpr LossRow kLossRows[] = {
    {"timestamp with time zone", "date", true},
    {"timestamp(0) without time zone", "date", true},
    {"date", "timestamp with time zone", false},
    {"timestamp without time zone", "timestamp(0) without time zone", true},
    {"timestamp(3) with time zone", "timestamp with time zone", false},
    {"timestamp with time zone", "time without time zone", true},
    {"time with time zone", "time without time zone", true},
    {"interval", "interval day", true},
    {"interval hour", "interval", false},
    {"double precision", "integer", true},
    {"double precision", "real", true},
    {"real", "double precision", false},
    {"integer", "double precision", false},
    {"bigint", "double precision", true},
    {"integer", "bigint", false},
    {"bigint", "integer", false},  // out of range is an error
    {"integer", "numeric(10,2)", false},
    {"numeric(10,0)", "bigint", false},
    {"numeric", "integer", true},
    {"numeric(12,4)", "numeric(12,2)", true},
    {"numeric(12,2)", "numeric(14,2)", false},
    {"numeric(12,2)", "numeric", false},
    {"numeric", "numeric(12,2)", true},
    {"numeric(12,2)[]", "numeric(12,0)[]", true},
    {"numeric", "money", true},
    {"money", "numeric", false},
    {"integer", "boolean", true},
    {"text", "name", true},
    {"name", "text", false},
    {"text", "integer", false},                                  // what is no number is an error
    {"character varying(100)", "character varying(10)", false},  // too long is an error
    {"character varying(100)[]", "character varying(10)[]", false},
    {"text[]", "character varying(10)[]", true},  // but for a cast of USING
    {"character varying(10)[]", "text[]", false},
    {"app.mood", "character varying(3)", true},
    {"app.mood", "text", false},
    {"inet", "cidr", true},
    {"cidr", "inet", false},
    {"json", "jsonb", false},
};

TEST(DiffTest, ATypeIsMarkedThatLosesPartsOfValuesWithoutAnError) {
  for (const LossRow& row : kLossRows) {
    const Catalog from = Of({Table("app.t"), TableColumn("app.t", "a", row.from, "1")});
    const Catalog to = Of({Table("app.t"), TableColumn("app.t", "a", row.to, "1")});
    const std::string types = std::string(row.from) + " to " + row.to;
    std::optional<std::string> mark;
    if (row.loses) mark = "rounds or cuts values of column app.t.a, " + types;
    EXPECT_EQ(Diff(from, to).statements.at(0).destroys, mark) << types;
  }
}

TEST(DiffTest, DroppingASequenceLosesItsCounter) {
  const Catalog from = Of({Thing(ObjectKind::kSequence, "", "app.s")});
  EXPECT_EQ(Diff(from, Of({})).statements.at(0).destroys, "drops sequence app.s");
}

TEST(DiffTest, ANewTableSaysAllOfItselfAndThenItsIndexes) {
  const Catalog to = Of({Table("app.t"), TableColumn("app.t", "b", "text", "2"),
                         TableColumn("app.t", "a", "integer", "1"), TableIndex("app.t", "i")});
  EXPECT_EQ(SqlOf(Diff(Of({}), to)),
            (std::vector<std::string>{"CREATE TABLE app.t (\n    a integer,\n    b text\n)",
                                      "CREATE INDEX i ON app.t (a)"}));
}

TEST(DiffTest, AnIndexOfAnOldTableIsBuiltBesideItsWritersWhenAsked) {
  const Catalog from = Of({Table("app.t"), TableColumn("app.t", "a", "integer", "1")});
  std::vector<CatalogObject> objects = from.objects();
  objects.push_back(TableIndex("app.t", "i"));
  DiffOptions options;
  options.concurrent_indexes = true;
  const SchemaDiff diff = Diff(from, Of(objects), options);
  EXPECT_EQ(SqlOf(diff), std::vector<std::string>{"CREATE INDEX CONCURRENTLY i ON app.t (a)"});
  EXPECT_EQ(diff.statements[0].transaction, Transaction::kOutside);
}

TEST(DiffTest, TablesThatReferToEachOtherGetTheirKeysAfterwards) {
  const Catalog to =
      Of({Table("app.t"), TableColumn("app.t", "a", "integer", "1"),
          Reference("app.t", "to_u", "app.u"), Table("app.u"),
          TableColumn("app.u", "a", "integer", "1"), Reference("app.u", "to_t", "app.t")});
  EXPECT_EQ(SqlOf(Diff(Of({}), to)),
            (std::vector<std::string>{
                "CREATE TABLE app.t (\n    a integer\n)", "CREATE TABLE app.u (\n    a integer\n)",
                "ALTER TABLE app.t ADD CONSTRAINT to_u FOREIGN KEY (a) REFERENCES app.u(a)",
                "ALTER TABLE app.u ADD CONSTRAINT to_t FOREIGN KEY (a) REFERENCES app.t(a)"}));
  const SchemaDiff back = Diff(to, Of({}));
  EXPECT_TRUE(back.refusals.empty());
  EXPECT_EQ(SqlOf(back), (std::vector<std::string>{"ALTER TABLE app.t DROP CONSTRAINT to_u",
                                                   "ALTER TABLE app.u DROP CONSTRAINT to_t",
                                                   "DROP TABLE app.t", "DROP TABLE app.u"}));
}

TEST(DiffTest, AViewGoesBeforeAColumnThatItShowsChangesAndComesBack) {
  const auto with = [](const std::string& type) {
    return Of({Table("app.t"), TableColumn("app.t", "a", type, "1"),
               Thing(ObjectKind::kView, "", "app.v", {{Property::kDefinition, " SELECT a\n"}},
                     {{ObjectKind::kColumn, "app.t", "a"}})});
  };
  EXPECT_EQ(
      SqlOf(Diff(with("integer"), with("bigint"))),
      (std::vector<std::string>{"DROP VIEW app.v", "ALTER TABLE app.t ALTER COLUMN a TYPE bigint",
                                "CREATE VIEW app.v AS\nSELECT a"}));
}

TEST(DiffTest, ABaseTypeIsMadeByNameThenItsFunctionsThenWhole) {
  const ObjectId type{ObjectKind::kBaseType, "", "app.cents"};
  const ObjectId in{ObjectKind::kFunction, "", "app.cents_in(cstring)"};
  const ObjectId out{ObjectKind::kFunction, "", "app.cents_out(app.cents)"};
  const auto function = [&](const ObjectId& id) {
    return Thing(id.kind, "", id.name, {{Property::kDefinition, "CREATE FUNCTION " + id.name}},
                 {type});
  };
  const Catalog whole =
      Of({Thing(type.kind, "", type.name, {{Property::kDefinition, "CREATE TYPE app.cents (X)"}},
                {in, out}),
          function(in), function(out)});
  const SchemaDiff made = Diff(Of({}), whole);
  EXPECT_TRUE(made.refusals.empty());
  EXPECT_EQ(SqlOf(made),
            (std::vector<std::string>{"CREATE TYPE app.cents", "CREATE FUNCTION " + in.name,
                                      "CREATE FUNCTION " + out.name, "CREATE TYPE app.cents (X)"}));
  EXPECT_EQ(SqlOf(Diff(whole, Of({}))), std::vector<std::string>{"DROP TYPE app.cents CASCADE"});
}

TEST(DiffTest, ALineBreakInANameDoesNotEndTheCommentThatNamesIt) {
  for (const std::string line_break : {"\n", "\r", "\r\n"}) {
    const std::string name = "app.\"x" + line_break + "\\! id #\"";
    const DdlStatement drop{.sql = "DROP TABLE " + name,
                            .object = {ObjectKind::kTable, "", name},
                            .transaction = Transaction::kInside,
                            .destroys = "drops table " + name,
                            .note = "look at " + name};
    const std::string spaces(line_break.size(), ' ');
    const std::string shown = "app.\"x" + spaces + "\\! id #\"";
    EXPECT_EQ(RenderScript({drop}), "-- look at " + shown + "\n-- destroys data: drops table " +
                                        shown + "\nDROP TABLE " + name + ";\n");
  }
}

TEST(DiffTest, ALongNameIsCutBetweenCharactersForTheCheckOfNotNull) {
  std::string euros;  // 57 bytes, of which 52 fit
  for (int i = 0; i < 19; ++i) euros += "\u20ac";
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"a", "a_1_not_null"},
      {"\"b\"\"c\"", "\"b\"\"c_1_not_null\""},
      {"\"ab" + euros + "\"", "\"ab" + euros.substr(0, 48) + "_1_not_null\""},
      {"\"" + std::string(51, 'x') + "\"\"y\"", "\"" + std::string(51, 'x') + "\"\"_1_not_null\""}};
  DiffOptions options;
  options.validate_later = true;
  for (const auto& [column, check] : rows) {
    CatalogObject filled = TableColumn("app.t", column, "text", "1");
    const Catalog from = Of({Table("app.t"), filled});
    filled.properties.Set(Property::kNotNull, "t");
    EXPECT_EQ(SqlOf(Diff(from, Of({Table("app.t"), filled}), options)).at(1),
              "ALTER TABLE app.t VALIDATE CONSTRAINT " + check);
  }
}

TEST(DiffTest, ColumnsWithOneLongBeginningHaveChecksOfTheirOwn) {
  const std::string beginning(60, 'x');
  CatalogObject one = TableColumn("app.t", beginning + "1", "text", "1");
  CatalogObject two = TableColumn("app.t", beginning + "2", "text", "2");
  const Catalog from = Of({Table("app.t"), one, two});
  one.properties.Set(Property::kNotNull, "t");
  two.properties.Set(Property::kNotNull, "t");
  DiffOptions options;
  options.validate_later = true;
  std::set<std::string> checks;
  for (const std::string& sql : SqlOf(Diff(from, Of({Table("app.t"), one, two}), options)))
    if (sql.find(" VALIDATE ") != std::string::npos) checks.insert(sql);
  EXPECT_EQ(checks.size(), 2U);
}

TEST(WorkTest, ANameAsideIsCutBetweenCharacters) {
  std::string umlauts;
  for (int i = 0; i < 31; ++i) umlauts += "\u00e4";
  EXPECT_EQ(WithSuffix("\"" + umlauts + "x\"", "__old"), "\"" + umlauts.substr(0, 58) + "__old\"");
  EXPECT_EQ(WithSuffix("\"x" + umlauts + "\"", "__old"), "\"x" + umlauts.substr(0, 56) + "__old\"");
  EXPECT_EQ(WithSuffix("t", "__old"), "t__old");
}

TEST(PlanGraphTest, AKnotIsWhatStandsInACycleOrBetweenTwo) {
  PlanGraph graph;
  const auto add = [&] { return graph.Add(0, ""); };
  const std::size_t before = add();
  const std::size_t a = add();
  const std::size_t b = add();
  const std::size_t between = add();
  const std::size_t c = add();
  const std::size_t d = add();
  const std::size_t behind = add();
  const std::size_t apart = add();
  graph.Before(before, a);
  graph.Before(a, b);
  graph.Before(b, a);
  graph.Before(b, between);
  graph.Before(between, c);
  graph.Before(c, d);
  graph.Before(d, c);
  graph.Before(d, behind);
  graph.Wish(apart, before);
  graph.Wish(before, apart);
  EXPECT_EQ(graph.Knot(), (std::set<std::size_t>{a, b, between, c, d}));
}

}  // namespace
}  // namespace schemaop
