#include "runtime/work_queue.h"

#include <atomic>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace schemaop {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

const ObjectKey kA{"shop", "a"};
const ObjectKey kB{"shop", "b"};

TEST(WorkQueueTest, HandsOutKeysInTheOrderAdded) {
  WorkQueue queue;
  queue.Add(kB);
  queue.Add(kA);
  EXPECT_EQ(queue.Depth(), 2U);
  EXPECT_EQ(queue.Get({}), kB);
  EXPECT_EQ(queue.Get({}), kA);
}

TEST(WorkQueueTest, HoldsAWaitingKeyOnce) {
  WorkQueue queue;
  queue.Add(kA);
  queue.Add(kA);
  EXPECT_EQ(queue.Depth(), 1U);
}

TEST(WorkQueueTest, HandsOutAKeyAddedWhileProcessedOnceMoreAndOnlyAfterDone) {
  WorkQueue queue;
  queue.Add(kA);
  ASSERT_EQ(queue.Get({}), kA);
  queue.Add(kA);
  queue.Add(kA);
  EXPECT_EQ(queue.Depth(), 0U);
  queue.Done(kA);
  EXPECT_EQ(queue.Depth(), 1U);
  EXPECT_EQ(queue.Get({}), kA);
  queue.Done(kA);
  EXPECT_EQ(queue.Depth(), 0U);
}

TEST(WorkQueueTest, CountsTheEarliestOfSeveralDelayedAdds) {
  WorkQueue queue;
  queue.AddAfter(kA, hours(1));
  queue.AddAfter(kA, milliseconds(1));
  queue.AddAfter(kA, hours(2));
  EXPECT_EQ(queue.Get({}), kA);
  queue.Done(kA);
  EXPECT_EQ(queue.Depth(), 0U);
}

TEST(WorkQueueTest, HandsOutDelayedKeysEarliestFirst) {
  WorkQueue queue;
  queue.AddAfter(kB, milliseconds(60));
  queue.AddAfter(kA, milliseconds(5));
  EXPECT_EQ(queue.Get({}), kA);
  EXPECT_EQ(queue.Get({}), kB);
}

TEST(WorkQueueTest, AddsAtOnceWhenTheDelayIsNotPositive) {
  WorkQueue queue;
  queue.AddAfter(kA, milliseconds(-5));
  EXPECT_EQ(queue.Depth(), 1U);
}

TEST(WorkQueueTest, DelaysARateLimitedKeyAndForgetsItsFailures) {
  // With an hour as the second wait, only a forgotten key comes back.
  WorkQueue queue({.name = "test", .backoff_first = milliseconds(1), .backoff_most = hours(1)});
  for (int i = 0; i < 40; ++i) {
    queue.AddRateLimited(kA);
    ASSERT_EQ(queue.Get({}), kA);
    queue.Done(kA);
    queue.Forget(kA);
  }
}

TEST(WorkQueueTest, EndsEveryWaitOnShutDown) {
  WorkQueue queue;
  std::vector<std::jthread> waiters;
  std::atomic<int> ended = 0;
  for (int i = 0; i < 4; ++i) {
    waiters.emplace_back([&] { ended += queue.Get({}) ? 0 : 1; });
  }
  queue.ShutDown();
  waiters.clear();
  EXPECT_EQ(ended, 4);
}

TEST(WorkQueueTest, EndsAWaitOnItsOwnStopAlone) {
  WorkQueue queue;
  std::atomic<bool> stopped_got_key = false;
  std::jthread stopped(
      [&](std::stop_token stop) { stopped_got_key = queue.Get(std::move(stop)).has_value(); });
  stopped.request_stop();
  stopped.join();
  EXPECT_FALSE(stopped_got_key);
  queue.Add(kA);
  EXPECT_EQ(queue.Get({}), kA);
}

TEST(WorkQueueTest, TakesNothingAfterShutDownAndDropsWhatWaits) {
  WorkQueue queue;
  queue.Add(kA);
  queue.AddAfter(kB, milliseconds(1));
  queue.ShutDown();
  queue.Add(kB);
  queue.AddAfter(kB, milliseconds(1));
  queue.AddRateLimited(kB);
  EXPECT_EQ(queue.Depth(), 0U);
  EXPECT_EQ(queue.Get({}), std::nullopt);
}

TEST(WorkQueueTest, WaitsUntilWhatIsProcessedIsDone) {
  WorkQueue queue;
  queue.Add(kA);
  ASSERT_EQ(queue.Get({}), kA);
  queue.ShutDown();
  std::atomic<bool> done = false;
  std::jthread worker([&] {
    done = true;
    queue.Done(kA);
  });
  EXPECT_TRUE(queue.WaitUntilIdle({}));
  EXPECT_TRUE(done);
}

TEST(WorkQueueTest, StopsWaitingForIdleWhenTold) {
  WorkQueue queue;
  queue.Add(kA);
  ASSERT_EQ(queue.Get({}), kA);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(queue.WaitUntilIdle(stop.get_token()));
}

// Producers write a key's value, then add the key; workers read the value. Whatever the
// interleaving, the last value read of each key is the last written, and no two workers hold the
// same key.
TEST(WorkQueueTest, LosesNoKeyAndNeverSharesOneAmongWorkers) {
  constexpr int kKeys = 7;
  constexpr int kProducers = 4;
  constexpr int kWorkers = 4;
  constexpr int kWrites = 3000;
  WorkQueue queue(
      {.name = "test", .backoff_first = milliseconds(1), .backoff_most = milliseconds(2)});
  std::vector<std::atomic<int>> written(kKeys);
  std::vector<std::atomic<int>> seen(kKeys);
  std::vector<std::atomic<int>> holders(kKeys);
  std::atomic<int> shared = 0;
  const auto key = [](int i) { return ObjectKey{"shop", std::to_string(i)}; };
  const auto work = [&](std::stop_token stop, unsigned seed) {
    std::mt19937 random(seed);
    while (const auto taken = queue.Get(stop)) {
      const auto i = static_cast<std::size_t>(std::stoi(taken->name));
      if (holders[i].fetch_add(1) != 0) ++shared;
      seen[i] = written[i].load();
      if (random() % 8 == 0) queue.AddRateLimited(*taken);
      holders[i].fetch_sub(1);
      queue.Done(*taken);
    }
  };
  std::vector<std::jthread> workers;
  for (unsigned i = 0; i < kWorkers; ++i) {
    workers.emplace_back([&work, i](std::stop_token stop) { work(std::move(stop), i); });
  }
  {
    std::vector<std::jthread> producers;
    for (unsigned p = 0; p < kProducers; ++p) {
      producers.emplace_back([&, p] {
        std::mt19937 random(100 + p);
        for (int n = 0; n < kWrites; ++n) {
          const int i = static_cast<int>(random() % kKeys);
          ++written[static_cast<std::size_t>(i)];
          if (random() % 4 == 0) {
            queue.AddAfter(key(i), milliseconds(random() % 3));
          } else {
            queue.Add(key(i));
          }
        }
      });
    }
  }
  const auto all_seen = [&] {
    for (std::size_t i = 0; i < kKeys; ++i) {
      if (seen[i] != written[i]) return false;
    }
    return true;
  };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!all_seen() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  queue.ShutDown();
  workers.clear();
  for (std::size_t i = 0; i < kKeys; ++i) EXPECT_EQ(seen[i], written[i]) << i;
  EXPECT_EQ(shared, 0);
}

}  // namespace
}  // namespace schemaop
