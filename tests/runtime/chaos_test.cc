// The reflector against a server and a network that misbehave in every way at once, round after
// round. `SCHEMAOP_CHAOS_ROUNDS=100 runtime_tests --gtest_filter=ChaosTest.*` is the long run.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <random>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "chaos_proxy.h"
#include "chaos_server.h"
#include "kube/client.h"
#include "process/process.h"
#include "runtime/reflector.h"

namespace schemaop {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using testing::ChaosProxy;
using testing::ChaosServer;
using testing::WaitUntil;
using Clock = std::chrono::steady_clock;

constexpr int kWritesOfARound = 250;
constexpr milliseconds kFirstWait(5);

struct Thing {
  ObjectMeta metadata;
  std::string value;
};

Result<Thing> ParseThing(const json& object) {
  Thing thing;
  thing.metadata.namespace_name = object.at("metadata").at("namespace");
  thing.metadata.name = object.at("metadata").at("name");
  thing.value = object.at("value");
  return thing;
}

class ChaosTest : public ::testing::Test {
 protected:
  void SetUp() override {
    KubeConfig config;
    config.server = "http://127.0.0.1:" + std::to_string(proxy_.port());
    KubeClientOptions client_options;
    client_options.deadline = milliseconds(2000);  // of a list that a half-open connection eats
    client_ = *KubeClient::Create(config, client_options);
    ReflectorOptions options;
    options.resource = {"example.org", "v1", "things"};
    options.page_size = 7;
    options.backoff_first = kFirstWait;
    options.backoff_most = milliseconds(40);
    options.refused_wait = milliseconds(20);
    options.short_watch = milliseconds(50);
    options.quiet_limit = milliseconds(500);  // bookmarks come every 50 ms
    reflector_ = MakeReflector<Thing>(*client_, options, store_, ParseThing, nullptr,
                                      Logger(LogLevel::kError));
    thread_ = std::jthread([this](const std::stop_token& stop) { reflector_->Run(stop); });
  }

  std::map<ObjectKey, std::string> Held() const {
    std::map<ObjectKey, std::string> held;
    for (const auto& thing : store_.List()) held[thing->metadata.key()] = thing->value;
    return held;
  }

  void Write(int number) {
    const ObjectKey key{random_() % 2 == 0 ? "shop" : "other", std::to_string(random_() % 60)};
    if (random_() % 3 == 0) {
      server_.Delete(key);
    } else {
      server_.Put(key, std::to_string(number));
    }
    if (random_() % 60 == 0) server_.Compact();
    if (random_() % 60 == 0) server_.EndWatches();
    std::this_thread::sleep_for(milliseconds(1));
  }

  int Met() const {
    int met = 0;
    for (int fate = 0; fate < ChaosProxy::kFates; ++fate) {
      met += proxy_.Met(static_cast<ChaosProxy::Fate>(fate));
    }
    return met;
  }

  bool EveryFateWasMet() const {
    for (int fate = 0; fate < ChaosProxy::kFates; ++fate) {
      if (proxy_.Met(static_cast<ChaosProxy::Fate>(fate)) == 0) return false;
    }
    return true;
  }

  ChaosServer server_;
  ChaosProxy proxy_{server_.port()};
  std::mt19937 random_{7};
  std::unique_ptr<KubeClient> client_;
  Store<Thing> store_;
  std::unique_ptr<Reflector> reflector_;
  std::jthread thread_;
};

TEST_F(ChaosTest, EqualsTheServerAfterEachRoundAndNeverAsksInAHotLoop) {
  const char* asked = std::getenv("SCHEMAOP_CHAOS_ROUNDS");
  const int rounds = asked == nullptr ? 4 : std::stoi(asked);
  const Clock::time_point begin = Clock::now();
  int writes = 0;
  for (int round = 0; round < rounds || (!EveryFateWasMet() && round < 50); ++round) {
    server_.SetFaults(12);
    proxy_.SetFaults(50);
    for (int i = 0; i < kWritesOfARound; ++i) Write(writes++);
    server_.SetFaults(0);
    proxy_.SetFaults(0);
    proxy_.EndSilence();
    ASSERT_TRUE(WaitUntil([&] { return Held() == server_.Objects(); })) << "round " << round;
  }
  // Each request is owed to a wait, to a change that was heard of, or to a connection that broke
  // (the client tries a lost GET again by itself).
  const auto waits = (Clock::now() - begin) / kFirstWait;
  const std::int64_t most = waits + writes + 12 * Met() + 50;
  EXPECT_LE(static_cast<std::int64_t>(server_.Requests().size()), most);
  EXPECT_TRUE(EveryFateWasMet());
  RecordProperty("requests", static_cast<int>(server_.Requests().size()));
  RecordProperty("broken_connections", Met());
}

}  // namespace
}  // namespace schemaop
