// What generated revisions hold: everything that Alembic's autogenerate misses or gets wrong, a row
// each. GenerateRevisions runs what it writes, up and down, and warns of any difference that is
// left; no row may have such a warning.
#include "engine/autogenerate.h"

#include <ostream>

#include <gtest/gtest.h>

#include "base/text.h"
#include "engine/schema_script.h"
#include "postgres/catalog_reader.h"
#include "postgres/test_postgres.h"

namespace schemaop::testing {
namespace {

struct AutogenerateRow {
  const char* name;
  std::string from;
  std::string to;
  std::vector<std::string> up;    // what the up sections must hold
  std::vector<std::string> down;  // and the down sections
};

std::ostream& operator<<(std::ostream& out, const AutogenerateRow& row) { return out << row.name; }

class AutogenerateTest : public ::testing::TestWithParam<AutogenerateRow> {
 protected:
  ScratchDatabase Make(const std::string& sql) const {
    auto scratch = ScratchDatabase::Create(
        {.server = ParseDatabaseUrl(server_.Url("postgres")).value(), .owner = {}, .copy_of = {}},
        {});
    EXPECT_TRUE(scratch) << scratch.error().message;
    DatabaseOptions options;
    options.dsn = scratch->dsn();
    const auto ran = RunSchemaScript(options, "schema.sql", sql, {});
    EXPECT_TRUE(ran) << ran.error().message;
    return *std::move(scratch);
  }

  GeneratedRevisions Generate(const std::string& from, const std::string& to,
                              std::vector<std::string> exclude = {},
                              std::vector<Rename> renames = {}) const {
    CatalogScope scope;
    scope.exclude = std::move(exclude);
    const ScratchDatabase wanted = Make(to);
    auto session = Session::Connect({.dsn = wanted.dsn()}, {});
    EXPECT_TRUE(session);
    const auto catalog = ReadCatalog(*session, {}, {});
    EXPECT_TRUE(catalog) << catalog.error().message;
    const Catalog narrow = Narrow(*catalog, scope);
    const ScratchDatabase start = Make(from);
    auto generated = GenerateRevisions(
        start, {.wanted = narrow, .scope = scope, .renames = std::move(renames)}, {});
    EXPECT_TRUE(generated) << generated.error().message;
    return generated ? *std::move(generated) : GeneratedRevisions();
  }

