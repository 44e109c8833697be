#include "faultproxy/message_reader.h"

#include <gtest/gtest.h>

#include "faultproxy/fault_plan.h"

namespace schemaop::testing {
namespace {

using namespace std::string_literals;

const std::string kStartupBytes = "\0\0\0\x09\0\x03\0\0\0"s;
const std::string kCommitQuery =
    "Q\0\0\0\x0b"
    "COMMIT\0"s;

MessageReader Started() {
  MessageReader reader(Side::kFrontend);
  reader.Add(kStartupBytes);
  EXPECT_EQ(reader.Next()->type, PgMessage::kStartup);
  return reader;
}

TEST(MessageReaderTest, ToldByteByByteItGivesTheSameMessages) {
  MessageReader reader = Started();
  for (std::size_t i = 0; i + 1 < kCommitQuery.size(); ++i) {
    reader.Add(kCommitQuery.substr(i, 1));
    EXPECT_FALSE(reader.Next());
  }
  reader.Add(kCommitQuery.substr(kCommitQuery.size() - 1) + kCommitQuery);
  for (int i = 0; i < 2; ++i) {
    const auto message = reader.Next();
    ASSERT_TRUE(message);
    EXPECT_EQ(message->bytes, kCommitQuery);
    EXPECT_EQ(message->text, "COMMIT");
  }
  EXPECT_FALSE(reader.Next());
}

TEST(MessageReaderTest, RequestsForEncryptionMayComeBeforeTheStartup) {
  MessageReader reader(Side::kFrontend);
  reader.Add("\0\0\0\x08\x04\xd2\x16\x30"s + "\0\0\0\x08\x04\xd2\x16\x2f"s + kStartupBytes);
  EXPECT_EQ(reader.Next()->type, PgMessage::kGssRequest);
  EXPECT_EQ(reader.Next()->type, PgMessage::kSslRequest);
  EXPECT_EQ(reader.Next()->type, PgMessage::kStartup);
}

TEST(MessageReaderTest, ReadsTheSqlOfParseTheTagAndTheSqlstate) {
  MessageReader frontend = Started();
  frontend.Add(
      "P\0\0\0\x12"
      "name\0select\0\0\0"s);
  EXPECT_EQ(frontend.Next()->text, "select");
  MessageReader backend(Side::kBackend);
  backend.Add(
      "C\0\0\0\x0b"
      "COMMIT\0"s +
      "E\0\0\0\x13"
      "SERROR\0"
      "C57P01\0\0"s +
      "Z\0\0\0\x05I"s);
  EXPECT_EQ(backend.Next()->text, "COMMIT");
  EXPECT_EQ(backend.Next()->text, "57P01");
  EXPECT_EQ(backend.Next()->type, 'Z');
}

TEST(MessageReaderTest, AMatchIsOfSenderTypeAndWholeText) {
  const PgMessage message{.type = 'Q', .bytes = "", .text = "CREATE INDEX i ON t (a)"};
  EXPECT_TRUE(Query("CREATE INDEX .*").Matches(Side::kFrontend, message));
  EXPECT_TRUE(Query("").Matches(Side::kFrontend, message));
  EXPECT_FALSE(Query("CREATE INDEX").Matches(Side::kFrontend, message));
  EXPECT_FALSE(Query("").Matches(Side::kBackend, message));
  EXPECT_FALSE(Parse("").Matches(Side::kFrontend, message));
}

}  // namespace
}  // namespace schemaop::testing
