#include "controller/shard.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace schemaop {
namespace {

TEST(ShardTest, EveryObjectIsOfExactlyOneShard) {
  constexpr int kCount = 5;
  std::vector<int> sizes(kCount);
  for (int i = 0; i < 1000; ++i) {
    const ObjectKey key{"ns-" + std::to_string(i % 7), "app-" + std::to_string(i)};
    int owners = 0;
    for (int index = 0; index < kCount; ++index) {
      if (!IsOfShard(key, {index, kCount})) continue;
      ++owners;
      ++sizes[static_cast<std::size_t>(index)];
    }
    ASSERT_EQ(owners, 1) << ToString(key);
    ASSERT_TRUE(IsOfShard(key, {}));
  }
  for (const int size : sizes) EXPECT_GT(size, 100);
}

TEST(ShardTest, TheHashIsTheSameEverywhere) {
  // FNV-1a of "engineering/projects" is 0x2f718a500d9ea4bf; a build that hashed
  // otherwise would split the fleet otherwise than its other replicas.
  int owner = -1;
  for (int index = 0; index < 256; ++index) {
    if (IsOfShard({"engineering", "projects"}, {index, 256})) owner = index;
  }
  EXPECT_EQ(owner, 0xbf);
}

TEST(ShardTest, ReadsIndexAndCount) {
  EXPECT_EQ(ParseShard("2/3")->index, 2);
  EXPECT_EQ(ParseShard("2/3")->count, 3);
  EXPECT_EQ(SuffixOf(*ParseShard("2/3")), "2-of-3");
  EXPECT_EQ(SuffixOf(*ParseShard("0/1")), "");
  for (const char* text : {"", "3", "/", "3/3", "-1/3", "0/0", "0/257", "1/2/3", "a/b", "1 /2"}) {
    const auto shard = ParseShard(text);
    ASSERT_FALSE(shard) << text;
    EXPECT_EQ(shard.error().message,
              "shard '" + std::string(text) +
                  "' is not INDEX/COUNT with INDEX from 0 to COUNT - 1 and COUNT at most 256, for "
                  "example 0/3");
  }
}

}  // namespace
}  // namespace schemaop
