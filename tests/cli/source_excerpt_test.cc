#include "cli/source_excerpt.h"

#include <gtest/gtest.h>

namespace schemaop {
namespace {

TEST(SourceExcerptTest, PutsTheCaretUnderThePlace) {
  EXPECT_EQ(SourceExcerpt("one\nSELECT nothing;\n", 2, 8),
            "    2 | SELECT nothing;\n      |        ^\n");
}

TEST(SourceExcerptTest, CountsCharactersAndKeepsTabs) {
  EXPECT_EQ(SourceExcerpt("\tSELECT 'äö', x\r\n", 1, 15),
            "    1 | \tSELECT 'äö', x\n      | \t             ^\n");
}

TEST(SourceExcerptTest, ShowsTheLineAloneWithoutAColumn) {
  EXPECT_EQ(SourceExcerpt("a\nb\n", 2, 0), "    2 | b\n");
}

TEST(SourceExcerptTest, IsEmptyOutsideTheText) {
  EXPECT_EQ(SourceExcerpt("a", 0, 1), "");
  EXPECT_EQ(SourceExcerpt("a", 3, 1), "");
}

TEST(SourceExcerptTest, PointsBehindTheEndAtMost) {
  EXPECT_EQ(SourceExcerpt("ab", 1, 9), "    1 | ab\n      |   ^\n");
}

TEST(SourceExcerptTest, CutsALongLineAroundThePlace) {
  const std::string line = std::string(100, 'a') + "X" + std::string(100, 'b');
  EXPECT_EQ(SourceExcerpt(line, 1, 101), "    1 | ..." + std::string(48, 'a') + "X" +
                                             std::string(23, 'b') + "...\n      | " +
                                             std::string(51, ' ') + "^\n");
}

}  // namespace
}  // namespace schemaop
