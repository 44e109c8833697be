#include "runtime/reflector.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "chaos_server.h"
#include "process/process.h"

namespace schemaop {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ChaosServer;
using testing::WaitUntil;

struct Thing {
  ObjectMeta metadata;
  std::string value;
};

Result<Thing> ParseThing(const json& object) {
  const json& metadata = object["metadata"];
  Thing thing;
  thing.metadata.namespace_name = metadata["namespace"];
  thing.metadata.name = metadata["name"];
  thing.value = object["value"];
  if (thing.value == "broken") return Fail(ErrorCode::kInvalid, "it is broken");
  return thing;
}

// Fast, so that a test meets many of each; what never should happen would take an hour.
ReflectorOptions FastOptions() {
  ReflectorOptions options;
  options.resource = {"example.org", "v1", "things"};
  options.page_size = 3;
  options.backoff_first = milliseconds(2);
  options.backoff_most = milliseconds(20);
  options.refused_wait = milliseconds(5);
  options.short_watch = milliseconds(0);
  return options;
}

const ObjectKey kSeenA{"shop", "a"};
const ObjectKey kSeenB{"shop", "b"};
const ObjectKey kC{"other", "c"};

class ReflectorTest : public ::testing::Test {
 protected:
  void Start(ReflectorOptions options = FastOptions()) {
    KubeConfig config;
    config.server = server.Url();
    client = *KubeClient::Create(config);
    reflector = MakeReflector<Thing>(
        *client, std::move(options), store, ParseThing,
        [this](const Change<Thing>& change) {
          const std::lock_guard lock(mutex);
          changes.push_back(ToString(change.key) + " " +
                            (change.before ? change.before->value : "-") + " > " +
                            (change.after ? change.after->value : "-"));
        },
        Logger(LogLevel::kError));
    thread = std::jthread([this](std::stop_token stop) { reflector->Run(std::move(stop)); });
  }

  void StartAndSync(ReflectorOptions options = FastOptions()) {
    Start(std::move(options));
    ASSERT_TRUE(WaitUntil([&] { return reflector->HasSynced() && server.OpenWatches() == 1; }));
  }

  std::map<ObjectKey, std::string> Held() const {
    std::map<ObjectKey, std::string> held;
    for (const auto& thing : store.List()) held[thing->metadata.key()] = thing->value;
    return held;
  }

  bool CatchesUp(milliseconds timeout = seconds(30)) {
    return WaitUntil([&] { return Held() == server.Objects(); }, timeout);
  }

  std::vector<std::string> Changes() const {
    const std::lock_guard lock(mutex);
    return changes;
  }

  int CountRequests(const std::string& part) const {
    const auto requests = server.Requests();
    return static_cast<int>(std::count_if(
        requests.begin(), requests.end(),
        [&](const std::string& target) { return target.find(part) != std::string::npos; }));
  }

  int CountLists() const {
    return static_cast<int>(server.Requests().size()) - CountRequests("watch=true");
  }

  ChaosServer server;
  std::unique_ptr<KubeClient> client;
  Store<Thing> store;
  mutable std::mutex mutex;
  std::vector<std::string> changes;
  std::unique_ptr<Reflector> reflector;
  std::jthread thread;
};

TEST_F(ReflectorTest, ListsOnceThenFollowsEveryChange) {
  server.Put(kSeenA, "1");
  StartAndSync();
  server.Put(kSeenB, "1");
  server.Put(kSeenA, "2");
  server.Delete(kSeenB);
  EXPECT_TRUE(WaitUntil([&] { return Changes().size() == 4; }));
  EXPECT_EQ(Changes(), (std::vector<std::string>{"shop/a - > 1", "shop/b - > 1", "shop/a 1 > 2",
                                                 "shop/b 1 > -"}));
  EXPECT_EQ(Held(), server.Objects());
  EXPECT_EQ(store.Get(kSeenA)->value, "2");
  EXPECT_EQ(store.Get(kSeenB), nullptr);
  EXPECT_EQ(CountLists(), 1);
}

TEST_F(ReflectorTest, IsStuckWhenNothingWasBegunForLongerThanAWatchTakes) {
  StartAndSync();
  const auto now = std::chrono::steady_clock::now();
  EXPECT_TRUE(reflector->CheckTurning(now + std::chrono::minutes(9)));
  const auto stuck = reflector->CheckTurning(now + std::chrono::hours(2));
  ASSERT_FALSE(stuck);
  EXPECT_EQ(stuck.error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(stuck.error().message.starts_with("the watch of things has not gone on for "))
      << stuck.error().message;
}

TEST_F(ReflectorTest, AsksAsClientGoDoes) {
  server.Put(kSeenA, "1");
  ReflectorOptions options = FastOptions();
  options.namespace_name = "shop";
  options.field_selector = "metadata.name=a";
  options.label_selector = "team=a,tier!=test";
  StartAndSync(options);
  const auto requests = server.Requests();
  ASSERT_EQ(requests.size(), 2U);
  const std::string path = "/apis/example.org/v1/namespaces/shop/things?";
  const std::string labels = "&labelSelector=team%3Da%2Ctier%21%3Dtest";
  EXPECT_EQ(requests[0],
            path + "limit=3&resourceVersion=0&fieldSelector=metadata.name%3Da" + labels);
  EXPECT_TRUE(requests[1].starts_with(
      path + "watch=true&allowWatchBookmarks=true&resourceVersion=101&timeoutSeconds="));
  EXPECT_TRUE(requests[1].ends_with(labels)) << requests[1];
  const int timeout = std::stoi(requests[1].substr(requests[1].find("timeoutSeconds=") + 15));
  EXPECT_GE(timeout, 300);
  EXPECT_LE(timeout, 600);
}

TEST_F(ReflectorTest, ReadsEveryPageWithTheTokenAlone) {
  for (int i = 0; i < 10; ++i) server.Put({"shop", std::to_string(i)}, "v");
  StartAndSync();
  EXPECT_EQ(Held().size(), 10U);
  EXPECT_EQ(CountRequests("?limit=3&continue="), 3);
  EXPECT_EQ(CountLists(), 4);
}

TEST_F(ReflectorTest, ListsAllAtOnceWhenAContinueTokenExpires) {
  for (int i = 0; i < 10; ++i) server.Put({"shop", std::to_string(i)}, "v");
  const json page{{"metadata", {{"resourceVersion", "101"}, {"continue", "100/shop/0"}}},
                  {"items", json::array()}};
  server.Compact();
  server.AnswerNextList({200, page.dump(), ""});
  StartAndSync();
  EXPECT_EQ(Held(), server.Objects());
  EXPECT_EQ(server.Requests()[2], "/apis/example.org/v1/things");
}

TEST_F(ReflectorTest, ListsTheNewestWhenItsVersionIsTooLarge) {
  server.Put(kSeenA, "1");
  server.AnswerNextList({504,
                         R"({"kind":"Status","code":504,"reason":"Timeout","details":{"causes":
                            [{"reason":"ResourceVersionTooLarge"}]}})",
                         ""});
  StartAndSync();
  EXPECT_EQ(server.Requests()[1], "/apis/example.org/v1/things");
}

