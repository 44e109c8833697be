#include "base/text.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/sha256.h"

namespace schemaop {
namespace {

TEST(TextTest, TrimsSpaceAtBothEnds) {
  EXPECT_EQ(Trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(Trim(" \n"), "");
}

TEST(TextTest, SplitsKeepingEmptyParts) {
  EXPECT_EQ(Split("a,,b", ','), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_EQ(Split("", ','), (std::vector<std::string>{""}));
}

TEST(TextTest, SplitsListsDroppingEmptyParts) {
  EXPECT_EQ(SplitList(" a , ,b,"), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(SplitList("  ").empty());
}

TEST(TextTest, FindsTheFirstByteThatIsNotUtf8) {
  EXPECT_EQ(FindInvalidUtf8("plain \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"), std::nullopt);
  EXPECT_EQ(FindInvalidUtf8("ab\xFF"), 2);
  EXPECT_EQ(FindInvalidUtf8("a\xC0\x80"), 1) << "overlong";
  EXPECT_EQ(FindInvalidUtf8("a\xED\xA0\x80"), 1) << "surrogate";
  EXPECT_EQ(FindInvalidUtf8("a\xF4\x90\x80\x80"), 1) << "above U+10FFFF";
  EXPECT_EQ(FindInvalidUtf8("a\xE2\x82"), 1) << "cut short";
  EXPECT_EQ(FindInvalidUtf8(std::string_view("a\0b", 3)), 1) << "NUL";
}

TEST(TextTest, TruncatesBetweenCharacters) {
  EXPECT_EQ(Truncate("short", 10), "short");
  EXPECT_EQ(Truncate("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 6), "\xC3\xA9...");
}

TEST(TextTest, FindsWhereTextMayBeCut) {
  const std::string text = "a\xE2\x82\xAC\xC3\xA9";
  EXPECT_EQ(CutLength(text, 6), 6);
  EXPECT_EQ(CutLength(text, 99), 6);
  EXPECT_EQ(CutLength(text, 5), 4);
  EXPECT_EQ(CutLength(text, 4), 4);
  EXPECT_EQ(CutLength(text, 3), 1);
  EXPECT_EQ(CutLength(text, 0), 0);
}

TEST(TextTest, QuotesForSql) {
  EXPECT_EQ(QuoteDoubling('"', "my\"table"), "\"my\"\"table\"");
  EXPECT_EQ(QuoteDoubling('\'', "it's a \"b\""), "'it''s a \"b\"'");
  EXPECT_EQ(QuoteDoubling('\'', ""), "''");
}

TEST(TextTest, QuotesForJson) {
  EXPECT_EQ(JsonQuote("a\"b\\c\n\x01\xC3\xA9\xFF"), "\"a\\\"b\\\\c\\n\\u0001\xC3\xA9\\ufffd\"");
}

TEST(Sha256Test, HashesTheStandardsExample) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(ErrorTest, AddsContextInFront) {
  EXPECT_EQ(WithContext({ErrorCode::kNotFound, "it is gone"}, "secret \"x\""),
            (Error{ErrorCode::kNotFound, "secret \"x\": it is gone"}));
}

TEST(ErrorTest, WhatPassesByItselfIsNoVerdict) {
  EXPECT_TRUE(PassesByItself({ErrorCode::kUnavailable, ""}));
  EXPECT_TRUE(PassesByItself({ErrorCode::kBusy, ""}));
  EXPECT_TRUE(PassesByItself({ErrorCode::kInDoubt, "a COMMIT that nobody could be asked about"}));
  EXPECT_FALSE(PassesByItself({ErrorCode::kRejected, ""}));
  EXPECT_FALSE(PassesByItself({ErrorCode::kDenied, ""}));
}

}  // namespace
}  // namespace schemaop
