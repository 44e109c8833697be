// Properties of the splitter over generated text.
#include <algorithm>
#include <array>
#include <rapidcheck.h>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sql/splitter.h"

namespace schemaop {
namespace {

// Parts a statement can be made of, each whole by itself.
const std::vector<std::string> kParts = {
    "SELECT",
    "a$b$",
    "\"x;\"\";\"",
    "';'",
    "'it''s'",
    "E'\\';'",
    "E'a'\n'\\';",
    "$$;$$",
    "$t$;$$;$t$",
    "$\xC3\xA9$;$\xC3\xA9$",
    "1.5e3",
    "$1",
    "(;)",
    "(a, (b;c))",
    "/* ; /* ; */ ' */",
    "-- ; ' \n",
    "*",
    "*/",
    "+",
    ",",
    "BEGIN ATOMIC",
    "END",
    "caf\xC3\xA9",
    "U&'\\0061;'",
    "::",
    "COPY",
    "FROM",
    "U&\"\\0061;\"\"b\"",
    "[1:2]",
    "N'\\'",
};

const std::vector<std::string> kBodies = {
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END",
    "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC ;; SELECT CASE WHEN a THEN 1 END; END",
    "CREATE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT 1 AS end; SELECT t.end FROM t; END",
};

const std::vector<std::string> kBetween = {"; ", ";\n", " ;; ", ";-- ; '\n", "; /* ; ' */ "};

// A statement whose first token is fixed, so that no comment leads it, and whose last is no
// comment.
rc::Gen<std::string> Statements() {
  const auto assembled =
      rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(kParts)),
                   [](const std::vector<std::string>& parts) {
                     std::string text = "WITH";
                     for (std::string part : parts) {
                       // A part that was cut open by hand closes itself.
                       if (part == "E'a'\n'\\';") part += "'";
                       text += " " + part;
                     }
                     return text + " x";
                   });
  return rc::gen::oneOf(assembled, rc::gen::elementOf(kBodies));
}

RC_GTEST_PROP(SplitterPropertyTest, GivesBackTheStatementsATextWasMadeOf, ()) {
  const auto expected = *rc::gen::container<std::vector<std::string>>(Statements());
  std::string sql;
  for (const std::string& statement : expected) sql += statement + *rc::gen::elementOf(kBetween);
  const auto split = SplitStatements(sql, "x.sql");
  RC_ASSERT(split.has_value());
  std::vector<std::string> texts;
  for (const Statement& statement : *split) texts.push_back(statement.text);
  RC_ASSERT(texts == expected);
}

// The bytes a lexer's states turn on, so that random text reaches them.
rc::Gen<std::string> HostileText() {
  static const std::string kBytes =
      "''\"\"$$$;;--//**\\\\((())).\n\r\t eEuUnN&bx019_aCOPYcopy\xC3\xA9\x80\xFF";
  const auto word = rc::gen::element<std::string>("BEGIN ATOMIC ", "CREATE FUNCTION ", "END",
                                                  "COPY t FROM STDIN;\n", "\\.\n", "$a$", "/*",
                                                  "*/", "\\restrict x\n", "E'");
  const auto byte =
      rc::gen::map(rc::gen::elementOf(kBytes), [](char c) { return std::string(1, c); });
  return rc::gen::map(
      rc::gen::container<std::vector<std::string>>(rc::gen::weightedOneOf<std::string>(
          {{8, byte},
           {2, word},
           {1,
            rc::gen::map(rc::gen::arbitrary<char>(), [](char c) { return std::string(1, c); })}})),
      [](const std::vector<std::string>& parts) {
        std::string text;
        for (const std::string& part : parts) text += part;
        return text;
      });
}

// The byte offset of a position in text that is a part of no larger one.
std::size_t OffsetOf(std::string_view text, Position position) {
  std::size_t at = 0;
  for (Position here; here != position && at < text.size(); ++at) {
    const bool line_end = text[at] == '\n' || (text[at] == '\r' && text.substr(at + 1, 1) != "\n");
    if (line_end) {
      here = {here.line + 1, 1};
    } else if ((text[at] & '\xC0') != '\x80') {
      ++here.column;
    }
  }
  // Stray continuation bytes share a position with what follows them.
  return at;
}

RC_GTEST_PROP(SplitterPropertyTest, EndsWithAnErrorOrWithPartsOfAnyText, ()) {
  const std::string sql = *HostileText();
  const auto split = SplitStatements(sql, "x.sql");
  if (!split) {
    RC_ASSERT(split.error().code == ErrorCode::kInvalid);
    RC_ASSERT(split.error().message.starts_with("x.sql:"));
    return;
  }
  std::size_t at = 0;
  for (const Statement& statement : *split) {
    RC_ASSERT(!statement.text.empty());
    const std::size_t found = sql.find(statement.text, at);
    RC_ASSERT(found != std::string::npos);
    RC_ASSERT(OffsetOf(sql, statement.position) <=
              sql.find(statement.text, at) + statement.text.size());
    at = found + statement.text.size();
    if (statement.copy_data) {
      RC_ASSERT(sql.find(*statement.copy_data, at) != std::string::npos);
    }
  }
}

RC_GTEST_PROP(SplitterPropertyTest, SplitsAStatementIntoItself, ()) {
  const auto split = SplitStatements(*HostileText(), "x.sql");
  if (!split) return;
  for (const Statement& statement : *split) {
    if (statement.copy_data) continue;
    const auto again = SplitStatements(statement.text, "x.sql");
    RC_ASSERT(again.has_value());
    RC_ASSERT(again->size() == 1U);
    RC_ASSERT(again->front().text == statement.text);
  }
}

}  // namespace
}  // namespace schemaop
