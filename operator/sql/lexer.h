// PostgreSQL's lexical rules (scan.l, psqlscan.l): SQL text to tokens, with nothing lost. Knows no
// statements and no grammar, so it reads SQL of any server version. standard_conforming_strings is
// taken to be on.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace schemaop {

enum class TokenKind {
  kEnd,           // nothing left; an empty token at the end of the text
  kWord,          // keyword or unquoted name; may contain '$' after its first character
  kQuotedName,    // "..." with "" inside
  kString,        // '...', E'...' with all its continuation lines, $tag$...$tag$
  kNumber,        // 1  1.5e-3  0x1F  1_000
  kParameter,     // $1
  kSymbol,        // one character of anything else: ; ( ) , . + ...
  kBackslash,     // a '\' outside quotes: no SQL, but how psql's own commands begin
  kLineComment,   // "--" up to the end of its line
  kBlockComment,  // "/*" up to its "*/", inner ones included
};

// A token as a range of bytes of the text it was read from.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::size_t begin = 0;
  std::size_t end = 0;

  bool operator==(const Token&) const = default;
};

// A quote or comment that never ends.
struct LexError {
  std::size_t offset = 0;  // of the first byte of what is not ended
  std::string message;     // "this string is never closed: add the missing '"

  bool operator==(const LexError&) const = default;
};

// Reads tokens one after the other in time linear in the text's length. `text` must outlive the
// lexer and is only looked at. U&'', N'', B'' and X'' come as a word (and '&') and a string, which
// ends where PostgreSQL ends it.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  // The next token, white space skipped; kEnd for ever once the text is used up. After an error
  // nothing more can be read: the call gives the same error again.
  tl::expected<Token, LexError> Next();

  // Goes on reading at byte `offset`, for callers that read a part that is not SQL themselves (COPY
  // data).
  void MoveTo(std::size_t offset) { at_ = offset; }

 private:
  char Peek(std::size_t ahead = 0) const;
  bool StartsWith(std::string_view prefix) const;
  tl::expected<Token, LexError> ReadString(std::size_t begin, bool escapes);
  tl::expected<Token, LexError> ReadQuotedName();
  tl::expected<Token, LexError> ReadDollar();
  tl::expected<Token, LexError> ReadBlockComment();
  tl::expected<Token, LexError> ReadWord();
  Token ReadNumber();
  Token Take(TokenKind kind, std::size_t end);
  void SkipDigits(bool (*digit)(char));

  std::string_view text_;
  std::size_t at_ = 0;
};

// What PostgreSQL's lexer takes for white space.
bool IsSqlSpace(char c);

}  // namespace schemaop