TEST_F(ReflectorTest, ListsAnewAndFindsDeletionsWhenTheWatchIsRefusedAsExpired) {
  server.Put(kSeenA, "1");
  server.Put(kSeenB, "1");
  server.AnswerNextWatch({410, R"({"kind":"Status","code":410,"reason":"Expired"})", ""});
  StartAndSync();
  EXPECT_EQ(CountLists(), 2);
  EXPECT_TRUE(server.Requests()[2].ends_with("things?resourceVersion=102"));
}

TEST_F(ReflectorTest, ListsAnewWhenTheWatchSaysExpiredInItsStream) {
  server.Put(kSeenA, "1");
  StartAndSync();
  server.SendToWatches(
      R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}})");
  EXPECT_TRUE(WaitUntil([&] { return CountLists() == 2 && server.OpenWatches() == 1; }));
}

TEST_F(ReflectorTest, FindsWhatWasDeletedWhileItCouldNotWatch) {
  server.Put(kSeenA, "1");
  server.Put(kSeenB, "1");
  StartAndSync();
  // The watch misses the deletion and is told that its version is gone.
  server.AnswerNextWatch({503, "", ""});
  server.EndWatches();
  server.Delete(kSeenA);
  server.Compact();
  EXPECT_TRUE(CatchesUp());
  EXPECT_EQ(Held(), (std::map<ObjectKey, std::string>{{kSeenB, "1"}}));
}

TEST_F(ReflectorTest, WatchesOnFromTheLastVersionWhenAWatchEnds) {
  server.Put(kSeenA, "1");
  StartAndSync();
  server.Put(kSeenA, "2");
  ASSERT_TRUE(CatchesUp());
  server.EndWatches();
  server.Put(kSeenA, "3");
  ASSERT_TRUE(CatchesUp());
  EXPECT_EQ(CountLists(), 1);
  EXPECT_EQ(CountRequests("resourceVersion=101&timeout"), 1);
  EXPECT_EQ(CountRequests("resourceVersion=102&timeout"), 1);
}

TEST_F(ReflectorTest, MovesItsVersionByBookmarks) {
  server.Put(kSeenA, "1");
  StartAndSync();
  // Without the bookmark the next watch would ask for a version that is gone, and need a list.
  server.Compact();
  ASSERT_TRUE(WaitUntil([&] { return server.LastBookmark() == server.Version(); }));
  server.EndWatches();
  EXPECT_TRUE(WaitUntil([&] { return CountRequests("watch=true") == 2; }));
  server.Put(kSeenA, "2");
  EXPECT_TRUE(CatchesUp());
  EXPECT_EQ(CountLists(), 1);
}

TEST_F(ReflectorTest, RetriesAWatchWithoutListingWhenTheServerIsOverloaded) {
  server.AnswerNextWatch({429, "", "0"});
  server.AnswerNextWatch({429, "", ""});
  StartAndSync();
  EXPECT_EQ(CountLists(), 1);
  EXPECT_EQ(CountRequests("watch=true"), 3);
}

