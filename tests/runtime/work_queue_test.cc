#include "runtime/work_queue.h"

#include <atomic>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/metrics.h"

namespace schemaop {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

const ObjectKey kQueuedA{"shop", "a"};
const ObjectKey kQueuedB{"shop", "b"};

TEST(WorkQueueTest, HandsOutKeysInTheOrderAdded) {
  WorkQueue queue;
  queue.Add(kQueuedB);
  queue.Add(kQueuedA);
  EXPECT_EQ(queue.Depth(), 2U);
  EXPECT_EQ(queue.Get({}), kQueuedB);
  EXPECT_EQ(queue.Get({}), kQueuedA);
}

TEST(WorkQueueTest, HoldsAWaitingKeyOnce) {
  WorkQueue queue;
  queue.Add(kQueuedA);
  queue.Add(kQueuedA);
  EXPECT_EQ(queue.Depth(), 1U);
}

TEST(WorkQueueTest, HandsOutAKeyAddedWhileProcessedOnceMoreAndOnlyAfterDone) {
  WorkQueue queue;
  queue.Add(kQueuedA);
  ASSERT_EQ(queue.Get({}), kQueuedA);
  queue.Add(kQueuedA);
  queue.Add(kQueuedA);
  EXPECT_EQ(queue.Depth(), 0U);
  queue.Done(kQueuedA);
  EXPECT_EQ(queue.Depth(), 1U);
  EXPECT_EQ(queue.Get({}), kQueuedA);
  queue.Done(kQueuedA);
  EXPECT_EQ(queue.Depth(), 0U);
}

// The names of the next `count` keys, each done before the next is taken.
std::string NextNames(WorkQueue& queue, int count) {
  std::string names;
  for (int i = 0; i < count; ++i) {
    const auto key = queue.Get({});
    names += key->name;
    queue.Done(*key);
  }
  return names;
}

TEST(WorkQueueTest, LetsEditsPassWhatWasThereBefore) {
  WorkQueue queue;
  for (const char* name : {"a", "b", "c"}) queue.Add({"shop", name}, WorkPriority::kLow);
  queue.Add({"shop", "x"});
  queue.Add({"shop", "y"});
  EXPECT_EQ(NextNames(queue, 5), "xyabc");
}

TEST(WorkQueueTest, GivesEveryFifthTurnToTheOldestOfLowPriority) {
  WorkQueue queue;
  queue.Add({"shop", "a"}, WorkPriority::kLow);
  queue.Add({"shop", "b"}, WorkPriority::kLow);
  for (const char* name : {"1", "2", "3", "4", "5", "6", "7", "8", "9"}) queue.Add({"shop", name});
  EXPECT_EQ(NextNames(queue, 11), "1234a5678b9");
}

TEST(WorkQueueTest, CountsNoTurnsWhileNobodyWaitsInLowPriority) {
  WorkQueue queue;
  for (const char* name : {"1", "2", "3", "4", "5"}) queue.Add({"shop", name});
  EXPECT_EQ(NextNames(queue, 4), "1234");
  queue.Add({"shop", "a"}, WorkPriority::kLow);
  EXPECT_EQ(NextNames(queue, 2), "5a");
}

TEST(WorkQueueTest, MovesAWaitingKeyUpToTheEndOfItsNewPriorityButNeverDown) {
  WorkQueue queue;
  queue.Add(kQueuedA, WorkPriority::kLow);
  queue.Add({"shop", "c"}, WorkPriority::kLow);
  queue.Add(kQueuedB);
  queue.Add({"shop", "c"});
  queue.Add(kQueuedB, WorkPriority::kLow);
  EXPECT_EQ(queue.Depth(), 3U);
  EXPECT_EQ(NextNames(queue, 3), "bca");
}

TEST(WorkQueueTest, KeepsTheHigherPriorityOfAKeyAddedWhileProcessed) {
  WorkQueue queue;
  queue.Add(kQueuedA, WorkPriority::kLow);
  ASSERT_EQ(queue.Get({}), kQueuedA);
  queue.Add(kQueuedB, WorkPriority::kLow);
  queue.Add(kQueuedA, WorkPriority::kLow);
  queue.Add(kQueuedA);
  queue.Add(kQueuedA, WorkPriority::kLow);
  queue.Done(kQueuedA);
  EXPECT_EQ(NextNames(queue, 2), "ab");
}

TEST(WorkQueueTest, KeepsTheHigherPriorityOfSeveralDelayedAdds) {
  WorkQueue queue;
  queue.AddAfter(kQueuedA, milliseconds(1), WorkPriority::kLow);
  queue.AddAfter(kQueuedA, hours(1));
  ASSERT_EQ(queue.Get({}), kQueuedA);
  queue.Add(kQueuedB, WorkPriority::kLow);
  queue.AddRateLimited(kQueuedA);  // with the priority it was handed out with
  queue.Done(kQueuedA);
  while (queue.Depth() < 2) std::this_thread::yield();
  EXPECT_EQ(NextNames(queue, 2), "ab");
}

TEST(WorkQueueTest, ShowsTheDepthOfEachPriority) {
  Metrics metrics;
  WorkQueue queue({.name = "things"}, &metrics);
  queue.Add(kQueuedA, WorkPriority::kLow);
  queue.Add(kQueuedB, WorkPriority::kLow);
  queue.Add({"shop", "c"});
  const std::string text = metrics.Render();
  const std::string start = R"(workqueue_depth{controller="things",name="things",priority=")";
  EXPECT_NE(text.find(start + "0\"} 1\n"), std::string::npos) << text;
  EXPECT_NE(text.find(start + "-100\"} 2\n"), std::string::npos) << text;
  EXPECT_NE(text.find(R"(workqueue_adds_total{controller="things",name="things"} 3)"),
            std::string::npos);
}

