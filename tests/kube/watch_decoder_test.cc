#include "kube/watch_decoder.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace schemaop {
namespace {

using Outcome = LineSplitter::Outcome;

std::vector<std::string> Lines(LineSplitter& splitter, const std::vector<std::string>& pieces) {
  std::vector<std::string> lines;
  for (const std::string& piece : pieces) {
    EXPECT_EQ(splitter.Feed(piece,
                            [&](std::string_view line) {
                              lines.emplace_back(line);
                              return true;
                            }),
              Outcome::kMore);
  }
  return lines;
}

TEST(LineSplitterTest, FindsTheSameLinesHoweverTheBytesAreCut) {
  const std::string text = "{\"a\":1}\n\n{\"b\":2}\r\nlast";
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      LineSplitter splitter(100);
      EXPECT_EQ(Lines(splitter, {text.substr(0, first), text.substr(first, second - first),
                                 text.substr(second)}),
                (std::vector<std::string>{"{\"a\":1}", "{\"b\":2}"}))
          << first << " " << second;
      EXPECT_TRUE(splitter.HasPartialLine());
    }
  }
}

TEST(LineSplitterTest, HoldsNothingBehindAFinishedLine) {
  LineSplitter splitter(100);
  EXPECT_EQ(Lines(splitter, {"one\n"}).size(), 1U);
  EXPECT_FALSE(splitter.HasPartialLine());
}

TEST(LineSplitterTest, RefusesALineOverItsLimitWholeOrInPieces) {
  const auto accept = [](std::string_view) { return true; };
  LineSplitter whole(4);
  EXPECT_EQ(whole.Feed("12345\n", accept), Outcome::kLineTooLong);
  LineSplitter pieces(4);
  EXPECT_EQ(pieces.Feed("1234", accept), Outcome::kMore);
  EXPECT_EQ(pieces.Feed("5", accept), Outcome::kLineTooLong);
  LineSplitter fits(4);
  EXPECT_EQ(fits.Feed("1234\n1234\n", accept), Outcome::kMore);
}

TEST(LineSplitterTest, StopsAtTheLineItsReaderDeclines) {
  LineSplitter splitter(100);
  int lines = 0;
  EXPECT_EQ(splitter.Feed("a\nb\nc\n", [&](std::string_view) { return ++lines < 2; }),
            Outcome::kEnded);
  EXPECT_EQ(lines, 2);
}

TEST(WatchDecoderTest, ReadsEveryTypeOfEvent) {
  const std::vector<std::pair<std::string, WatchEventType>> types{
      {"ADDED", WatchEventType::kAdded},     {"MODIFIED", WatchEventType::kModified},
      {"DELETED", WatchEventType::kDeleted}, {"BOOKMARK", WatchEventType::kBookmark},
      {"RENAMED", WatchEventType::kUnknown},
  };
  for (const auto& [name, type] : types) {
    const auto event = ParseWatchEvent(R"({"type":")" + name +
                                       R"(","object":{"metadata":{"resourceVersion":"7"}}})");
    ASSERT_TRUE(event.has_value()) << name;
    EXPECT_EQ(event->type, type);
    EXPECT_EQ(event->type_text, name);
    EXPECT_EQ(event->resource_version, "7");
  }
}

TEST(WatchDecoderTest, GivesAnErrorsStatusWithoutAResourceVersion) {
  const auto event = ParseWatchEvent(
      R"({"type":"ERROR","object":{"kind":"Status","code":410,"metadata":{"resourceVersion":"9"}}})");
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->type, WatchEventType::kError);
  EXPECT_EQ(event->resource_version, "");
  EXPECT_EQ((*event->object)["code"], 410);
}

TEST(WatchDecoderTest, RefusesWhatIsNoEvent) {
  const auto message = [](std::string_view line) {
    const auto event = ParseWatchEvent(line);
    return event ? std::string() : event.error().message;
  };
  EXPECT_EQ(message("{\"type\":\"ADD"), "the watch sent a line that is not a JSON object");
  EXPECT_EQ(message("[]"), "the watch sent a line that is not a JSON object");
  for (const char* line : {"{}", R"({"type":1,"object":{}})", R"({"type":"ADDED","object":[]})",
                           R"({"type":"ADDED"})"}) {
    EXPECT_EQ(message(line), "the watch sent an event without \"type\" or \"object\"") << line;
  }
}

TEST(WatchDecoderTest, ToleratesMetadataOfTheWrongShape) {
  for (const char* metadata : {"1", "[]", "{}", R"({"resourceVersion":5})"}) {
    const auto event =
        ParseWatchEvent(std::string(R"({"type":"ADDED","object":{"metadata":)") + metadata + "}}");
    ASSERT_TRUE(event.has_value()) << metadata;
    EXPECT_EQ(event->resource_version, "");
  }
}

}  // namespace
}  // namespace schemaop
