#include "controller/progress_reporter.h"

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace schemaop {
namespace {

constexpr std::chrono::seconds kDeadline(30);

RunProgress At(const std::string& revision, int statement) {
  RunProgress progress;
  progress.revision = revision;
  progress.statement = statement;
  return progress;
}

// Writes down what it is told; may be held up as a slow API server would hold it.
class SlowWriter {
 public:
  ProgressReporter::Write Writer() {
    return [this](const RunProgress& progress, const std::stop_token& stop) {
      std::unique_lock lock(mutex_);
      written_.push_back(progress.revision + "/" + std::to_string(progress.statement));
      changed_.notify_all();
      changed_.wait(lock, stop, [&] { return !held_; });
    };
  }

  void Hold(bool held) {
    const std::lock_guard lock(mutex_);
    held_ = held;
    changed_.notify_all();
  }

  // What was written once there are `count` entries.
  std::vector<std::string> WaitFor(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kDeadline, [&] { return written_.size() >= count; });
    return written_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool held_ = false;
  std::vector<std::string> written_;
};

TEST(ProgressReporterTest, AnotherRevisionIsWrittenAtOnceWhateverThePace) {
  SlowWriter writer;
  ProgressReporter reporter(writer.Writer(), std::chrono::hours(1));
  reporter.Say(At("003", 1));
  writer.WaitFor(1);
  reporter.Say(At("004", 1));
  EXPECT_EQ(writer.WaitFor(2), (std::vector<std::string>{"003/1", "004/1"}));
}

TEST(ProgressReporterTest, StatementsOfOneRevisionAreWrittenAtThePace) {
  SlowWriter writer;
  ProgressReporter reporter(writer.Writer(), std::chrono::hours(1));
  reporter.Say(At("003", 1));
  writer.WaitFor(1);
  reporter.Say(At("003", 2));
  reporter.Say(At("004", 1));
  EXPECT_EQ(writer.WaitFor(2).back(), "004/1");
  ProgressReporter quick(writer.Writer(), std::chrono::milliseconds(1));
  quick.Say(At("005", 1));
  writer.WaitFor(3);
  quick.Say(At("005", 2));
  EXPECT_EQ(writer.WaitFor(4).back(), "005/2");
}

TEST(ProgressReporterTest, SlowWriterHoldsNobodyUpAndGetsTheNewest) {
  SlowWriter writer;
  writer.Hold(true);
  ProgressReporter reporter(writer.Writer(), std::chrono::hours(1));
  reporter.Say(At("001", 1));
  writer.WaitFor(1);
  for (const char* revision : {"002", "003", "004"}) reporter.Say(At(revision, 1));
  writer.Hold(false);
  EXPECT_EQ(writer.WaitFor(2), (std::vector<std::string>{"001/1", "004/1"}));
}

TEST(ProgressReporterTest, FinishEndsAWriteThatHangs) {
  SlowWriter writer;
  writer.Hold(true);
  ProgressReporter reporter(writer.Writer(), std::chrono::hours(1));
  reporter.Say(At("001", 1));
  writer.WaitFor(1);
  reporter.Finish();
  reporter.Say(At("002", 1));
  EXPECT_EQ(writer.WaitFor(1), (std::vector<std::string>{"001/1"}));
}

}  // namespace
}  // namespace schemaop
