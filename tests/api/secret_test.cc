#include "api/secret.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace schemaop {
namespace {

using nlohmann::json;

json Object(const char* member, json entries) {
  return {{"metadata", {{"name", "projects-db"}, {"namespace", "team"}, {"resourceVersion", "7"}}},
          {member, std::move(entries)}};
}

TEST(SecretTest, EntriesAreDecodedFromBase64) {
  const struct {
    const char* encoded;
    std::string decoded;
  } kCases[] = {{"", ""},        {"Zg==", "f"},        {"Zm8=", "fo"},
                {"Zm9v", "foo"}, {"Zm9vYg==", "foob"}, {"AP/+", std::string("\0\xff\xfe", 3)}};
  for (const auto& c : kCases) {
    const auto secret = ParseSecret(Object("data", {{"k", c.encoded}}));
    ASSERT_TRUE(secret) << c.encoded;
    EXPECT_EQ(secret->data.at("k"), c.decoded) << c.encoded;
  }
}

TEST(SecretTest, MalformedBase64IsRefusedWithoutItsValue) {
  for (const char* encoded : {"Zg=", "Z", "Zm9v====", "Z===", "Zm-v", "Zm9 "}) {
    const auto secret = ParseSecret(Object("data", {{"password", encoded}}));
    ASSERT_FALSE(secret) << encoded;
    EXPECT_EQ(secret.error(), (Error{ErrorCode::kInvalid, "data.password: is not base64"}));
  }
}

TEST(SecretTest, SecretWithoutDataIsEmpty) {
  const auto secret = ParseSecret(Object("data", nullptr));
  ASSERT_TRUE(secret);
  EXPECT_TRUE(secret->data.empty());
  EXPECT_EQ(secret->metadata.resource_version, "7");
}

TEST(ConfigMapTest, TextAndBinaryEntriesAreOneMap) {
  json object = Object("data", {{"001.sql", "SELECT 1;"}});
  object["binaryData"] = {{"002.sql", "Zm9v"}};
  const auto config_map = ParseConfigMap(object);
  ASSERT_TRUE(config_map);
  EXPECT_EQ(config_map->data,
            (std::map<std::string, std::string>{{"001.sql", "SELECT 1;"}, {"002.sql", "foo"}}));
}

TEST(ConfigMapTest, EntryThatIsNoTextIsRefusedByName) {
  const auto config_map = ParseConfigMap(Object("data", {{"001.sql", 1}}));
  ASSERT_FALSE(config_map);
  EXPECT_EQ(config_map.error().message, "data.001.sql: must be a string");
}

TEST(ObjectMetaTest, ObjectWithoutANameIsRefused) {
  const auto meta = ParseObjectMeta(json{{"metadata", {{"namespace", "team"}}}});
  ASSERT_FALSE(meta);
  EXPECT_EQ(meta.error().message, "metadata.name: must not be empty");
  EXPECT_FALSE(ParseObjectMeta(json::array()));
}

TEST(ObjectMetaTest, OnlyDnsSubdomainsAreNames) {
  for (const char* name : {"a", "a-b", "a.b-c.d0", "0"}) EXPECT_TRUE(IsDnsSubdomain(name)) << name;
  for (const char* name :
       {"", "-a", "a-", "a..b", ".a", "a.", "A", "a/b", "a-.b", "a.-b", "a%2fb"}) {
    EXPECT_FALSE(IsDnsSubdomain(name)) << name;
  }
  EXPECT_TRUE(IsDnsSubdomain(std::string(253, 'a')));
  EXPECT_FALSE(IsDnsSubdomain(std::string(254, 'a')));
}

}  // namespace
}  // namespace schemaop