  TestPostgres& server_ = TestPostgres::Shared();
};

std::string UpSections(const GeneratedRevisions& generated) {
  std::string text;
  for (const GeneratedRevision& revision : generated.revisions) text += revision.up + "\n";
  return text;
}

std::string DownSections(const GeneratedRevisions& generated) {
  std::string text;
  for (const GeneratedRevision& revision : generated.revisions) {
    text += revision.down.value_or("(none)") + "\n";
  }
  return text;
}

TEST_P(AutogenerateTest, IsFoundAndWrittenBothWays) {
  const AutogenerateRow& row = GetParam();
  const GeneratedRevisions generated = Generate(row.from, row.to);
  EXPECT_FALSE(generated.changes.empty()) << "not detected";
  for (const Refusal& refusal : generated.refusals) {
    ADD_FAILURE() << Text(refusal.object) << ": " << refusal.reason;
  }
  for (const std::string& warning : generated.warnings) ADD_FAILURE() << warning;
  const std::string ups = UpSections(generated);
  const std::string downs = DownSections(generated);
  for (const std::string& part : row.up) {
    EXPECT_NE(ups.find(part), std::string::npos) << part << " is not in:\n" << ups;
  }
  for (const std::string& part : row.down) {
    EXPECT_NE(downs.find(part), std::string::npos) << part << " is not in:\n" << downs;
  }
}

const std::string kTableT = "CREATE TABLE t (id int PRIMARY KEY, a text, n int);\n";
const std::string kMoodType = "CREATE TYPE mood AS ENUM ('sad', 'ok');\n";
const std::string kEventsTable = "CREATE TABLE events (at date) PARTITION BY RANGE (at);\n";

const AutogenerateRow kAutogenerateRows[] = {
    {"EnumValueAdded",
     kMoodType,
     "CREATE TYPE mood AS ENUM ('sad', 'so-so', 'ok');",
     {"ALTER TYPE public.mood ADD VALUE 'so-so' BEFORE 'ok'"},
     {"mood"}},
    {"EnumValueRemoved",
     "CREATE TYPE mood AS ENUM ('sad', 'so-so', 'ok'); CREATE TABLE t (m mood);",
     "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (m mood);",
     {"mood"},
     {"'so-so'"}},
    {"EnumValuesReordered",
     kMoodType + "CREATE TABLE t (m mood);",
     "CREATE TYPE mood AS ENUM ('ok', 'sad'); CREATE TABLE t (m mood);",
     {"'ok', 'sad'"},
     {"'sad', 'ok'"}},
    {"NewEnumColumn",
     kTableT,
     kMoodType + kTableT + "ALTER TABLE t ADD COLUMN m mood;",
     {"CREATE TYPE public.mood AS ENUM ('sad', 'ok')", "ADD COLUMN m public.mood"},
     {"DROP COLUMN m", "DROP TYPE public.mood"}},
    {"ColumnBecomesEnum",
     "CREATE TABLE t (m text);",
     kMoodType + "CREATE TABLE t (m mood);",
     {"CREATE TYPE public.mood", "TYPE public.mood USING"},
     {"DROP TYPE public.mood"}},
    {"TypeDropped", kMoodType, "", {"DROP TYPE public.mood"}, {"CREATE TYPE public.mood"}},
    {"DefaultChanged",
     "CREATE TABLE t (a int DEFAULT 1);",
     "CREATE TABLE t (a int DEFAULT 2);",
     {"SET DEFAULT 2"},
     {"SET DEFAULT 1"}},
    {"IdentityAdded",
     "CREATE TABLE t (a int NOT NULL);",
     "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY);",
     {"GENERATED ALWAYS AS IDENTITY"},
     {"DROP IDENTITY"}},
    {"ComputedChanged",
     "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) STORED);",
     "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 2) STORED);",
     {"a + 2"},
     {"a + 1"}},
    {"LengthDropped",
     "CREATE TABLE t (a varchar(20));",
     "CREATE TABLE t (a varchar);",
     {"TYPE character varying"},
     {"TYPE character varying(20)"}},
    {"PrecisionDropped",
     "CREATE TABLE t (a numeric(10, 2));",
     "CREATE TABLE t (a numeric);",
     {"TYPE numeric"},
     {"TYPE numeric(10,2)"}},
    {"TimestampPrecision",
     "CREATE TABLE t (a timestamp(0));",
     "CREATE TABLE t (a timestamp(3));",
     {"timestamp(3)"},
     {"timestamp(0)"}},
    {"Collation",
     "CREATE TABLE t (a text);",
     "CREATE TABLE t (a text COLLATE \"C\");",
     {"TYPE text COLLATE \"C\""},
     {"TYPE text;"}},
    {"TextToIntegerHasAUsing",
     "CREATE TABLE t (a text);",
     "CREATE TABLE t (a int);",
     {"TYPE integer USING"},
     {"TYPE text"}},
    {"NotNull",
     "CREATE TABLE t (a int);",
     "CREATE TABLE t (a int NOT NULL);",
     {"SET NOT NULL"},
     {"DROP NOT NULL"}},
    {"IndexWhere",
     kTableT + "CREATE INDEX ix ON t (n);",
     kTableT + "CREATE INDEX ix ON t (n) WHERE n > 0;",
     {"WHERE (n > 0)", "CONCURRENTLY"},
     {"USING btree (n)"}},
    {"IndexMethod",
     kTableT + "CREATE INDEX ix ON t (n);",
     kTableT + "CREATE INDEX ix ON t USING hash (n);",
     {"USING hash (n)"},
     {"USING btree (n)"}},
    {"IndexInclude",
     kTableT + "CREATE INDEX ix ON t (n);",
     kTableT + "CREATE INDEX ix ON t (n) INCLUDE (a);",
     {"INCLUDE (a)"},
     {"ix"}},
    {"IndexOperatorClass",
     kTableT + "CREATE INDEX ix ON t (a);",
     kTableT + "CREATE INDEX ix ON t (a text_pattern_ops);",
     {"text_pattern_ops"},
     {"ix"}},
    {"IndexExpression",
     kTableT + "CREATE INDEX ix ON t (lower(a));",
     kTableT + "CREATE INDEX ix ON t (upper(a));",
     {"upper(a)"},
     {"lower(a)"}},
    {"UniqueDeferrable",
     "CREATE TABLE t (a int CONSTRAINT u UNIQUE);",
     "CREATE TABLE t (a int CONSTRAINT u UNIQUE DEFERRABLE);",
     {"UNIQUE (a) DEFERRABLE"},
     {"u"}},
    {"ForeignKeyAdded",
     kTableT + "CREATE TABLE c (t int);",
     kTableT + "CREATE TABLE c (t int CONSTRAINT fk REFERENCES t);",
     {"FOREIGN KEY (t) REFERENCES public.t(id) NOT VALID", "VALIDATE CONSTRAINT fk"},
     {"DROP CONSTRAINT fk"}},
    {"ForeignKeyNotValid",
     kTableT + "CREATE TABLE c (t int CONSTRAINT fk REFERENCES t);",
     kTableT +
         "CREATE TABLE c (t int); ALTER TABLE c ADD CONSTRAINT fk FOREIGN KEY (t) REFERENCES t NOT "
         "VALID;",
     {"NOT VALID"},
     {"fk"}},
    {"CheckText",
     "CREATE TABLE t (a int CONSTRAINT ck CHECK (a > 0));",
     "CREATE TABLE t (a int CONSTRAINT ck CHECK (a > 1));",
     {"(a > 1)", "NOT VALID", "VALIDATE"},
     {"(a > 0)"}},
    {"UnnamedCheck",
     "CREATE TABLE t (a int);",
     "CREATE TABLE t (a int CHECK (a > 1));",
     {"t_a_check"},
     {"DROP CONSTRAINT t_a_check"}},
    {"PrimaryKey",
     "CREATE TABLE t (a int NOT NULL, b int NOT NULL, CONSTRAINT pk PRIMARY KEY (a));",
     "CREATE TABLE t (a int NOT NULL, b int NOT NULL, CONSTRAINT pk PRIMARY KEY (a, b));",
     {"PRIMARY KEY (a, b)"},
     {"PRIMARY KEY (a)"}},
    {"Exclusion",
     "CREATE TABLE t (r int4range);",
     "CREATE TABLE t (r int4range, CONSTRAINT ex EXCLUDE USING gist (r WITH &&));",
     {"EXCLUDE USING gist (r WITH &&)"},
     {"DROP CONSTRAINT ex"}},
    {"Sequence",
     "",
     "CREATE SEQUENCE s INCREMENT 5 CYCLE;",
     {"CREATE SEQUENCE public.s", "CYCLE"},
     {"DROP SEQUENCE public.s"}},
    {"SequenceOptions",
     "CREATE SEQUENCE s;",
     "CREATE SEQUENCE s CACHE 7;",
     {"CACHE 7"},
     {"CACHE 1"}},
    {"Unlogged",
     "CREATE TABLE t (a int);",
     "CREATE UNLOGGED TABLE t (a int);",
     {"SET UNLOGGED"},
     {"SET LOGGED"}},
    {"Storage",
     "CREATE TABLE t (a text);",
     "CREATE TABLE t (a text); ALTER TABLE t ALTER a SET STORAGE EXTERNAL;",
     {"STORAGE EXTERNAL"},
     {"STORAGE EXTENDED"}},
    {"View",
     kTableT,
     kTableT + "CREATE VIEW v AS SELECT id FROM t;",
     {"CREATE VIEW public.v"},
     {"DROP VIEW public.v"}},
    {"ViewOverAChangedColumn",
     kTableT + "CREATE VIEW v AS SELECT n FROM t;",
     "CREATE TABLE t (id int PRIMARY KEY, a text, n bigint); CREATE VIEW v AS SELECT n FROM t;",
     {"TYPE bigint", "CREATE VIEW public.v"},
     {"TYPE integer", "CREATE VIEW public.v"}},
    {"MaterializedView",
     kTableT,
     kTableT + "CREATE MATERIALIZED VIEW v AS SELECT id FROM t;",
     {"CREATE MATERIALIZED VIEW public.v"},
     {"DROP MATERIALIZED VIEW public.v"}},
    {"FunctionBody",
     "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
     "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2';",
     {"CREATE OR REPLACE FUNCTION public.f()", "SELECT 2"},
     {"SELECT 1"}},
    {"FunctionResult",
     "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
     "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$SELECT 'a'::text$$;",
     {"DROP FUNCTION public.f()", "RETURNS text"},
     {"RETURNS integer"}},
    {"Trigger",
     kTableT + "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';",
     kTableT +
         "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE "
         "TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();",
     {"CREATE TRIGGER tr"},
     {"DROP TRIGGER tr ON public.t"}},
    {"RowSecurity",
     kTableT,
     kTableT + "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (n > 0);",
     {"ENABLE ROW LEVEL SECURITY", "CREATE POLICY p ON public.t"},
     {"DISABLE ROW LEVEL SECURITY", "DROP POLICY p ON public.t"}},
    {"Grants",
     kTableT,
     kTableT + "GRANT SELECT ON t TO PUBLIC;",
     {"GRANT SELECT ON TABLE public.t TO PUBLIC"},
     {"REVOKE"}},
    {"Comment",
     kTableT,
     kTableT + "COMMENT ON COLUMN t.a IS 'it''s';",
     {"COMMENT ON COLUMN public.t.a IS 'it''s'"},
     {"COMMENT ON COLUMN public.t.a IS NULL"}},
    {"PartitionBounds",
     kEventsTable +
         "CREATE TABLE e1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');",
     kEventsTable +
         "CREATE TABLE e1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2022-01-01');",
     {"'2022-01-01'"},
     {"'2021-01-01'"}},
    {"Domain",
     "",
     "CREATE DOMAIN d AS text CONSTRAINT c CHECK (VALUE <> '');",
     {"CREATE DOMAIN public.d"},
     {"DROP DOMAIN public.d"}},
    {"ForeignTable",
     "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;",
     "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE "
     "ft "
     "(a int) SERVER s OPTIONS (x 'y');",
     {"CREATE FOREIGN TABLE public.ft", "SERVER s"},
     {"DROP FOREIGN TABLE public.ft"}},
    {"ForeignTableOwner",
     "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE "
     "ft "
     "(a int) SERVER s;",
     "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE "
     "ft "
     "(a int) SERVER s; ALTER FOREIGN TABLE ft OWNER TO pg_monitor;",
     {"OWNER TO pg_monitor"},
     {"OWNER TO postgres"}},
    {"SerialBecomesIdentity",
     "CREATE TABLE t (id serial PRIMARY KEY);",
     "CREATE TABLE t (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY);",
     {"GENERATED BY DEFAULT AS IDENTITY"},
     {"nextval"}},
};

INSTANTIATE_TEST_SUITE_P(WhatAlembicMisses, AutogenerateTest,
                         ::testing::ValuesIn(kAutogenerateRows),
                         [](const auto& test) { return std::string(test.param.name); });

struct LeftAlone {
  const char* name;
  std::string from;
  std::string to;
  std::vector<std::string> exclude;
};

const LeftAlone kLeftAlone[] = {
    {"partitions made by a job",
     kEventsTable +
         "CREATE TABLE e1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01'); "
         "CREATE INDEX e1_at ON e1 (at);",
     kEventsTable,
     {"partitions:public.events"}},
    {"another application's tables",
     kTableT + "CREATE SCHEMA other; CREATE TABLE other.x (a int);",
     kTableT,
     {"schema:other"}},
    {"tables by name",
     kTableT + "CREATE TABLE tmp_1 (a int); CREATE VIEW tmp_v AS SELECT 1 AS a;",
     kTableT,
     {"public.tmp_*"}},
    {"serial and its long form",
     "CREATE TABLE t (a serial);",
     "CREATE SEQUENCE t_a_seq AS int; CREATE TABLE t (a int NOT NULL DEFAULT nextval('t_a_seq')); "
     "ALTER SEQUENCE t_a_seq OWNED BY t.a;",
     {}},
    {"another way of writing a check",
     "CREATE TABLE t (a text CHECK (a IN ('x', 'y')));",
     "CREATE TABLE t (a text, CONSTRAINT t_a_check CHECK (a = ANY (ARRAY['x', 'y'])));",
     {}},
};

TEST_F(AutogenerateTest, WhatIsNotTheProjectsOrNotDifferentIsLeftAlone) {
  for (const LeftAlone& row : kLeftAlone) {
    const GeneratedRevisions generated = Generate(row.from, row.to, row.exclude);
    EXPECT_TRUE(generated.changes.empty())
        << row.name << ": " << Text(generated.changes.front()) << "\n"
        << UpSections(generated);
    EXPECT_TRUE(generated.revisions.empty()) << row.name;
  }
}

TEST_F(AutogenerateTest, EnumValuesAreARevisionOfTheirOwn) {
  const GeneratedRevisions generated =
      Generate(kMoodType + "CREATE TABLE t (m mood);",
               "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy'); CREATE TABLE t (m mood DEFAULT "
               "'happy');");
  ASSERT_EQ(generated.revisions.size(), 2U) << UpSections(generated);
  EXPECT_NE(generated.revisions[0].up.find("ADD VALUE 'happy'"), std::string::npos);
  EXPECT_NE(generated.revisions[1].up.find("SET DEFAULT 'happy'"), std::string::npos);
}

// Each statement's beginning that tells what it does, "NOT VALID" for constraints that are added
// so.
std::vector<std::string> WordsOf(const std::string& section) {
  std::vector<std::string> words;
  for (const std::string& line : Split(section, '\n'))
    for (const char* word : {"NOT VALID", "VALIDATE", "SET NOT NULL", "DROP CONSTRAINT", "UNIQUE"})
      if (line.starts_with("ALTER") && line.find(word) != std::string::npos) {
        words.emplace_back(word);
        break;
      }
  return words;
}

TEST_F(AutogenerateTest, AConstraintIsValidatedAfterTheCommitThatAddedIt) {
  const GeneratedRevisions generated =
      Generate("CREATE TABLE t (a int);", "CREATE TABLE t (a int CONSTRAINT c CHECK (a > 0));");
  ASSERT_EQ(generated.revisions.size(), 2U) << UpSections(generated);
  EXPECT_NE(generated.revisions[0].up.find("NOT VALID"), std::string::npos);
  EXPECT_TRUE(generated.revisions[1].up.ends_with("ALTER TABLE public.t VALIDATE CONSTRAINT c;\n"));
  EXPECT_TRUE(generated.revisions[1].up_transactional);
}

TEST_F(AutogenerateTest, AllConstraintsAreValidatedAfterTheCommitThatAddedThem) {
  const GeneratedRevisions generated = Generate(
      kTableT + "CREATE TABLE c (a int, b int, x int, y int);",
      kTableT +
          "CREATE TABLE c (a int CONSTRAINT fk_a REFERENCES t, b int CONSTRAINT fk_b REFERENCES t, "
          "x int NOT NULL CONSTRAINT ck_x CHECK (x > 0), y int NOT NULL CONSTRAINT ck_y CHECK (y > "
          "0));");
  ASSERT_EQ(generated.revisions.size(), 2U) << UpSections(generated);
  EXPECT_EQ(WordsOf(generated.revisions[0].up), std::vector<std::string>(6, "NOT VALID"));
  std::vector<std::string> validated(6, "VALIDATE");
  for (int column = 0; column < 2; ++column) {
    validated.emplace_back("SET NOT NULL");
    validated.emplace_back("DROP CONSTRAINT");
  }
  EXPECT_EQ(WordsOf(generated.revisions[1].up), validated);
  EXPECT_EQ(generated.warnings, std::vector<std::string>());
}

TEST_F(AutogenerateTest, ConstraintsBetweenOtherStatementsAreValidatedFirstInTheirTransactions) {
  const GeneratedRevisions generated = Generate(
      "CREATE TABLE t (a int, b int, c int);",
      "CREATE TABLE t (a int CONSTRAINT c1 CHECK (a > 0), b int CONSTRAINT c2 UNIQUE, c int "
      "CONSTRAINT c3 CHECK (c > 0));");
  std::vector<std::vector<std::string>> words;
  for (const GeneratedRevision& revision : generated.revisions) {
    words.push_back(WordsOf(revision.up));
  }
  EXPECT_EQ(words, (std::vector<std::vector<std::string>>{
                       {"NOT VALID"}, {"VALIDATE", "UNIQUE", "NOT VALID"}, {"VALIDATE"}}));
}

struct CounterRow {
  const char* name;
  std::string from;
  std::string to;
  std::string rows;        // what runs before the up sections
  std::string after_up;    // the id of the next row
  std::string after_down;  // and of the one behind it; "" where the column has no counter
};

const CounterRow kCounterRows[] = {
    {"serial to identity", "id serial", "id int GENERATED ALWAYS AS IDENTITY",
     "INSERT INTO t SELECT FROM generate_series(1, 3)", "4", "5"},
    {"identity to serial", "id int GENERATED ALWAYS AS IDENTITY", "id serial",
     "INSERT INTO t SELECT FROM generate_series(1, 3)", "4", "5"},
    {"identity to serial, empty", "id int GENERATED ALWAYS AS IDENTITY", "id serial", "SELECT 1",
     "1", "2"},
    {"plain to identity", "id int NOT NULL", "id int GENERATED ALWAYS AS IDENTITY",
     "INSERT INTO t VALUES (7), (3)", "8", ""},
    {"plain to identity, empty", "id int NOT NULL", "id int GENERATED ALWAYS AS IDENTITY",
     "SELECT 1", "1", ""},
    {"plain to identity with a later start", "id bigint NOT NULL",
     "id bigint GENERATED ALWAYS AS IDENTITY (START WITH 100)", "INSERT INTO t VALUES (-7), (3)",
     "100", ""},
    {"plain to identity at its end", "id smallint NOT NULL",
     "id smallint GENERATED ALWAYS AS IDENTITY (INCREMENT 10)", "INSERT INTO t VALUES (32757)",
     "32767", ""},
    {"plain to descending identity", "id int NOT NULL",
     "id int GENERATED ALWAYS AS IDENTITY (INCREMENT -2)", "INSERT INTO t VALUES (-7), (3)", "-9",
     ""},
    {"plain to descending identity, empty", "id int NOT NULL",
     "id int GENERATED ALWAYS AS IDENTITY (INCREMENT -1)", "SELECT 1", "-1", ""},
    {"plain to serial", "id int NOT NULL", "id serial", "INSERT INTO t VALUES (7), (3)", "8", ""},
    {"text to serial", "id text NOT NULL", "id serial", "INSERT INTO t VALUES ('7')", "8", ""},
};

TEST_F(AutogenerateTest, ANewCounterBeginsBehindTheValuesOfItsColumn) {
  for (const CounterRow& row : kCounterRows) {
    SCOPED_TRACE(row.name);
    const auto table = [](const std::string& column) { return "CREATE TABLE t (" + column + ");"; };
    const GeneratedRevisions generated = Generate(table(row.from), table(row.to));
    const std::string database = server_.CreateDatabase();
    const auto insert = [&] {
      return server_.Query(database, "INSERT INTO t DEFAULT VALUES RETURNING id");
    };
    server_.Query(database, table(row.from) + row.rows);
    for (const GeneratedRevision& revision : generated.revisions) {
      server_.Query(database, revision.up);
    }
    EXPECT_EQ(insert(), row.after_up) << UpSections(generated);
    for (auto revision = generated.revisions.rbegin(); revision != generated.revisions.rend();
         ++revision) {
      server_.Query(database, revision->down.value());
    }
    if (row.after_down.empty()) continue;
    EXPECT_EQ(insert(), row.after_down) << DownSections(generated);
  }
}

TEST_F(AutogenerateTest, ARenameIsOneStatementAndWhatElseDiffersFollows) {
  const Rename rename{{ObjectKind::kColumn, "public.t", "a"},
                      {ObjectKind::kColumn, "public.t", "b"}};
  const GeneratedRevisions generated = Generate(
      "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a AS x FROM t;",
      "CREATE TABLE t (b int, c int); CREATE VIEW v AS SELECT b AS x FROM t;", {}, {rename});
  ASSERT_EQ(generated.revisions.size(), 1U) << UpSections(generated);
  EXPECT_EQ(generated.revisions[0].up,
            "ALTER TABLE public.t RENAME COLUMN a TO b;\n\n"
            "ALTER TABLE public.t ADD COLUMN c integer;\n");
  EXPECT_TRUE(generated.revisions[0].down->ends_with(
      "DROP COLUMN c;\n\nALTER TABLE public.t RENAME COLUMN b TO a;\n"))
      << DownSections(generated);
  EXPECT_EQ(generated.warnings, std::vector<std::string>());
}

TEST_F(AutogenerateTest, WithoutAHintARenameIsOffered) {
  const GeneratedRevisions generated =
      Generate("CREATE TABLE t (a int);", "CREATE TABLE t (b int);");
  const Rename rename{{ObjectKind::kColumn, "public.t", "a"},
                      {ObjectKind::kColumn, "public.t", "b"}};
  EXPECT_EQ(generated.rename_candidates, std::vector<Rename>{rename});
  EXPECT_NE(UpSections(generated).find("DROP COLUMN a"), std::string::npos);
}

TEST_F(AutogenerateTest, WhatLosesDataIsMarked) {
  const GeneratedRevisions generated = Generate(kTableT, "");
  ASSERT_EQ(generated.revisions.size(), 1U);
  EXPECT_NE(generated.revisions[0].up.find("-- destroys data: "), std::string::npos)
      << UpSections(generated);
}

}  // namespace
}  // namespace schemaop::testing
