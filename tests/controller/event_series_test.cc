#include "controller/event_series.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace schemaop {
namespace {

using nlohmann::json;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* kSeriesPath = "/apis/events.k8s.io/v1/namespaces/shop/events";

json Said(const std::string& note, const std::string& time = "2026-11-22T10:00:00.000000Z") {
  return {{"metadata", {{"name", "orders." + note}, {"namespace", "shop"}}},
          {"eventTime", time},
          {"type", "Normal"},
          {"reason", "RevisionApplied"},
          {"action", "Migrate"},
          {"note", note},
          {"regarding", {{"namespace", "shop"}, {"name", "orders"}, {"uid", "u"}}}};
}

bool IsCreate(const EventSeries::Request& request) {
  return std::holds_alternative<EventSeries::Create>(request);
}
bool IsNothing(const EventSeries::Request& request) {
  return std::holds_alternative<EventSeries::Nothing>(request);
}

class EventSeriesTest : public ::testing::Test {
 protected:
  EventSeries series;
  const EventSeries::Clock::time_point start{};
};

TEST_F(EventSeriesTest, CreatesTheFirstAsItIs) {
  const auto request = series.Record(kSeriesPath, Said("a"), start);
  const auto* create = std::get_if<EventSeries::Create>(&request);
  ASSERT_NE(create, nullptr);
  EXPECT_EQ(create->path, kSeriesPath);
  EXPECT_EQ(*create->object, Said("a"));
}

TEST_F(EventSeriesTest, MakesTheSecondASeriesOfTheFirst) {
  series.Record(kSeriesPath, Said("a"), start);
  const auto request =
      series.Record(kSeriesPath, Said("a", "2026-11-22T10:00:09.000000Z"), start + seconds(9));
  const auto* update = std::get_if<EventSeries::Update>(&request);
  ASSERT_NE(update, nullptr);
  EXPECT_EQ(update->path, std::string(kSeriesPath) + "/orders.a");
  const json counted{{"count", 2}, {"lastObservedTime", "2026-11-22T10:00:09.000000Z"}};
  EXPECT_EQ(*update->patch, (json{{"series", counted}}));
  json instead = Said("a");
  instead["series"] = counted;
  EXPECT_EQ(*update->instead.object, instead);
}

TEST_F(EventSeriesTest, OnlyCountsTheThirdAndTellsEveryHalfHour) {
  for (int i = 0; i < 2; ++i) series.Record(kSeriesPath, Said("a"), start);
  for (int minute = 1; minute < 30; ++minute) {
    EXPECT_TRUE(IsNothing(series.Record(kSeriesPath, Said("a"), start + minutes(minute))));
  }
  const auto request = series.Record(kSeriesPath, Said("a"), start + minutes(30));
  const auto* update = std::get_if<EventSeries::Update>(&request);
  ASSERT_NE(update, nullptr);
  EXPECT_EQ(update->patch->at("series").at("count"), 32);
}

TEST_F(EventSeriesTest, KeepsWhatSaysSomethingElseApart) {
  series.Record(kSeriesPath, Said("a"), start);
  EXPECT_TRUE(IsCreate(series.Record(kSeriesPath, Said("b"), start)));
  json other = Said("a");
  other["regarding"]["uid"] = "v";
  EXPECT_TRUE(IsCreate(series.Record(kSeriesPath, other, start)));
  json warning = Said("a");
  warning["type"] = "Warning";
  EXPECT_TRUE(IsCreate(series.Record(kSeriesPath, warning, start)));
}

TEST_F(EventSeriesTest, EndsAQuietSeriesWithItsLastCount) {
  for (int i = 0; i < 5; ++i) series.Record(kSeriesPath, Said("a"), start);
  series.Record(kSeriesPath, Said("b"), start);
  EXPECT_TRUE(series.Finish(start + minutes(6) - seconds(1)).empty());
  const auto updates = series.Finish(start + minutes(6));
  ASSERT_EQ(updates.size(), 1U);
  EXPECT_EQ(updates[0].patch->at("series").at("count"), 5);
  EXPECT_EQ(series.size(), 0U);
  EXPECT_TRUE(IsCreate(series.Record(kSeriesPath, Said("a"), start + minutes(7))));
}

TEST_F(EventSeriesTest, TellsEveryCountAtTheEnd) {
  for (int i = 0; i < 3; ++i) series.Record(kSeriesPath, Said("a"), start);
  for (int i = 0; i < 2; ++i) series.Record(kSeriesPath, Said("b"), start);
  const auto updates = series.FinishAll();
  ASSERT_EQ(updates.size(), 1U);
  EXPECT_EQ(updates[0].patch->at("series").at("count"), 3);
}

TEST_F(EventSeriesTest, LetsOneObjectSayTwentyThingsAndThenOneInFiveMinutes) {
  int created = 0;
  const auto say = [&](EventSeries::Clock::time_point now) {
    static int number = 0;
    if (IsCreate(series.Record(kSeriesPath, Said(std::to_string(number++)), now))) ++created;
  };
  for (int i = 0; i < 100; ++i) say(start);
  EXPECT_EQ(created, 20);
  for (int i = 0; i < 3; ++i) say(start + minutes(5));
  EXPECT_EQ(created, 21);
  json other = Said("x");
  other["regarding"]["uid"] = "v";
  EXPECT_TRUE(IsCreate(series.Record(kSeriesPath, other, start)));
  series.Finish(start + minutes(24 * 60));
  for (int i = 0; i < 100; ++i) say(start + minutes(24 * 60));
  EXPECT_EQ(created, 41);
}

TEST_F(EventSeriesTest, KeepsRoomForFiveWarningsBehindALongRun) {
  for (int i = 0; i < 40; ++i) series.Record(kSeriesPath, Said(std::to_string(i)), start);
  int warned = 0;
  for (int i = 0; i < 40; ++i) {
    json warning = Said("failed " + std::to_string(i));
    warning["type"] = "Warning";
    if (IsCreate(series.Record(kSeriesPath, warning, start))) ++warned;
  }
  EXPECT_EQ(warned, 5);
}

}  // namespace
}  // namespace schemaop
