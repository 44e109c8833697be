#include "sql/text_position.h"

namespace schemaop {

Position TextPosition::At(std::size_t offset) {
  for (; at_ < offset; ++at_) {
    const char c = text_[at_];
    const bool before_lf = c == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n';
    if (c == '\n' || (c == '\r' && !before_lf)) {
      ++position_.line;
      position_.column = 1;
    } else if ((c & '\xC0') != '\x80') {  // continuation bytes belong to the character before
      ++position_.column;
    }
  }
  return position_;
}

}  // namespace schemaop
