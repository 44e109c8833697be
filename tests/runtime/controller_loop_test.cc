#include "runtime/controller_loop.h"

#include <atomic>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "process/process.h"

namespace schemaop {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::WaitUntil;

const ObjectKey kA{"shop", "a"};
const ObjectKey kB{"shop", "b"};

class ControllerLoopTest : public ::testing::Test {
 protected:
  // Runs `reconcile` until the test ends or Stop.
  void Start(int workers, Reconcile reconcile) {
    loop =
        std::make_unique<ControllerLoop>(ControllerLoopOptions{"test", workers}, queue,
                                         std::move(reconcile), metrics, Logger(LogLevel::kError));
    thread = std::jthread([this](std::stop_token stop) {
      loop->Run(std::move(stop));
      returned = true;
    });
  }

  void Stop() {
    thread.request_stop();
    thread.join();
  }

  bool Shows(const std::string& line) const {
    return metrics.Render().find(line + "\n") != std::string::npos;
  }

  Metrics metrics;
  WorkQueue queue{
      {.name = "test", .backoff_first = milliseconds(1), .backoff_most = milliseconds(8)},
      &metrics};
  std::unique_ptr<ControllerLoop> loop;
  std::atomic<bool> returned = false;  // Run has
  std::jthread thread;
};

TEST_F(ControllerLoopTest, ReconcilesEachKeyOnceWhenItIsDone) {
  std::mutex mutex;
  std::map<ObjectKey, int> calls;
  Start(2, [&](const ObjectKey& key, std::stop_token) -> ReconcileResult {
    const std::lock_guard lock(mutex);
    ++calls[key];
    return ReconcileDone{};
  });
  queue.Add(kA);
  queue.Add(kB);
  EXPECT_TRUE(WaitUntil([&] {
    return Shows(R"(controller_runtime_reconcile_total{controller="test",result="success"} 2)");
  }));
  Stop();
  EXPECT_EQ(calls, (std::map<ObjectKey, int>{{kA, 1}, {kB, 1}}));
}

TEST_F(ControllerLoopTest, ComesBackAfterTheDelayAskedFor) {
  std::atomic<int> calls = 0;
  Start(1, [&](const ObjectKey&, std::stop_token) -> ReconcileResult {
    return ++calls < 3 ? ReconcileResult(RequeueAfter{milliseconds(1)})
                       : ReconcileResult(RequeueAfter{hours(1)});
  });
  queue.Add(kA);
  EXPECT_TRUE(WaitUntil([&] {
    return Shows(
        R"(controller_runtime_reconcile_total{controller="test",result="requeue_after"} 3)");
  }));
  Stop();
  EXPECT_EQ(calls, 3);
}

TEST_F(ControllerLoopTest, RetriesAFailureAndAnExceptionWithBackoff) {
  std::atomic<int> calls = 0;
  Start(1, [&](const ObjectKey&, std::stop_token) -> ReconcileResult {
    switch (++calls) {
      case 1:
        return RequeueWithBackoff{"database is starting"};
      case 2:
        throw std::runtime_error("broken");
      case 3:
        throw 7;
      default:
        return ReconcileDone{};
    }
  });
  queue.Add(kA);
  EXPECT_TRUE(WaitUntil([&] {
    return Shows(R"(controller_runtime_reconcile_total{controller="test",result="success"} 1)");
  }));
  EXPECT_TRUE(Shows(R"(controller_runtime_reconcile_errors_total{controller="test"} 3)"));
  EXPECT_TRUE(Shows(R"(controller_runtime_reconcile_panics_total{controller="test"} 2)"));
  EXPECT_TRUE(Shows(R"(workqueue_retries_total{controller="test",name="test"} 3)"));
}

TEST_F(ControllerLoopTest, WorksOnSeveralKeysAtOnce) {
  std::atomic<int> running = 0;
  Start(3, [&](const ObjectKey&, std::stop_token stop) -> ReconcileResult {
    ++running;
    while (running < 3 && !stop.stop_requested()) std::this_thread::yield();
    return ReconcileDone{};
  });
  for (const char* name : {"a", "b", "c"}) queue.Add({"shop", name});
  EXPECT_TRUE(WaitUntil([&] { return running == 3; }));
}

TEST_F(ControllerLoopTest, EndsOnlyAfterTheReconcilesThatRun) {
  std::atomic<int> started = 0;
  std::atomic<int> told_to_stop = 0;
  std::atomic<int> ended = 0;
  std::atomic<bool> released = false;
  Start(2, [&](const ObjectKey&, std::stop_token stop) -> ReconcileResult {
    ++started;
    while (!stop.stop_requested()) std::this_thread::yield();
    ++told_to_stop;
    while (!released) std::this_thread::yield();
    ++ended;
    return RequeueWithBackoff{"stopped"};
  });
  for (const char* name : {"a", "b", "c"}) queue.Add({"shop", name});
  ASSERT_TRUE(WaitUntil([&] { return started == 2; }));
  thread.request_stop();
  EXPECT_TRUE(WaitUntil([&] { return told_to_stop == 2; }));
  // A loop that did not wait for its reconciles would return now.
  EXPECT_FALSE(WaitUntil([&] { return returned.load(); }, milliseconds(50)));
  released = true;
  thread.join();
  EXPECT_EQ(started, 2);
  EXPECT_EQ(ended, 2);
  EXPECT_EQ(queue.Depth(), 0U);
}

}  // namespace
}  // namespace schemaop
