#include "cli/suggest.h"

#include <gtest/gtest.h>

namespace schemaop {
namespace {

const std::vector<std::string> kCommands{"upgrade", "downgrade", "heads", "history", "current"};

TEST(SuggestTest, FindsWhatWasMeant) {
  EXPECT_EQ(NearestTo("upgrad", kCommands), "upgrade");
  EXPECT_EQ(NearestTo("ugprade", kCommands), "upgrade");
  EXPECT_EQ(NearestTo("upgrde", kCommands), "upgrade");
  EXPECT_EQ(NearestTo("head", kCommands), "heads");
  EXPECT_EQ(NearestTo("hist", kCommands), "history");
  EXPECT_EQ(NearestTo("curretn", kCommands), "current");
}

TEST(SuggestTest, StaysSilentWhenNothingIsNear) {
  EXPECT_EQ(NearestTo("frobnicate", kCommands), std::nullopt);
  EXPECT_EQ(NearestTo("x", {"a"}), std::nullopt);
  EXPECT_EQ(NearestTo("", kCommands), std::nullopt);
  EXPECT_EQ(NearestTo("head", {}), std::nullopt);
  EXPECT_EQ(DidYouMean("frobnicate", kCommands), "");
}

TEST(SuggestTest, PutsTheQuestionBehindTheWrongWord) {
  EXPECT_EQ(DidYouMean("upgrad", kCommands), " (did you mean 'upgrade'?)");
}

}  // namespace
}  // namespace schemaop
