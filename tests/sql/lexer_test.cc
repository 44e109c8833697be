#include "sql/lexer.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace schemaop {
namespace {

std::string_view KindName(TokenKind kind) {
  switch (kind) {
    case TokenKind::kEnd:
      return "end";
    case TokenKind::kWord:
      return "word";
    case TokenKind::kQuotedName:
      return "name";
    case TokenKind::kString:
      return "string";
    case TokenKind::kNumber:
      return "number";
    case TokenKind::kParameter:
      return "parameter";
    case TokenKind::kSymbol:
      return "symbol";
    case TokenKind::kBackslash:
      return "backslash";
    case TokenKind::kLineComment:
    case TokenKind::kBlockComment:
      return "comment";
  }
  return "?";
}

// Every token as "kind:text"; an error as "error@offset:message", at the end.
std::vector<std::string> Lex(std::string_view text) {
  std::vector<std::string> tokens;
  Lexer lexer(text);
  while (true) {
    const auto token = lexer.Next();
    if (!token) {
      tokens.push_back("error@" + std::to_string(token.error().offset) + ":" +
                       token.error().message);
      return tokens;
    }
    if (token->kind == TokenKind::kEnd) return tokens;
    tokens.push_back(std::string(KindName(token->kind)) + ":" +
                     std::string(text.substr(token->begin, token->end - token->begin)));
  }
}

using Tokens = std::vector<std::string>;

struct LexerCase {
  std::string_view text;
  Tokens tokens;
};

// Rules of PostgreSQL's scan.l, one a row.
TEST(LexerTest, ReadsTokensAsPostgresDoes) {
  const std::vector<LexerCase> cases = {
      {"", {}},
      {" \t\r\n\f\v", {}},
      {"SELECT a_1", {"word:SELECT", "word:a_1"}},
      {"a$b$ c", {"word:a$b$", "word:c"}},
      {"\xC3\xA9t\xC3\xA9", {"word:\xC3\xA9t\xC3\xA9"}},
      {"'a''b' 'c'", {"string:'a''b'", "string:'c'"}},
      {"'a\\' b", {"string:'a\\'", "word:b"}},
      {"E'a\\'b'", {"string:E'a\\'b'"}},
      {"e'\\\\' x", {"string:e'\\\\'", "word:x"}},
      {"E'a'\n'b\\'c'", {"string:E'a'\n'b\\'c'"}},
      {"E'a' -- x '\n  'b\\'c'", {"string:E'a' -- x '\n  'b\\'c'"}},
      {"E'a' 'b\\' c", {"string:E'a'", "string:'b\\'", "word:c"}},
      {"E'a' /* \n */ 'b\\' c", {"string:E'a'", "comment:/* \n */", "string:'b\\'", "word:c"}},
      {"fooE'a\\' b", {"word:fooE", "string:'a\\'", "word:b"}},
      {"E 'a\\' b", {"word:E", "string:'a\\'", "word:b"}},
      {"N'a' B'1' X'F' U&'\\0061'",
       {"word:N", "string:'a'", "word:B", "string:'1'", "word:X", "string:'F'", "word:U",
        "symbol:&", "string:'\\0061'"}},
      {"\"a\"\"b;\" U&\"c\"", {"name:\"a\"\"b;\"", "word:U", "symbol:&", "name:\"c\""}},
      {"$$ ; $x$ ; $$", {"string:$$ ; $x$ ; $$"}},
      {"$a$ $$ $ab$ $a$", {"string:$a$ $$ $ab$ $a$"}},
      {"$\xC3\xA9$;$\xC3\xA9$", {"string:$\xC3\xA9$;$\xC3\xA9$"}},
      {"$1 $2$$;$$", {"parameter:$1", "parameter:$2", "string:$$;$$"}},
      {"$ $a", {"symbol:$", "symbol:$", "word:a"}},
      {"$1a$", {"parameter:$1", "word:a$"}},
      {"1 1.5 .5 1. 1e5 1.5E-3 0x1F 1_000",
       {"number:1", "number:1.5", "number:.5", "number:1.", "number:1e5", "number:1.5E-3",
        "number:0x1F", "number:1_000"}},
      {"1..2", {"number:1", "symbol:.", "number:.2"}},
      {"1$$;$$", {"number:1", "string:$$;$$"}},
      {"1E'a\\''", {"number:1", "string:E'a\\''"}},
      {"5 - -1", {"number:5", "symbol:-", "symbol:-", "number:1"}},
      {"5 --;\n+ 2", {"number:5", "comment:--;", "symbol:+", "number:2"}},
      {"a -- b\rc", {"word:a", "comment:-- b", "word:c"}},
      {"3 */* ; */ 4", {"number:3", "symbol:*", "comment:/* ; */", "number:4"}},
      {"3 */ 4", {"number:3", "symbol:*", "symbol:/", "number:4"}},
      {"/*/ a */ b", {"comment:/*/ a */", "word:b"}},
      {"/* /* ; */ ; **/ b", {"comment:/* /* ; */ ; **/", "word:b"}},
      {"/*/ x /*/ y */ */ b", {"comment:/*/ x /*/ y */ */", "word:b"}},
      {"\\gexec", {"backslash:\\", "word:gexec"}},
  };
  for (const LexerCase& row : cases) EXPECT_EQ(Lex(row.text), row.tokens) << row.text;
}

TEST(LexerTest, ReportsWhatNeverEndsWhereItStarts) {
  const std::string string = ":this string is never closed: add the missing '";
  const std::string comment =
      ":this comment is never closed: add the missing */ (comments nest in PostgreSQL)";
  const std::vector<LexerCase> cases = {
      {"a 'b", {"word:a", "error@2" + string}},
      {"E'b\\'", {"error@0" + string}},
      {"E'b\\", {"error@0" + string}},
      {"E'a'\n'b", {"error@0" + string}},
      {"'it''", {"error@0" + string}},
      {"a \"b", {"word:a", "error@2:this quoted name is never closed: add the missing \""}},
      {"$a$ $$", {"error@0:this $a$ quote is never closed: add the closing $a$"}},
      {"$$", {"error@0:this $$ quote is never closed: add the closing $$"}},
      {" /* a", {"error@1" + comment}},
      {" /* a /* b */", {"error@1" + comment}},
      {"/*/", {"error@0" + comment}},
  };
  for (const LexerCase& row : cases) EXPECT_EQ(Lex(row.text), row.tokens) << row.text;
}

TEST(LexerTest, StaysAtTheEndAndAtAnError) {
  Lexer ended("a");
  EXPECT_EQ(ended.Next()->kind, TokenKind::kWord);
  EXPECT_EQ(*ended.Next(), (Token{TokenKind::kEnd, 1, 1}));
  EXPECT_EQ(*ended.Next(), (Token{TokenKind::kEnd, 1, 1}));

  Lexer failed("'a");
  EXPECT_EQ(failed.Next().error().offset, 0U);
  EXPECT_EQ(failed.Next().error().offset, 0U);
}

}  // namespace
}  // namespace schemaop
