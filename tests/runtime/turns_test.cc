#include "runtime/turns.h"

#include <atomic>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/work_queue.h"

namespace schemaop {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TurnsTest : public ::testing::Test {
 protected:
  static ObjectKey Key(const std::string& name) { return {"shop", name}; }

  const Turns::Clock::time_point start{};
  const std::vector<Place> database{{"db", 1}};
  std::vector<std::string> called;
  Turns turns{[this](const ObjectKey& key) { called.push_back(key.name); }};
};

TEST_F(TurnsTest, GivesAPlaceToAsManyAsItHasRoomFor) {
  const std::vector<Place> server{{"server", 2}};
  Turns::Visit a(turns, Key("a"));
  Turns::Visit b(turns, Key("b"));
  Turns::Visit c(turns, Key("c"));
  EXPECT_FALSE(a.Take(server, start));
  EXPECT_FALSE(b.Take(server, start));
  EXPECT_TRUE(c.Take(server, start));
}

TEST_F(TurnsTest, CallsWhoWaitsLongestWhenThereIsRoom) {
  std::optional<Turns::Visit> a(std::in_place, turns, Key("a"));
  EXPECT_FALSE(a->Take(database, start));
  {
    Turns::Visit b(turns, Key("b"));
    EXPECT_TRUE(b.Take(database, start));
    Turns::Visit c(turns, Key("c"));
    EXPECT_TRUE(c.Take(database, start + seconds(1)));
  }
  EXPECT_THAT(called, IsEmpty());
  a.reset();
  EXPECT_THAT(called, ElementsAre("b"));
}

TEST_F(TurnsTest, KeepsThePlaceForWhomItCalled) {
  {
    Turns::Visit a(turns, Key("a"));
    EXPECT_FALSE(a.Take(database, start));
    Turns::Visit b(turns, Key("b"));
    EXPECT_TRUE(b.Take(database, start));
  }
  Turns::Visit stranger(turns, Key("stranger"));
  EXPECT_TRUE(stranger.Take(database, start));
  Turns::Visit b(turns, Key("b"));
  EXPECT_FALSE(b.Take(database, start));
}

TEST_F(TurnsTest, PassesAPlaceOnWhenWhoWasCalledDoesNotWantIt) {
  {
    Turns::Visit a(turns, Key("a"));
    EXPECT_FALSE(a.Take(database, start));
    for (const char* name : {"b", "c"}) {
      Turns::Visit visit(turns, Key(name));
      EXPECT_TRUE(visit.Take(database, start));
    }
  }
  EXPECT_THAT(called, ElementsAre("b"));
  { const Turns::Visit b(turns, Key("b")); }
  EXPECT_THAT(called, ElementsAre("b", "c"));
}

TEST_F(TurnsTest, TellsHowLongAKeyHasWaitedOverItsVisits) {
  Turns::Visit a(turns, Key("a"));
  EXPECT_FALSE(a.Take(database, start));
  for (const int age : {0, 4, 9}) {
    Turns::Visit b(turns, Key("b"));
    EXPECT_EQ(b.Take(database, start + seconds(age)), seconds(age));
  }
}

TEST_F(TurnsTest, TakesAllPlacesOrNone) {
  Turns::Visit a(turns, Key("a"));
  EXPECT_FALSE(a.Take(database, start));
  Turns::Visit b(turns, Key("b"));
  EXPECT_TRUE(b.Take({{"server", 1}, {"db", 1}}, start));
  Turns::Visit c(turns, Key("c"));
  EXPECT_FALSE(c.Take({{"server", 1}, {"other", 1}}, start));
}

TEST_F(TurnsTest, LetsNobodyWaitBehindAnotherPlace) {
  std::optional<Turns::Visit> a(std::in_place, turns, Key("a"));
  EXPECT_FALSE(a->Take({{"one", 1}}, start));
  Turns::Visit x(turns, Key("x"));
  EXPECT_FALSE(x.Take({{"two", 1}}, start));
  {
    Turns::Visit y(turns, Key("y"));
    EXPECT_TRUE(y.Take({{"two", 1}}, start));
    Turns::Visit b(turns, Key("b"));
    EXPECT_TRUE(b.Take({{"one", 1}}, start));
  }
  a.reset();
  EXPECT_THAT(called, ElementsAre("b"));
}

// Many workers, few places: never more visits than room, and every key gets its turn although
// nothing but the call brings it back.
TEST(TurnsAndQueueTest, NeitherCrowdNorForget) {
  constexpr int kKeys = 200;
  constexpr int kPlaces = 5;
  WorkQueue queue;
  Turns turns([&](const ObjectKey& key) { queue.Add(key); });
  std::vector<std::atomic<int>> in(kPlaces);
  std::atomic<int> crowded = 0;
  std::atomic<int> served = 0;
  const auto work = [&](const std::stop_token& stop) {
    while (const auto key = queue.Get(stop)) {
      {
        const auto at = static_cast<std::size_t>(std::stoi(key->name) % kPlaces);
        Turns::Visit visit(turns, *key);
        if (!visit.Take({{"all", 4}, {std::to_string(at), 1}}, Turns::Clock::now())) {
          if (++in[at] != 1) ++crowded;
          std::this_thread::yield();
          --in[at];
          ++served;
        }
      }
      queue.Done(*key);
    }
  };
  for (int i = 0; i < kKeys; ++i) queue.Add({"shop", std::to_string(i)});
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < 8; ++i) workers.emplace_back(work);
    const auto deadline = Turns::Clock::now() + seconds(60);
    while (served < kKeys && Turns::Clock::now() < deadline) std::this_thread::yield();
    queue.ShutDown();
  }
  EXPECT_EQ(served, kKeys);
  EXPECT_EQ(crowded, 0);
}

}  // namespace
}  // namespace schemaop
