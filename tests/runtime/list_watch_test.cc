#include "runtime/list_watch.h"

#include <gtest/gtest.h>

namespace schemaop {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Next = ListWatch::Verdict::Next;

const ListWatch::Clock::time_point kNow{std::chrono::hours(1)};

ReflectorOptions Options() {
  ReflectorOptions options;
  options.resource = {"schemaversion.io", "v1alpha1", "schemaversions"};
  return options;
}

ApiResult<ListHead> Refused(int http_status, const std::string& reason = "") {
  ApiError error;
  error.http_status = http_status;
  error.reason = reason;
  return tl::unexpected(error);
}

// A machine whose first list is complete, at version "7".
ListWatch Listed() {
  ListWatch steps(Options(), 1);
  steps.BeginList();
  (void)steps.OnPage(ListHead{"7", ""}, kNow);
  return steps;
}

TEST(ListWatchTest, AsksForPagesUntilOneIsTheLastAndWatchesFromTheFirst) {
  ListWatch steps(Options(), 1);
  EXPECT_EQ(steps.BeginList().parameters,
            (QueryParameters{{"limit", "500"}, {"resourceVersion", "0"}}));
  const auto second = steps.OnPage(ListHead{"7", "token"}, kNow);
  ASSERT_TRUE(std::holds_alternative<ListWatch::AskPage>(second));
  EXPECT_EQ(std::get<ListWatch::AskPage>(second).parameters,
            (QueryParameters{{"limit", "500"}, {"continue", "token"}}));
  EXPECT_FALSE(std::get<ListWatch::AskPage>(second).anew);
  EXPECT_TRUE(std::holds_alternative<ListWatch::Complete>(steps.OnPage(ListHead{"9", ""}, kNow)));
  EXPECT_EQ(steps.BeginWatch(kNow).parameters[2],
            (std::pair<std::string, std::string>("resourceVersion", "7")));
}

TEST(ListWatchTest, BeginsAListAnewOnceWhenItsTokenIsGone) {
  ListWatch steps(Options(), 1);
  steps.BeginList();
  (void)steps.OnPage(ListHead{"7", "token"}, kNow);
  const auto anew = steps.OnPage(Refused(410, "Expired"), kNow);
  ASSERT_TRUE(std::holds_alternative<ListWatch::AskPage>(anew));
  EXPECT_TRUE(std::get<ListWatch::AskPage>(anew).anew);
  EXPECT_EQ(std::get<ListWatch::AskPage>(anew).parameters, QueryParameters());
  const auto again = steps.OnPage(Refused(410, "Expired"), kNow);
  ASSERT_TRUE(std::holds_alternative<ListWatch::ListFailed>(again));
  EXPECT_GE(std::get<ListWatch::ListFailed>(again).wait, milliseconds(800));
}

TEST(ListWatchTest, AsksWhetherAKindThatTheServerDoesNotKnowIsInstalled) {
  const std::string status =
      R"({"kind":"Status","reason":"NotFound","message":"the server could not find the requested resource"})";
  for (const std::string& body : {status, std::string("404 page not found\n")}) {
    ListWatch steps(Options(), 1);
    steps.BeginList();
    const ApiError refused = DecodeApiError(404, body, "", "GET /apis");
    const auto failed =
        std::get<ListWatch::ListFailed>(steps.OnPage(tl::unexpected(refused), kNow));
    EXPECT_EQ(failed.error.error.message,
              refused.error.message +
                  "; is the CustomResourceDefinition schemaversions.schemaversion.io installed?");
    EXPECT_EQ(failed.wait, seconds(60));
  }
}

TEST(ListWatchTest, AsksForSmallerPagesWhenOneIsTooLarge) {
  ListWatch steps(Options(), 1);
  steps.BeginList();
  ApiResult<ListHead> too_large = Refused(0);
  too_large.error().too_large = true;
  for (const char* limit : {"250", "125", "62", "31", "15", "7", "3", "1"}) {
    const auto next = steps.OnPage(too_large, kNow);
    ASSERT_TRUE(std::holds_alternative<ListWatch::AskPage>(next)) << limit;
    EXPECT_TRUE(std::get<ListWatch::AskPage>(next).anew);
    EXPECT_EQ(std::get<ListWatch::AskPage>(next).parameters, (QueryParameters{{"limit", limit}}));
  }
  EXPECT_TRUE(std::holds_alternative<ListWatch::ListFailed>(steps.OnPage(too_large, kNow)));
  // Also when its token has gone, and in every list after it.
  steps.BeginList();
  const auto second = steps.OnPage(ListHead{"7", "token"}, kNow);
  EXPECT_EQ(std::get<ListWatch::AskPage>(second).parameters,
            (QueryParameters{{"limit", "1"}, {"continue", "token"}}));
  const auto anew = steps.OnPage(Refused(410, "Expired"), kNow);
  EXPECT_EQ(std::get<ListWatch::AskPage>(anew).parameters, (QueryParameters{{"limit", "1"}}));
  EXPECT_TRUE(std::holds_alternative<ListWatch::Complete>(steps.OnPage(ListHead{"9", ""}, kNow)));
  EXPECT_EQ(steps.BeginList().parameters, (QueryParameters{{"limit", "1"}}));
}

TEST(ListWatchTest, WaitsLongForWhatIsRefusedAndAsLongAsTheServerSays) {
  ListWatch steps(Options(), 1);
  steps.BeginList();
  const auto refused = steps.OnPage(Refused(403), kNow);
  EXPECT_EQ(std::get<ListWatch::ListFailed>(refused).wait, seconds(60));
  steps.BeginList();
  auto busy = Refused(429);
  busy.error().retry_after = seconds(3);
  EXPECT_EQ(std::get<ListWatch::ListFailed>(steps.OnPage(busy, kNow)).wait, seconds(3));
}

TEST(ListWatchTest, WaitsAtLeastForTheBackoffAndAtMostAMinuteForTheServersWord) {
  ListWatch steps(Options(), 1);
  const auto wait_after = [&](seconds asked) {
    auto busy = Refused(429);
    busy.error().retry_after = asked;
    steps.BeginList();
    return std::get<ListWatch::ListFailed>(steps.OnPage(busy, kNow)).wait;
  };
  EXPECT_EQ(wait_after(std::chrono::hours(24)), seconds(60));
  for (int i = 0; i < 6; ++i) (void)wait_after(seconds(1));
  EXPECT_GE(wait_after(seconds(1)), seconds(30));
}

TEST(ListWatchTest, WatchesAgainFromTheLastEventAfterAnEndAndListsAfterAnExpiredVersion) {
  ListWatch steps = Listed();
  steps.BeginWatch(kNow);
  const auto added = ParseWatchEvent(
      R"({"type":"ADDED","object":{"metadata":{"name":"a","resourceVersion":"8"}}})");
  EXPECT_EQ(steps.OnEvent(added), ListWatch::OnEventDo::kPut);
  const auto again = steps.EndWatch({}, kNow + milliseconds(5));
  EXPECT_EQ(again.next, Next::kWatchAgain);
  EXPECT_FALSE(again.wait);
  EXPECT_EQ(steps.BeginWatch(kNow).parameters[2].second, "8");
  const auto expired = ParseWatchEvent(
      R"({"type":"ERROR","object":{"kind":"Status","reason":"Expired","code":410}})");
  EXPECT_EQ(steps.OnEvent(expired), ListWatch::OnEventDo::kEnd);
  const auto list = steps.EndWatch({}, kNow + seconds(5));
  EXPECT_EQ(list.next, Next::kList);
  EXPECT_TRUE(list.wait) << "an expired version without an event before would be a hot loop";
}

TEST(ListWatchTest, WaitsAfterAWatchThatEndedAtOnceAndNotAfterASilentOne) {
  ListWatch steps = Listed();
  steps.BeginWatch(kNow);
  EXPECT_TRUE(steps.EndWatch({}, kNow + milliseconds(999)).wait);
  steps.BeginWatch(kNow);
  EXPECT_FALSE(steps.EndWatch({}, kNow + seconds(1)).wait);
  steps.BeginWatch(kNow);
  const auto silent = steps.EndWatch({{}, true}, kNow + seconds(180));
  EXPECT_EQ(silent.next, Next::kWatchAgain);
  EXPECT_FALSE(silent.wait);
  EXPECT_EQ(silent.error->error.message, "watch of schemaversions went silent; opening it anew");
}

TEST(ListWatchTest, WaitsAfterAWatchThatNeverBeganHoweverLongItTook) {
  ListWatch steps = Listed();
  steps.BeginWatch(kNow);
  ListWatch::WatchEnd end{tl::unexpected(ApiError())};
  const auto refused = steps.EndWatch(end, kNow + seconds(30));
  EXPECT_EQ(refused.next, Next::kWatchAgain);
  EXPECT_TRUE(refused.wait);
  steps.BeginWatch(kNow);
  end.stream.error().cut_off = true;
  EXPECT_FALSE(steps.EndWatch(end, kNow + seconds(30)).wait);
}

TEST(ListWatchTest, RemembersThatBookmarksCome) {
  ListWatch steps = Listed();
  steps.BeginWatch(kNow);
  EXPECT_FALSE(steps.bookmarks_come());
  (void)steps.OnEvent(
      ParseWatchEvent(R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"8"}}})"));
  (void)steps.EndWatch({}, kNow + seconds(300));
  steps.BeginWatch(kNow);
  EXPECT_TRUE(steps.bookmarks_come());
}

}  // namespace
}  // namespace schemaop
