// From byte offsets to the lines and columns people read.
#pragma once

#include <cstddef>
#include <string_view>

#include "sql/statement.h"

namespace schemaop {

// Answers for offsets that never decrease, in time linear in the text as a whole. A line ends with
// LF, CR or CRLF; columns count characters of UTF-8 text. The text must outlive the tracker.
class TextPosition {
 public:
  // `start` is the position of the text's first byte in its file.
  explicit TextPosition(std::string_view text, Position start = {})
      : text_(text), position_(start) {}

  // The position of the byte at `offset`. REQUIRES: `offset` is not below an earlier call's and at
  // most the text's size.
  Position At(std::size_t offset);

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  Position position_;
};

}  // namespace schemaop
