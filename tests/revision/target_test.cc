#include "revision/target.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "graph_notation.h"

namespace schemaop {
namespace {

// "absolute abc", or "branch@symbol+2" with '-' for what is not given; else the error.
std::string Read(std::string_view text) {
  static const RevisionGraph graph = GraphOf("abc; def<abc [eu, eu-2, us-x]");
  auto target = ParseTarget(graph, text);
  if (!target) return target.error().message;
  if (const auto* absolute = std::get_if<AbsoluteTarget>(&*target))
    return "absolute " + absolute->text;
  const auto& relative = std::get<RelativeTarget>(*target);
  return relative.branch.value_or("-") + " " + relative.symbol.value_or("-") + " " +
         std::to_string(relative.steps);
}

TEST(TargetTest, TellsRelativeFromAbsolute) {
  EXPECT_EQ(Read("head"), "absolute head");
  EXPECT_EQ(Read("eu@head"), "absolute eu@head");
  EXPECT_EQ(Read("+2"), "- - 2");
  EXPECT_EQ(Read("-1"), "- - -1");
  EXPECT_EQ(Read("abc+1"), "- abc 1");
  EXPECT_EQ(Read("eu@-3"), "eu - -3");
  EXPECT_EQ(Read("eu@head-1"), "eu head -1");
  EXPECT_EQ(Read("us-x@+1"), "us-x - 1");
  // Only word characters and one sign make a relative target.
  EXPECT_EQ(Read("v2.18+6"), "absolute v2.18+6");
  EXPECT_EQ(Read("us-x"), "absolute us-x");
  EXPECT_EQ(Read("us-x@head"), "absolute us-x@head");
  EXPECT_EQ(Read("+99999999999999999999"), "- - 1000000000");
}

TEST(TargetTest, RefusesALabelThatReadsAsSteps) {
  EXPECT_EQ(Read("eu-2"),
            "branch label 'eu-2' reads as a relative target; name a revision id instead");
  EXPECT_EQ(Read("eu-2@head"),
            "branch label 'eu-2' in target 'eu-2@head' reads as a relative target; name a revision "
            "id instead");
  // Behind an '@' Alembic does take it for a label.
  EXPECT_EQ(Read("eu-2@+1"), "eu-2 - 1");
}

TEST(TargetTest, RefusesTextBehindTheSteps) {
  EXPECT_EQ(
      Read("abc+1x"),
      "target 'abc+1x' has 'x' behind the relative part; type 'abc+1' if that is what you mean");
}

TEST(TargetTest, SplitsAtTheFirstOrTheLastAt) {
  EXPECT_EQ(SplitAtFirst("a@b@c").branch, "a");
  EXPECT_EQ(SplitAtLast("a@b@c").branch, "a@b");
  EXPECT_EQ(SplitAtFirst("abc").branch, std::nullopt);
}

}  // namespace
}  // namespace schemaop