TEST(WorkQueueTest, CountsTheEarliestOfSeveralDelayedAdds) {
  WorkQueue queue;
  queue.AddAfter(kQueuedA, hours(1));
  queue.AddAfter(kQueuedA, milliseconds(1));
  queue.AddAfter(kQueuedA, hours(2));
  EXPECT_EQ(queue.Get({}), kQueuedA);
  queue.Done(kQueuedA);
  EXPECT_EQ(queue.Depth(), 0U);
}

TEST(WorkQueueTest, HandsOutDelayedKeysEarliestFirst) {
  WorkQueue queue;
  queue.AddAfter(kQueuedB, milliseconds(60));
  queue.AddAfter(kQueuedA, milliseconds(5));
  EXPECT_EQ(queue.Get({}), kQueuedA);
  EXPECT_EQ(queue.Get({}), kQueuedB);
}

TEST(WorkQueueTest, AddsAtOnceWhenTheDelayIsNotPositive) {
  WorkQueue queue;
  queue.AddAfter(kQueuedA, milliseconds(-5));
  EXPECT_EQ(queue.Depth(), 1U);
}

TEST(WorkQueueTest, DelaysARateLimitedKeyAndForgetsItsFailures) {
  // With an hour as the second wait, only a forgotten key comes back.
  WorkQueue queue({.name = "test", .backoff_first = milliseconds(1), .backoff_most = hours(1)});
  for (int i = 0; i < 40; ++i) {
    queue.AddRateLimited(kQueuedA);
    ASSERT_EQ(queue.Get({}), kQueuedA);
    queue.Done(kQueuedA);
    queue.Forget(kQueuedA);
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
  queue.Add(kQueuedA);
  EXPECT_EQ(queue.Get({}), kQueuedA);
}

TEST(WorkQueueTest, TakesNothingAfterShutDownAndDropsWhatWaits) {
  WorkQueue queue;
  queue.Add(kQueuedA);
  queue.AddAfter(kQueuedB, milliseconds(1));
  queue.ShutDown();
  queue.Add(kQueuedB);
  queue.AddAfter(kQueuedB, milliseconds(1));
  queue.AddRateLimited(kQueuedB);
  EXPECT_EQ(queue.Depth(), 0U);
  EXPECT_EQ(queue.Get({}), std::nullopt);
}

TEST(WorkQueueTest, WaitsUntilWhatIsProcessedIsDone) {
  WorkQueue queue;
  queue.Add(kQueuedA);
  ASSERT_EQ(queue.Get({}), kQueuedA);
  queue.ShutDown();
  std::atomic<bool> done = false;
  std::jthread worker([&] {
    done = true;
    queue.Done(kQueuedA);
  });
  EXPECT_TRUE(queue.WaitUntilIdle({}));
  EXPECT_TRUE(done);
}

TEST(WorkQueueTest, StopsWaitingForIdleWhenTold) {
  WorkQueue queue;
  queue.Add(kQueuedA);
  ASSERT_EQ(queue.Get({}), kQueuedA);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(queue.WaitUntilIdle(stop.get_token()));
}

// The value of a sample of the queue "things" in what Prometheus would read.
double Sample(const Metrics& metrics, const std::string& name) {
  const std::string text = metrics.Render();
  const std::string start = "\n" + name + "{controller=\"things\",name=\"things\"} ";
  const auto at = text.find(start);
  return at == std::string::npos ? -1 : std::stod(text.substr(at + start.size()));
}

TEST(WorkQueueTest, TellsHowLongUnfinishedWorkHasTakenWhenAsked) {
  Metrics metrics;
  WorkQueue queue({.name = "things"}, &metrics);
  const std::string all = "workqueue_unfinished_work_seconds";
  const std::string longest = "workqueue_longest_running_processor_seconds";
  queue.ShowUnfinishedWork();
  EXPECT_EQ(Sample(metrics, all), 0);
  EXPECT_EQ(Sample(metrics, longest), 0);
  queue.Add({"shop", "a"});
  queue.Add({"shop", "b"});
  const auto a = queue.Get({});
  const auto b = queue.Get({});
  std::this_thread::sleep_for(milliseconds(2));
  queue.ShowUnfinishedWork();
  EXPECT_GT(Sample(metrics, longest), 0.001);
  EXPECT_GT(Sample(metrics, all), Sample(metrics, longest));
  queue.Done(*a);
  queue.Done(*b);
  queue.ShowUnfinishedWork();
  EXPECT_EQ(Sample(metrics, all), 0);
  EXPECT_EQ(Sample(metrics, longest), 0);
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