TEST_F(ReflectorTest, WaitsForAKindThatIsNotThereYetAndForRights) {
  for (const int status : {404, 403, 404}) server.AnswerNextList({status, "", ""});
  Start();
  EXPECT_TRUE(reflector->WaitUntilSynced({}));
  EXPECT_EQ(CountLists(), 4);
}

TEST_F(ReflectorTest, TellsTheLastErrorUntilAllIsWell) {
  server.Put(kSeenA, "1");
  ReflectorOptions options = FastOptions();
  options.refused_wait = hours(1);
  server.AnswerNextList(
      {403, R"({"kind":"Status","code":403,"reason":"Forbidden","message":"no"})", ""});
  Start(options);
  EXPECT_TRUE(WaitUntil([&] { return !reflector->LastError().message.empty(); }));
  EXPECT_EQ(reflector->LastError(),
            (Error{ErrorCode::kDenied, "GET /apis/example.org/v1/things: 403 Forbidden: no"}));
  EXPECT_FALSE(reflector->HasSynced());
  // It waits an hour now, and still ends when told.
  thread.request_stop();
  thread.join();
  EXPECT_FALSE(reflector->WaitUntilSynced(thread.get_stop_token()));
}

TEST_F(ReflectorTest, LeavesOutWhatCannotBeReadAndGoesOn) {
  server.Put(kSeenA, "broken");
  server.Put(kSeenB, "1");
  StartAndSync();
  EXPECT_EQ(Held(), (std::map<ObjectKey, std::string>{{kSeenB, "1"}}));
  server.Put(kSeenB, "broken");
  server.Put(kSeenA, "2");
  EXPECT_TRUE(WaitUntil([&] { return Held() == std::map<ObjectKey, std::string>{{kSeenA, "2"}}; }));
  EXPECT_EQ(CountLists(), 1);
}

TEST_F(ReflectorTest, SkipsUnknownEventsAndListsAnewAfterADamagedLine) {
  server.Put(kSeenA, "1");
  StartAndSync();
  server.SendToWatches(R"({"type":"RENAMED","object":{}})");
  server.Put(kSeenA, "2");
  ASSERT_TRUE(CatchesUp());
  EXPECT_EQ(CountLists(), 1);
  server.SendToWatches("{\"type\":");
  EXPECT_TRUE(WaitUntil([&] { return CountLists() == 2; }));
}

TEST_F(ReflectorTest, KeepsOtherNamespacesOfASharedStore) {
  server.Put(kSeenA, "1");
  server.Put(kC, "1");
  ReflectorOptions other = FastOptions();
  other.namespace_name = "other";
  ReflectorOptions shop = FastOptions();
  shop.namespace_name = "shop";
  StartAndSync(shop);
  const auto second =
      MakeReflector<Thing>(*client, other, store, ParseThing, nullptr, Logger(LogLevel::kError));
  std::jthread second_thread([&](std::stop_token stop) { second->Run(std::move(stop)); });
  EXPECT_TRUE(CatchesUp());
  server.Delete(kSeenA);
  server.Compact();
  server.EndWatches();
  EXPECT_TRUE(CatchesUp());
}

TEST_F(ReflectorTest, OpensASilentWatchAnew) {
  // Bookmarks come every 50 ms from this server; one that came makes 20 ms of silence too long.
  ReflectorOptions options = FastOptions();
  options.quiet_limit = milliseconds(20);
  StartAndSync(options);
  EXPECT_TRUE(WaitUntil([&] { return CountRequests("watch=true") >= 3; }));
  EXPECT_EQ(CountLists(), 1);
}

TEST_F(ReflectorTest, CountsAWatchThatEndsAtOnceAsAFailure) {
  ReflectorOptions options = FastOptions();
  options.short_watch = seconds(3600);
  for (int i = 0; i < 3; ++i) server.AnswerNextWatch({200, "", ""});
  options.backoff_first = hours(1);
  options.backoff_most = hours(1);
  Start(options);
  EXPECT_TRUE(WaitUntil([&] { return !reflector->LastError().message.empty(); }));
  EXPECT_EQ(reflector->LastError().message, "watch of things ended at once without an event");
  EXPECT_EQ(CountRequests("watch=true"), 1);
}

TEST_F(ReflectorTest, EqualsTheServerAfterEveryKindOfFault) {
  ReflectorOptions options = FastOptions();
  options.backoff_most = milliseconds(5);
  server.Put(kSeenA, "1");
  server.SetFaults(15);
  Start(options);
  std::mt19937 random(7);
  for (int write = 0; write < 1500; ++write) {
    const ObjectKey key{random() % 2 == 0 ? "shop" : "other", std::to_string(random() % 40)};
    if (random() % 3 == 0) {
      server.Delete(key);
    } else {
      server.Put(key, std::to_string(write));
    }
    if (random() % 60 == 0) server.Compact();
    if (random() % 60 == 0) server.EndWatches();
    std::this_thread::sleep_for(std::chrono::microseconds(300));
  }
  EXPECT_GT(CountLists(), 3);
  server.SetFaults(0);
  EXPECT_TRUE(CatchesUp());
}

}  // namespace
}  // namespace schemaop
