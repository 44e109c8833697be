#include "sql/text_position.h"

#include <gtest/gtest.h>

namespace schemaop {
namespace {

TEST(TextPositionTest, CountsCharactersAndEveryKindOfLineEnd) {
  const std::string_view text =
      "a\xC3\xA9\xF0\x9F\x90\x98"
      "b\nc\r\nd\re";
  TextPosition position(text);
  EXPECT_EQ(position.At(0), (Position{1, 1}));
  EXPECT_EQ(position.At(7), (Position{1, 4}));   // b
  EXPECT_EQ(position.At(9), (Position{2, 1}));   // c
  EXPECT_EQ(position.At(12), (Position{3, 1}));  // d
  EXPECT_EQ(position.At(14), (Position{4, 1}));  // e
  EXPECT_EQ(position.At(15), (Position{4, 2}));  // the end
}

TEST(TextPositionTest, GoesOnFromWhereThePartStarts) {
  TextPosition position("ab\nc", {7, 5});
  EXPECT_EQ(position.At(1), (Position{7, 6}));
  EXPECT_EQ(position.At(3), (Position{8, 1}));
}

}  // namespace
}  // namespace schemaop
