// Where a statement ends: what the lexer cannot say, because it takes a few words of grammar.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "sql/lexer.h"

namespace schemaop {

// Follows the tokens of one statement, comments left out. A semicolon ends a statement unless it
// stands in parentheses (CREATE RULE ... DO (a; b)) or in the BEGIN ATOMIC body of a CREATE
// FUNCTION or PROCEDURE. Such a body ends at an END that is the first token after ATOMIC or after a
// semicolon of the body (gram.y, routine_body_stmt_list), so CASE ... END and columns named "end"
// need no counting.
class StatementScanner {
 public:
  // Takes the next token, which reads `text`.
  void Take(const Token& token, std::string_view text);

  // Whether a semicolon that came next would end the statement. If not, it is to be given to Take.
  bool SemicolonEndsStatement() const { return open_parens_.empty() && !in_atomic_body_; }

  // No token was taken yet.
  bool empty() const { return count_ == 0; }

  // The bytes from the first token to the last. REQUIRES: !empty().
  std::size_t begin() const { return begin_; }
  std::size_t end() const { return end_; }

  // COPY ... FROM STDIN (or STDOUT, which the server takes for the same): rows follow the
  // semicolon.
  bool ReadsCopyData() const { return reads_copy_data_; }

  // What is still open, were the statement to end here; nullopt when nothing is.
  std::optional<LexError> FindUnclosed() const;

 private:
  void TakeWord(std::string_view text);
  void FollowRoutine(std::string_view word);

  // How far "CREATE [OR REPLACE] {FUNCTION|PROCEDURE}" has been seen.
  enum class Routine { kStart, kCreate, kOr, kReplace, kYes, kNo };

  std::size_t count_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::vector<std::size_t> open_parens_;  // their offsets
  Routine routine_ = Routine::kStart;
  bool copy_ = false;
  bool reads_copy_data_ = false;
  bool in_atomic_body_ = false;
  bool statement_of_body_begins_ = false;  // just after ATOMIC or a semicolon of the body
  std::size_t body_begin_ = 0;
  std::string_view previous_word_;  // upper case if a keyword of ours; empty after any other token
  std::size_t previous_begin_ = 0;
};

}  // namespace schemaop
