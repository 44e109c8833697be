#include "sql/splitter.h"

#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "sql/lexer.h"
#include "sql/statement_scanner.h"
#include "sql/text_position.h"

namespace schemaop {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";

// The line that starts at `at`, without its end; `next` is where the one after it starts.
struct Line {
  std::string_view text;
  std::size_t next = 0;
};

Line LineAt(std::string_view text, std::size_t at) {
  const std::size_t end = text.find('\n', at);
  const std::size_t next = end == std::string_view::npos ? text.size() : end + 1;
  std::string_view line = text.substr(at, (end == std::string_view::npos ? next : end) - at);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return {line, next};
}

bool IsBlank(std::string_view text) {
  for (const char c : text) {
    if (!IsSqlSpace(c)) return false;
  }
  return true;
}

class Splitter {
 public:
  Splitter(std::string_view sql, std::string_view file, Position start, const EndMark& is_mark)
      : sql_(sql), file_(file), position_(sql, start), lexer_(sql), is_mark_(is_mark) {}

  Result<StatementsUpToMark> Run();

 private:
  tl::unexpected<Error> FailAt(std::size_t offset, std::string_view message);
  Result<void> TakeSqlToken(const Token& token);
  Result<void> TakeBackslash(const Token& token);
  Result<void> EndStatement(std::optional<std::size_t> after_semicolon);
  Result<std::string> ReadCopyData(std::size_t after);
  bool IsMark(const Token& token) const;
  bool BeginsLine(std::size_t offset) const;

  std::string_view sql_;
  std::string_view file_;
  TextPosition position_;
  Lexer lexer_;
  const EndMark& is_mark_;
  StatementScanner scanner_;
  StatementsUpToMark result_;
};

tl::unexpected<Error> Splitter::FailAt(std::size_t offset, std::string_view message) {
  const Position at = position_.At(offset);
  return Fail(ErrorCode::kInvalid, fmt::format("{}:{}:{}: {}", file_, at.line, at.column, message));
}

Result<StatementsUpToMark> Splitter::Run() {
  while (true) {
    const auto token = lexer_.Next();
    if (!token) return FailAt(token.error().offset, token.error().message);
    const bool end = token->kind == TokenKind::kEnd || IsMark(*token);
    if (end) {
      if (auto ended = EndStatement(std::nullopt); !ended) return Fail(ended.error());
      result_.mark = token->begin;
      result_.mark_position = position_.At(token->begin);
      return std::move(result_);
    }
    if (auto taken = TakeSqlToken(*token); !taken) return Fail(taken.error());
  }
}

Result<void> Splitter::TakeSqlToken(const Token& token) {
  switch (token.kind) {
    case TokenKind::kLineComment:
    case TokenKind::kBlockComment:
      return {};
    case TokenKind::kBackslash:
      return TakeBackslash(token);
    default:
      break;
  }
  const bool semicolon = token.kind == TokenKind::kSymbol && sql_[token.begin] == ';';
  if (semicolon && scanner_.SemicolonEndsStatement()) return EndStatement(token.end);
  scanner_.Take(token, sql_.substr(token.begin, token.end - token.begin));
  return {};
}

// pg_dump writes \restrict and \unrestrict around every plain dump; they only tell psql to refuse
// other commands.
Result<void> Splitter::TakeBackslash(const Token& token) {
  const Line line = LineAt(sql_, token.begin);
  const std::string_view word = line.text.substr(0, line.text.find_first_of(" \t"));
  const bool between_statements = scanner_.empty() && BeginsLine(token.begin);
  if (between_statements && (word == "\\restrict" || word == "\\unrestrict")) {
    lexer_.MoveTo(line.next);
    return {};
  }
  if (word == "\\.") {
    return FailAt(
        token.begin,
        "\"\\.\" ends the rows of COPY ... FROM STDIN, but no such statement stands before it");
  }
  return FailAt(
      token.begin,
      fmt::format("\"{}\" is a command of psql, not SQL: write the SQL it stands for", word));
}

Result<void> Splitter::EndStatement(std::optional<std::size_t> after_semicolon) {
  if (const auto open = scanner_.FindUnclosed()) return FailAt(open->offset, open->message);
  if (scanner_.empty()) return {};
  Statement statement;
  statement.text = sql_.substr(scanner_.begin(), scanner_.end() - scanner_.begin());
  statement.position = position_.At(scanner_.begin());
  if (scanner_.ReadsCopyData()) {
    if (!after_semicolon) {
      return FailAt(
          scanner_.begin(),
          "this COPY ... FROM STDIN lacks its semicolon and, on the lines after it, its rows "
          "and a line \"\\.\"");
    }
    auto data = ReadCopyData(*after_semicolon);
    if (!data) return Fail(data.error());
    statement.copy_data = std::move(*data);
  }
  result_.statements.push_back(std::move(statement));
  scanner_ = StatementScanner();
  return {};
}

// As psql does, rows begin on the line after the semicolon and end before a line "\.".
Result<std::string> Splitter::ReadCopyData(std::size_t after) {
  const Line rest = LineAt(sql_, after);
  const std::size_t something = rest.text.find_first_not_of(" \t\r\f\v");
  const bool clean = something == std::string_view::npos || rest.text.substr(something, 2) == "--";
  if (!clean) {
    return FailAt(
        after + something,
        "the rows of COPY ... FROM STDIN begin on the next line: move this there or below them");
  }
  for (std::size_t at = rest.next; at < sql_.size();) {
    const Line row = LineAt(sql_, at);
    if (row.text == "\\.") {
      lexer_.MoveTo(row.next);
      return std::string(sql_.substr(rest.next, at - rest.next));
    }
    at = row.next;
  }
  return FailAt(
      scanner_.begin(),
      "the rows of this COPY ... FROM STDIN never end: add a line \"\\.\" after the last row");
}

bool Splitter::IsMark(const Token& token) const {
  return is_mark_ && token.kind == TokenKind::kLineComment && BeginsLine(token.begin) &&
         is_mark_(sql_.substr(token.begin, token.end - token.begin));
}

bool Splitter::BeginsLine(std::size_t offset) const {
  const std::size_t line = sql_.substr(0, offset).find_last_of("\r\n");
  const std::size_t begin = line == std::string_view::npos ? 0 : line + 1;
  return IsBlank(sql_.substr(begin, offset - begin));
}

}  // namespace

Result<StatementsUpToMark> SplitStatementsUpTo(const EndMark& is_mark, std::string_view sql,
                                               std::string_view file, Position start) {
  const bool has_bom = start == Position() && sql.starts_with(kBom);  // elsewhere it is a character
  const std::size_t skipped = has_bom ? kBom.size() : 0;
  sql.remove_prefix(skipped);
  if (const std::size_t nul = sql.find('\0'); nul != std::string_view::npos) {
    const Position at = TextPosition(sql, start).At(nul);
    return Fail(ErrorCode::kInvalid,
                fmt::format("{}:{}:{}: a NUL byte: PostgreSQL cannot read it, remove it", file,
                            at.line, at.column));
  }
  auto result = Splitter(sql, file, start, is_mark).Run();
  if (result) result->mark += skipped;
  return result;
}

Result<std::vector<Statement>> SplitStatements(std::string_view sql, std::string_view file,
                                               Position start) {
  auto result = SplitStatementsUpTo(EndMark(), sql, file, start);
  if (!result) return Fail(std::move(result.error()));
  return std::move(result->statements);
}

}  // namespace schemaop
