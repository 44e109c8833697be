#include "sql/statement_scanner.h"

#include <algorithm>
#include <array>

namespace schemaop {
namespace {

char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// The keyword `text` spells in any case, from the few that decide where a statement ends; empty for
// others.
std::string_view FindKeyword(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kKeywords = {
      "CREATE", "OR",  "REPLACE", "FUNCTION", "PROCEDURE", "BEGIN",
      "ATOMIC", "END", "COPY",    "FROM",     "STDIN",     "STDOUT"};
  for (const std::string_view keyword : kKeywords) {
    const bool same = std::equal(keyword.begin(), keyword.end(), text.begin(), text.end(),
                                 [](char a, char b) { return a == Upper(b); });
    if (same) return keyword;
  }
  return {};
}

}  // namespace

void StatementScanner::Take(const Token& token, std::string_view text) {
  if (count_ == 0) begin_ = token.begin;
  end_ = token.end;
  ++count_;
  const std::string_view word =
      token.kind == TokenKind::kWord ? FindKeyword(text) : std::string_view();
  const char symbol = token.kind == TokenKind::kSymbol ? text.front() : '\0';
  FollowRoutine(word);
  if (symbol == '(') open_parens_.push_back(token.begin);
  if (symbol == ')' && !open_parens_.empty()) open_parens_.pop_back();
  if (open_parens_.empty()) TakeWord(word);
  if (in_atomic_body_ && open_parens_.empty() && symbol == ';') statement_of_body_begins_ = true;
  previous_word_ = open_parens_.empty() ? word : std::string_view();
  previous_begin_ = token.begin;
}

// A word outside parentheses, or no word at all.
void StatementScanner::TakeWord(std::string_view word) {
  if (count_ == 1) copy_ = word == "COPY";
  if (copy_ && previous_word_ == "FROM" && (word == "STDIN" || word == "STDOUT")) {
    reads_copy_data_ = true;
  }
  if (in_atomic_body_) {
    if (statement_of_body_begins_ && word == "END") in_atomic_body_ = false;
    statement_of_body_begins_ = false;
  } else if (routine_ == Routine::kYes && previous_word_ == "BEGIN" && word == "ATOMIC") {
    in_atomic_body_ = true;
    statement_of_body_begins_ = true;
    body_begin_ = previous_begin_;
  }
}

void StatementScanner::FollowRoutine(std::string_view word) {
  switch (routine_) {
    case Routine::kStart:
      routine_ = word == "CREATE" ? Routine::kCreate : Routine::kNo;
      break;
    case Routine::kCreate:
    case Routine::kReplace:
      if (word == "FUNCTION" || word == "PROCEDURE") {
        routine_ = Routine::kYes;
      } else {
        routine_ = routine_ == Routine::kCreate && word == "OR" ? Routine::kOr : Routine::kNo;
      }
      break;
    case Routine::kOr:
      routine_ = word == "REPLACE" ? Routine::kReplace : Routine::kNo;
      break;
    case Routine::kYes:
    case Routine::kNo:
      break;
  }
}

std::optional<LexError> StatementScanner::FindUnclosed() const {
  if (!open_parens_.empty()) {
    return LexError{open_parens_.back(), "this parenthesis is never closed: add the missing )"};
  }
  if (in_atomic_body_) {
    return LexError{body_begin_, "this BEGIN ATOMIC body is never closed: add the missing END"};
  }
  return std::nullopt;
}

}  // namespace schemaop
