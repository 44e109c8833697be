#include "controller/event_recorder.h"

#include <chrono>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/event.h"
#include "process/process.h"
#include "tests/support/apiserver/server_test.h"

namespace schemaop {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::milliseconds;
using testing::WaitUntil;

constexpr const char* kPath = "/apis/events.k8s.io/v1/namespaces/default/events";

// Against a server that validates Events as the real one does.
class EventRecorderTest : public testing::ServerTest {
 protected:
  static json Said(const std::string& note) {
    static int microseconds = 0;
    Event event;
    event.regarding = {.namespace_name = "default", .name = "orders", .uid = "u"};
    event.reason = "RevisionApplied";
    event.action = "Migrate";
    event.note = note;
    event.reporting_instance = "op-0";
    event.time = Time(std::chrono::hours(500000)) + std::chrono::microseconds(++microseconds);
    return ToJson(event);
  }

  json Events() { return client_->Get(kPath, {})->at("items"); }
  bool Shows(std::size_t count) {
    return WaitUntil([&] { return Events().size() == count; });
  }
};

TEST_F(EventRecorderTest, SendsWhatIsNewAndCountsWhatIsSaidAgain) {
  EventRecorder recorder(*client_, Logger(LogLevel::kError));
  recorder.Record(kPath, Said("a"));
  for (int i = 0; i < 3; ++i) recorder.Record(kPath, Said("b"));
  recorder.Drain();
  json events = Events();
  ASSERT_EQ(events.size(), 2U);
  if (events[0]["note"] != "a") std::swap(events[0], events[1]);
  EXPECT_FALSE(events[0].contains("series"));
  EXPECT_EQ(events[1]["series"]["count"], 3);
}

TEST_F(EventRecorderTest, TriesAgainWhenTheServerHasTrouble) {
  server_.AddFault({.method = "POST", .path_part = "events", .code = 503, .times = 3});
  EventRecorder recorder(*client_, Logger(LogLevel::kError), {.pause = milliseconds(1)});
  recorder.Record(kPath, Said("a"));
  EXPECT_TRUE(Shows(1));
}

TEST_F(EventRecorderTest, TriesAgainWhenAProxyAnswersInThePlaceOfTheServer) {
  server_.AddFault({.method = "POST", .path_part = "events", .code = 409, .page = "<html>"});
  EventRecorder recorder(*client_, Logger(LogLevel::kError), {.pause = milliseconds(1)});
  recorder.Record(kPath, Said("a"));
  ASSERT_TRUE(Shows(1));
  server_.AddFault({.method = "PATCH", .path_part = "events", .code = 404, .page = "<html>"});
  recorder.Record(kPath, Said("a"));
  EXPECT_TRUE(WaitUntil([&] { return Events()[0].contains("series"); }));
  EXPECT_EQ(Events().size(), 1U);
}

TEST_F(EventRecorderTest, ForgetsWhatIsRefusedAndGoesOn) {
  server_.AddFault({.method = "POST", .path_part = "events", .code = 403, .times = 1});
  EventRecorder recorder(*client_, Logger(LogLevel::kError), {.pause = hours(1)});
  recorder.Record(kPath, Said("refused"));
  recorder.Record(kPath, Said("b"));
  ASSERT_TRUE(Shows(1));
  EXPECT_EQ(Events()[0]["note"], "b");
}

TEST_F(EventRecorderTest, AComplaintAboutEveryRefusalButThatOfADyingNamespace) {
  constexpr const char* kMaps = "/api/v1/namespaces/dying/configmaps";
  ASSERT_TRUE(client_->Create(
      "/api/v1/namespaces",
      {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "dying"}}}}, {}));
  ASSERT_TRUE(client_->Create(kMaps,
                              {{"apiVersion", "v1"},
                               {"kind", "ConfigMap"},
                               {"metadata", {{"name", "held"}, {"finalizers", {"x.io/hold"}}}}},
                              {}));
  const auto deleted = testing::Run({.arguments = {"curl", "-sf", "--noproxy", "*", "-X", "DELETE",
                                                   server_.url() + "/api/v1/namespaces/dying"}});
  ASSERT_EQ(deleted.exit_code, 0);
  json late = Said("late");
  late["metadata"]["namespace"] = late["regarding"]["namespace"] = "dying";
  ::testing::internal::CaptureStderr();
  {
    EventRecorder recorder(*client_, Logger(LogLevel::kWarning));
    recorder.Record("/apis/events.k8s.io/v1/namespaces/dying/events", late);
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  ::testing::internal::CaptureStderr();
  {
    EventRecorder recorder(*client_, Logger(LogLevel::kWarning));
    recorder.Record("/apis/events.k8s.io/v1/namespaces/missing/events", Said("lost"));
  }
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("event not posted"), std::string::npos);
}

TEST_F(EventRecorderTest, MakesAnEventAnewThatTheServerHasForgotten) {
  EventRecorder recorder(*client_, Logger(LogLevel::kError));
  server_.AddFault({.method = "PATCH", .path_part = "events", .code = 404, .times = 1});
  server_.AddFault({.method = "POST", .path_part = "events", .code = 403, .times = 1});
  // The first is refused, so that the second finds no Event to count.
  for (int i = 0; i < 2; ++i) recorder.Record(kPath, Said("a"));
  ASSERT_TRUE(Shows(1));
  EXPECT_EQ(Events()[0]["series"]["count"], 2);
}

TEST_F(EventRecorderTest, DropsWhatComesWhileItsQueueIsFull) {
  server_.AddFault({.method = "POST", .path_part = "events", .code = 503, .times = 1});
  EventRecorder recorder(*client_, Logger(LogLevel::kError),
                         {.most_waiting = 2, .pause = hours(1)});
  for (int i = 0; i < 20; ++i) recorder.Record(kPath, Said(std::to_string(i)));
  recorder.Drain();
  const std::size_t count = Events().size();
  // The two that waited, and the one that was in hand, unless it met the server's trouble last.
  EXPECT_GE(count, 1U);
  EXPECT_LE(count, 3U);
}

TEST_F(EventRecorderTest, DoesNotWaitLongForADeadServerAtTheEnd) {
  server_.Stop();
  EventRecorder recorder(*client_, Logger(LogLevel::kError),
                         {.pause = hours(1), .parting = milliseconds(50)});
  for (int i = 0; i < 20; ++i) recorder.Record(kPath, Said(std::to_string(i)));
  recorder.Drain();
  recorder.Record(kPath, Said("late"));
}

}  // namespace
}  // namespace schemaop
