#include "controller/progress_reporter.h"

#include <utility>

#include "base/fault_point.h"
#include "policy/progress.h"

namespace schemaop {
ProgressReporter::ProgressReporter(Write write, std::chrono::milliseconds pace)
    : write_(std::move(write)),
      pace_(pace),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

void ProgressReporter::Say(const RunProgress& progress) {
  {
    const std::lock_guard lock(mutex_);
    newest_ = progress;
  }
  said_.notify_one();
}

void ProgressReporter::Finish() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void ProgressReporter::Run(const std::stop_token& stop) {
  std::optional<RunProgress> written;
  while (true) {
    RunProgress progress;
    {
      std::unique_lock lock(mutex_);
      const auto is_news = [&] { return newest_ && (!written || IsNews(*written, *newest_)); };
      said_.wait_for(lock, stop, pace_, is_news);
      if (stop.stop_requested()) return;
      if (!newest_) continue;
      progress = *std::exchange(newest_, std::nullopt);
    }
    SCHEMAOP_CRASH_POINT("controller.progress.writing");
    write_(progress, stop);
    written = std::move(progress);
  }
}

}  // namespace schemaop
