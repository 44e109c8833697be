#include "postgres/rows.h"

#include <charconv>

namespace schemaop {

std::int64_t Row::Integer(std::size_t column) const {
  const std::string text = Text(column);
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace schemaop
