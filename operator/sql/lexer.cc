#include "sql/lexer.h"

#include <fmt/format.h>

namespace schemaop {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool IsNewline(char c) { return c == '\n' || c == '\r'; }

// Every byte of a multi-byte character may stand in a name.
bool IsNameStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & '\x80') != 0;
}
bool IsTagPart(char c) { return IsNameStart(c) || IsDigit(c); }
bool IsNamePart(char c) { return IsTagPart(c) || c == '$'; }

std::size_t EndOfLine(std::string_view text, std::size_t at) {
  const std::size_t end = text.find_first_of("\r\n", at);
  return end == std::string_view::npos ? text.size() : end;
}

// Where a string that closed before `at` goes on: just after the quote that follows white space
// (and "--" comments) with at least one newline in it. npos when it does not. Block comments do not
// count.
std::size_t FindContinuation(std::string_view text, std::size_t at) {
  bool newline = false;
  while (at < text.size()) {
    if (IsSqlSpace(text[at])) {
      newline = newline || IsNewline(text[at]);
      ++at;
    } else if (text.substr(at, 2) == "--") {
      at = EndOfLine(text, at);
    } else {
      break;
    }
  }
  return newline && at < text.size() && text[at] == '\'' ? at + 1 : std::string_view::npos;
}

// The end of the string whose text starts at `at`, just after its closing quote; npos when there is
// none.
std::size_t FindStringEnd(std::string_view text, std::size_t at, bool escapes) {
  while (at < text.size()) {
    const bool doubled = text.substr(at, 2) == "''";
    if (doubled || (escapes && text[at] == '\\')) {
      at += 2;
    } else if (text[at] == '\'') {
      return at + 1;
    } else {
      ++at;
    }
  }
  return std::string_view::npos;
}

}  // namespace

bool IsSqlSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

tl::expected<Token, LexError> Lexer::Next() {
  while (IsSqlSpace(Peek())) ++at_;
  if (at_ >= text_.size()) return Token{TokenKind::kEnd, text_.size(), text_.size()};
  if (StartsWith("--")) return Take(TokenKind::kLineComment, EndOfLine(text_, at_));
  if (StartsWith("/*")) return ReadBlockComment();
  const char c = Peek();
  if (c == '\'') return ReadString(at_, false);
  if (c == '"') return ReadQuotedName();
  if (c == '$') return ReadDollar();
  if (IsNameStart(c)) return ReadWord();
  if (IsDigit(c) || (c == '.' && IsDigit(Peek(1)))) return ReadNumber();
  return Take(c == '\\' ? TokenKind::kBackslash : TokenKind::kSymbol, at_ + 1);
}

char Lexer::Peek(std::size_t ahead) const {
  return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
}

bool Lexer::StartsWith(std::string_view prefix) const {
  return text_.substr(at_, prefix.size()) == prefix;
}

tl::expected<Token, LexError> Lexer::ReadString(std::size_t begin, bool escapes) {
  std::size_t inside = text_.find('\'', begin) + 1;
  while (true) {
    const std::size_t end = FindStringEnd(text_, inside, escapes);
    if (end == std::string_view::npos) {
      return tl::unexpected(LexError{begin, "this string is never closed: add the missing '"});
    }
    const std::size_t more = FindContinuation(text_, end);
    if (more == std::string_view::npos) {
      at_ = begin;
      return Take(TokenKind::kString, end);
    }
    inside = more;
  }
}

tl::expected<Token, LexError> Lexer::ReadQuotedName() {
  std::size_t end = text_.find('"', at_ + 1);
  while (end != std::string_view::npos && text_.substr(end + 1, 1) == "\"") {
    end = text_.find('"', end + 2);
  }
  if (end == std::string_view::npos) {
    return tl::unexpected(LexError{at_, "this quoted name is never closed: add the missing \""});
  }
  return Take(TokenKind::kQuotedName, end + 1);
}

tl::expected<Token, LexError> Lexer::ReadDollar() {
  std::size_t end = at_ + 1;
  if (IsDigit(Peek(1))) {
    while (end < text_.size() && IsDigit(text_[end])) ++end;
    return Take(TokenKind::kParameter, end);
  }
  if (IsNameStart(Peek(1))) {
    while (end < text_.size() && IsTagPart(text_[end])) ++end;
  }
  if (text_.substr(end, 1) != "$") return Take(TokenKind::kSymbol, at_ + 1);
  const std::string_view tag = text_.substr(at_, end + 1 - at_);
  const std::size_t close = text_.find(tag, end + 1);
  if (close == std::string_view::npos) {
    return tl::unexpected(
        LexError{at_, fmt::format("this {} quote is never closed: add the closing {}", tag, tag)});
  }
  return Take(TokenKind::kString, close + tag.size());
}

tl::expected<Token, LexError> Lexer::ReadBlockComment() {
  int depth = 1;
  std::size_t end = at_ + 2;
  while (depth > 0) {
    end = text_.find_first_of("/*", end);
    if (end == std::string_view::npos) {
      return tl::unexpected(LexError{
          at_, "this comment is never closed: add the missing */ (comments nest in PostgreSQL)"});
    }
    const std::string_view pair = text_.substr(end, 2);
    if (pair == "/*") ++depth;
    if (pair == "*/") --depth;
    end += pair == "/*" || pair == "*/" ? 2 : 1;
  }
  return Take(TokenKind::kBlockComment, end);
}

tl::expected<Token, LexError> Lexer::ReadWord() {
  std::size_t end = at_ + 1;
  while (end < text_.size() && IsNamePart(text_[end])) ++end;
  const bool escape_string = end == at_ + 1 && (Peek() == 'e' || Peek() == 'E') && Peek(1) == '\'';
  if (escape_string) return ReadString(at_, true);
  return Take(TokenKind::kWord, end);
}

// Letters glued to a number are a word of their own, as before PostgreSQL 15; later ones refuse
// them.
Token Lexer::ReadNumber() {
  const std::size_t begin = at_;
  const bool hexadecimal =
      Peek() == '0' && (Peek(1) == 'x' || Peek(1) == 'X') && IsHexDigit(Peek(2));
  if (hexadecimal) {
    at_ += 2;
    SkipDigits(IsHexDigit);
  } else {
    SkipDigits(IsDigit);
    // "1..2" is two numbers and "..", as in PL/pgSQL's ranges.
    if (Peek() == '.' && Peek(1) != '.') {
      ++at_;
      SkipDigits(IsDigit);
    }
    const std::size_t sign = Peek(1) == '+' || Peek(1) == '-' ? 1 : 0;
    if ((Peek() == 'e' || Peek() == 'E') && IsDigit(Peek(1 + sign))) {
      at_ += 1 + sign;
      SkipDigits(IsDigit);
    }
  }
  return Token{TokenKind::kNumber, begin, at_};
}

// Digits, with single underscores between them (PostgreSQL 16).
void Lexer::SkipDigits(bool (*digit)(char)) {
  while (digit(Peek()) || (Peek() == '_' && digit(Peek(1)))) ++at_;
}

Token Lexer::Take(TokenKind kind, std::size_t end) {
  const Token token{kind, at_, end};
  at_ = end;
  return token;
}

}  // namespace schemaop
