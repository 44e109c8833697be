#include "base/compression.h"

#include <string>

#include <gtest/gtest.h>

namespace schemaop {
namespace {

std::string Long(const std::string& beginning) {
  std::string text = beginning;
  for (int i = 0; i < 20000; ++i) text += std::to_string(i * 7919 % 10007) + ",";
  return text;
}

TEST(CompressionTest, TextsComeBackWhole) {
  for (const std::string& text : {std::string(), std::string("a"), std::string("\0b\xff", 3),
                                  std::string(100000, 'x'), Long("")}) {
    for (const std::string& model : {std::string(), std::string("abc"), Long("model ")}) {
      const auto back = Expand(Compress(text, model), model);
      ASSERT_TRUE(back) << back.error().message;
      EXPECT_EQ(*back, text);
    }
  }
}

TEST(CompressionTest, WhatAModelHasTakesNextToNoRoom) {
  const std::string model = Long("model ").substr(0, 20000);
  std::string text = model;
  text.replace(9000, 5, "other");
  EXPECT_GT(Compress(text, "").bytes.size(), 5000U);
  EXPECT_LT(Compress(text, model).bytes.size(), 400U);
}

TEST(CompressionTest, WhatIsNotItsTextIsRefused) {
  const std::string model = Long("model ").substr(0, 1000);
  CompressedText cut = Compress(Long(""), model);
  cut.bytes.resize(cut.bytes.size() / 2);
  EXPECT_FALSE(Expand(cut, model));
  CompressedText longer = Compress("text", model);
  ++longer.size;
  const auto back = Expand(longer, model);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, ErrorCode::kInternal);
}

}  // namespace
}  // namespace schemaop
