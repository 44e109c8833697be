#include "base/time.h"

#include <chrono>

#include <gtest/gtest.h>

namespace schemaop {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

TEST(TimeTest, FormatsAsKubernetesWritesTimes) {
  const Time time =
      std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + 10h + 5min + 7s + 1234us;
  EXPECT_EQ(FormatRfc3339(time), "2026-11-22T10:05:07Z");
  EXPECT_EQ(FormatRfc3339Micro(time), "2026-11-22T10:05:07.001234Z");
}

TEST(TimeTest, FormatsTimesBeforeTheEpoch) {
  EXPECT_EQ(FormatRfc3339Micro(Time(-1us)), "1969-12-31T23:59:59.999999Z");
}

TEST(TimeTest, ParsesWhatItFormatsAndOffsetsAndFractions) {
  for (const char* text : {"2026-11-22T10:05:07Z", "2024-02-29T23:59:59Z"}) {
    EXPECT_EQ(FormatRfc3339(ParseRfc3339(text).value()), text);
  }
  EXPECT_EQ(FormatRfc3339Micro(ParseRfc3339("2026-11-22T10:05:07.5+02:00").value()),
            "2026-11-22T08:05:07.500000Z");
}

TEST(TimeTest, BringsWhatATimeCannotHoldToTheNearestItCan) {
  for (const char* text : {"9999-12-31T23:59:59Z", "2262-01-01T00:00:00Z"}) {
    EXPECT_EQ(FormatRfc3339Micro(ParseRfc3339(text).value()), "2261-12-31T23:59:59.999999Z");
  }
  for (const char* text : {"0001-01-01T00:00:00Z", "1799-12-31T23:59:59Z"}) {
    EXPECT_EQ(FormatRfc3339Micro(ParseRfc3339(text).value()), "1800-01-01T00:00:00.000000Z");
  }
}

TEST(TimeTest, RefusesWhatIsNoTime) {
  for (const char* text : {"", "2026-11-22", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z",
                           "2026-11-22T24:00:00Z", "2026-11-22T10:05:07", "2026-11-22T10:05:07.Z",
                           "2026-11-22T10:05:07Zx", "2026-11-22T10:05:07+99:00"}) {
    const auto time = ParseRfc3339(text);
    ASSERT_FALSE(time.has_value()) << text;
    EXPECT_EQ(time.error().message, "\"" + std::string(text) + "\" is not an RFC 3339 time");
  }
}

TEST(DurationTest, ParsesGoDurations) {
  struct Case {
    const char* text;
    std::chrono::milliseconds expected;
  };
  for (const Case& c : {Case{"0", 0ms}, Case{"0s", 0ms}, Case{"100ms", 100ms}, Case{"1.5s", 1500ms},
                        Case{"10m", 600000ms}, Case{"1h30m", 5400000ms}, Case{"0.25h", 900000ms},
                        Case{"1500us", 2ms}}) {
    EXPECT_EQ(ParseDuration(c.text).value(), c.expected) << c.text;
  }
}

TEST(DurationTest, RefusesWhatIsNoDuration) {
  for (const char* text : {"", "5", "-1s", "1d", "s", "1s ", "1..5s"}) {
    const auto duration = ParseDuration(text);
    ASSERT_FALSE(duration.has_value()) << text;
    EXPECT_EQ(duration.error().message,
              "\"" + std::string(text) + "\" is not a duration; write it like 90s, 10m or 1h30m");
  }
}

TEST(DurationTest, RefusesMoreThanACenturyHoweverItIsWritten) {
  EXPECT_EQ(ParseDuration("876582h").value(), 876582h);
  for (const std::string& text :
       {std::string("876583h"), std::string("99999999999999h"), std::string(400, '9') + "h",
        std::string(400, '9') + "." + std::string(400, '9') + "h"}) {
    const auto duration = ParseDuration(text);
    ASSERT_FALSE(duration.has_value()) << text;
    EXPECT_EQ(duration.error(),
              (Error{ErrorCode::kInvalid, "\"" + text + "\" is longer than 100 years"}));
  }
}

TEST(DurationTest, FormatsTheShortestTextPeopleLike) {
  EXPECT_EQ(FormatDuration(0ms), "0s");
  EXPECT_EQ(FormatDuration(35ms), "35ms");
  EXPECT_EQ(FormatDuration(1234ms), "1.2s");
  EXPECT_EQ(FormatDuration(59999ms), "59.9s");
  EXPECT_EQ(FormatDuration(600000ms), "10m");
  EXPECT_EQ(FormatDuration(5400000ms), "1h30m");
}

}  // namespace
}  // namespace schemaop
