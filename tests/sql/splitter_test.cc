#include "sql/splitter.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace schemaop {
namespace {

using Texts = std::vector<std::string>;

Texts Split(std::string_view sql) {
  const auto statements = SplitStatements(sql, "x.sql");
  if (!statements) return {"error: " + statements.error().message};
  Texts texts;
  for (const Statement& statement : *statements) texts.push_back(statement.text);
  return texts;
}

struct SplitCase {
  std::string_view sql;
  Texts statements;
};

TEST(SplitterTest, CutsAtSemicolonsThatPostgresTakesForTheEnd) {
  const std::vector<SplitCase> cases = {
      {"", {}},
      {" ; ;; -- nothing\n /* ; */ ;", {}},
      {"SELECT 1; SELECT 2", {"SELECT 1", "SELECT 2"}},
      {"\xEF\xBB\xBFSELECT 1;", {"SELECT 1"}},
      {"-- a;\n/* b; */ SELECT 1 /* c; */ + 2 -- d;\n;", {"SELECT 1 /* c; */ + 2"}},
      {"SELECT ';', E'\\';', $$;$$, \"a;\" FROM b;", {"SELECT ';', E'\\';', $$;$$, \"a;\" FROM b"}},
      {"CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3;",
       {"CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)", "SELECT 3"}},
      {"SELECT 1); SELECT 2;", {"SELECT 1)", "SELECT 2"}},
      {"SELECT 1))); SELECT (2);", {"SELECT 1)))", "SELECT (2)"}},
  };
  for (const SplitCase& row : cases) EXPECT_EQ(Split(row.sql), row.statements) << row.sql;
}

TEST(SplitterTest, KeepsBeginAtomicBodiesWhole) {
  const std::vector<std::string> whole = {
      "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
      "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; END",
      "create procedure p() begin atomic ;; SELECT 1 AS end; SELECT t.end FROM t; end",
      "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC END",
      "CREATE FUNCTION f() RETURNS int BEGIN /* x */ ATOMIC SELECT (SELECT 1 AS \"end\"); END",
      "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END COST 5",
  };
  for (const std::string& sql : whole) {
    EXPECT_EQ(Split(sql + "; SELECT 3;"), (Texts{sql, "SELECT 3"}));
  }
}

TEST(SplitterTest, TakesBeginAtomicForABodyOnlyInARoutine) {
  EXPECT_EQ(Split("CREATE VIEW v AS SELECT begin atomic FROM t; SELECT 1"),
            (Texts{"CREATE VIEW v AS SELECT begin atomic FROM t", "SELECT 1"}));
  EXPECT_EQ(Split("CREATE FUNCTION f(begin atomic) RETURNS int RETURN 1; SELECT 1"),
            (Texts{"CREATE FUNCTION f(begin atomic) RETURNS int RETURN 1", "SELECT 1"}));
  EXPECT_EQ(Split("SELECT begin atomic FROM t; SELECT 1"),
            (Texts{"SELECT begin atomic FROM t", "SELECT 1"}));
}

TEST(SplitterTest, GivesCopyRowsToTheirStatement) {
  const auto statements = SplitStatements(
      "COPY t (a) FROM stdin; -- rows\n1\tit's; a \"quote\n\\N\n\\.\nSELECT 2;\n"
      "copy t from STDOUT with (format csv);\n\\.\nSELECT 3",
      "x.sql");
  ASSERT_TRUE(statements);
  ASSERT_EQ(statements->size(), 4U);
  EXPECT_EQ((*statements)[0],
            (Statement{"COPY t (a) FROM stdin", {1, 1}, "1\tit's; a \"quote\n\\N\n"}));
  EXPECT_EQ((*statements)[1], (Statement{"SELECT 2", {5, 1}, std::nullopt}));
  EXPECT_EQ((*statements)[2],
            (Statement{"copy t from STDOUT with (format csv)", {6, 1}, std::string()}));
  EXPECT_EQ((*statements)[3], (Statement{"SELECT 3", {8, 1}, std::nullopt}));
}

TEST(SplitterTest, ReadsNoCopyRowsWhenNoneFollow) {
  EXPECT_EQ(Split("COPY t TO STDOUT; SELECT 1"), (Texts{"COPY t TO STDOUT", "SELECT 1"}));
  EXPECT_EQ(Split("COPY (SELECT a FROM stdin) TO STDOUT; SELECT 1"),
            (Texts{"COPY (SELECT a FROM stdin) TO STDOUT", "SELECT 1"}));
  EXPECT_EQ(Split("COPY t FROM '/a'; SELECT 1"), (Texts{"COPY t FROM '/a'", "SELECT 1"}));
  EXPECT_EQ(Split("SELECT copy FROM stdin; SELECT 1"),
            (Texts{"SELECT copy FROM stdin", "SELECT 1"}));
}

TEST(SplitterTest, AcceptsWindowsLineEnds) {
  const auto statements =
      SplitStatements("SELECT 1;\r\nCOPY t FROM STDIN;\r\n1\r\n\\.\r\n  SELECT 2;\r\n", "x.sql");
  ASSERT_TRUE(statements);
  ASSERT_EQ(statements->size(), 3U);
  EXPECT_EQ((*statements)[1], (Statement{"COPY t FROM STDIN", {2, 1}, "1\r\n"}));
  EXPECT_EQ((*statements)[2], (Statement{"SELECT 2", {5, 3}, std::nullopt}));
}

TEST(SplitterTest, CountsColumnsInCharactersFromWhereThePartStarts) {
  const auto statements = SplitStatements("'\xC3\xA9\xE2\x82\xAC';  a;\n\tb", "x.sql", {10, 4});
  ASSERT_TRUE(statements);
  ASSERT_EQ(statements->size(), 3U);
  EXPECT_EQ((*statements)[0].position, (Position{10, 4}));
  EXPECT_EQ((*statements)[1].position, (Position{10, 11}));
  EXPECT_EQ((*statements)[2].position, (Position{11, 2}));
}

TEST(SplitterTest, SkipsAByteOrderMarkAtTheStartOfAFileOnly) {
  const auto inside = SplitStatements("\xEF\xBB\xBFSELECT 1;", "x.sql", {2, 1});
  ASSERT_TRUE(inside);
  EXPECT_EQ(inside->front().text, "\xEF\xBB\xBFSELECT 1");
}

TEST(SplitterTest, SkipsTheRestrictLinesOfPgDump) {
  EXPECT_EQ(Split("--\n\n\\restrict aB3'x\n\nSELECT 1;\n\n\\unrestrict aB3'x\n"),
            (Texts{"SELECT 1"}));
}

TEST(SplitterTest, RefusesWhatNoServerTakesSayingWhereItStarts) {
  const std::vector<std::pair<std::string_view, std::string>> cases = {
      {"SELECT 1;\n  \\i other.sql\n",
       "x.sql:2:3: \"\\i\" is a command of psql, not SQL: write the SQL it stands for"},
      {"SELECT 1 \\gexec",
       "x.sql:1:10: \"\\gexec\" is a command of psql, not SQL: write the SQL it stands for"},
      {"SELECT 1\n\\restrict a\n;",
       "x.sql:2:1: \"\\restrict\" is a command of psql, not SQL: write the SQL it stands for"},
      {"SELECT 1;\n\\.\n",
       "x.sql:2:1: \"\\.\" ends the rows of COPY ... FROM STDIN, but no such statement stands "
       "before it"},
      {"SELECT\n 'abc;\n", "x.sql:2:2: this string is never closed: add the missing '"},
      {"SELECT 1;\nSELECT \"a;", "x.sql:2:8: this quoted name is never closed: add the missing \""},
      {"DO $do$ BEGIN END $$;", "x.sql:1:4: this $do$ quote is never closed: add the closing $do$"},
      {"SELECT 1; /* a /* b */",
       "x.sql:1:11: this comment is never closed: add the missing */ (comments nest in "
       "PostgreSQL)"},
      {"CREATE TABLE t (\n  a varchar(10;\nSELECT 1;",
       "x.sql:2:12: this parenthesis is never closed: add the missing )"},
      {"CREATE FUNCTION f() RETURNS int\nBEGIN ATOMIC SELECT 1; SELECT 2;",
       "x.sql:2:1: this BEGIN ATOMIC body is never closed: add the missing END"},
      {"SELECT 1;\nCOPY t FROM STDIN;\n1\n",
       "x.sql:2:1: the rows of this COPY ... FROM STDIN never end: add a line \"\\.\" after the "
       "last row"},
      {"COPY t FROM STDIN",
       "x.sql:1:1: this COPY ... FROM STDIN lacks its semicolon and, on the lines after it, its "
       "rows and a line \"\\.\""},
      {"COPY t FROM STDIN;  SELECT 1;\n1\n\\.\n",
       "x.sql:1:21: the rows of COPY ... FROM STDIN begin on the next line: move this there or "
       "below them"},
      {std::string_view("SELECT 1;\nSELECT '\0';", 21),
       "x.sql:2:9: a NUL byte: PostgreSQL cannot read it, remove it"},
  };
  for (const auto& [sql, message] : cases) {
    const auto result = SplitStatements(sql, "x.sql");
    ASSERT_FALSE(result) << sql;
    EXPECT_EQ(result.error(), (Error{ErrorCode::kInvalid, message}));
  }
}

TEST(SplitterTest, StopsAtAMarkThatIsAComment) {
  const EndMark is_mark = [](std::string_view comment) { return comment == "-- stop"; };
  const std::string_view sql =
      "SELECT '\n-- stop\n', $$\n-- stop\n$$ /*\n-- stop\n*/; -- stop\n"
      "COPY t FROM STDIN;\n-- stop\n\\.\nSELECT 2\n  -- stop\nSELECT 3;";
  const auto part = SplitStatementsUpTo(is_mark, sql, "x.sql");
  ASSERT_TRUE(part);
  ASSERT_EQ(part->statements.size(), 3U);
  EXPECT_EQ(part->statements[1].copy_data, "-- stop\n");
  EXPECT_EQ(part->statements[2].text, "SELECT 2");
  EXPECT_EQ(sql.substr(part->mark), "-- stop\nSELECT 3;");
  EXPECT_EQ(part->mark_position, (Position{12, 3}));
}

TEST(SplitterTest, SaysTheTextsEndWhenNoMarkStopsIt) {
  const EndMark is_mark = [](std::string_view) { return false; };
  const auto part = SplitStatementsUpTo(is_mark, "SELECT 1;\n-- a\n", "x.sql");
  ASSERT_TRUE(part);
  EXPECT_EQ(part->mark, 15U);
  EXPECT_EQ(part->mark_position, (Position{3, 1}));
}

}  // namespace
}  // namespace schemaop
