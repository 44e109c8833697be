#include "kube/list_reader.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace schemaop {
namespace {

using nlohmann::json;

TEST(ListReaderTest, HandsOutEachItemWholeAndInOrder) {
  const json list{
      {"kind", "List"},
      {"items",
       {{{"a", {{"b", {{"items", {{{"deep", 1}}}}}}}}}, {{"c", json::array({1, {{"d", 2}}})}}}},
      {"metadata", {{"resourceVersion", "42"}, {"continue", "next"}, {"nested", {{"x", 1}}}}}};
  std::vector<json> items;
  const auto head = ReadList(list.dump(), [&](const json& item) { items.push_back(item); });
  ASSERT_TRUE(head.has_value()) << head.error().message;
  EXPECT_EQ(*head, (ListHead{"42", "next"}));
  EXPECT_EQ(json(items), list["items"]);
}

TEST(ListReaderTest, ReadsMetadataBeforeOrBehindTheItemsAndNoOtherMember) {
  std::vector<json> items;
  const auto keep = [&](const json& item) { items.push_back(item); };
  const std::string metadata = R"("metadata":{"resourceVersion":"1"})";
  const std::string others = R"("extra":[{"not":"me"}],"more":{"items":[{"nor":"me"}]})";
  EXPECT_TRUE(ReadList("{" + metadata + "," + others + R"(,"items":[{"k":1}]})", keep).has_value());
  EXPECT_TRUE(ReadList(R"({"items":[{"k":1}],)" + others + "," + metadata + "}", keep).has_value());
  EXPECT_EQ(json(items), json::parse(R"([{"k":1},{"k":1}])"));
}

TEST(ListReaderTest, AcceptsAnEmptyListAndItemsThatAreNoObjects) {
  int items = 0;
  const auto head = ReadList(R"({"items":[1,null,"x",[{}]],"metadata":{"resourceVersion":"1"}})",
                             [&](const json&) { ++items; });
  EXPECT_TRUE(head.has_value());
  EXPECT_EQ(items, 0);
}

TEST(ListReaderTest, RefusesWhatIsNoList) {
  const auto message = [](const std::string& text) {
    const auto head = ReadList(text, [](const json&) {});
    return head ? std::string() : head.error().message;
  };
  EXPECT_EQ(message(R"({"items":[{},{)"),
            "the answer is not a JSON list; it was cut or comes from a proxy");
  EXPECT_EQ(message("[]"), "the answer is not a JSON list; it was cut or comes from a proxy");
  EXPECT_EQ(message("{}"), "the answer is not a list: it has no items or metadata");
  EXPECT_EQ(message(R"({"items":[],"metadata":{}})"), "the list has no metadata.resourceVersion");
}

}  // namespace
}  // namespace schemaop
