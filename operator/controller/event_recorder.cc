#include "controller/event_recorder.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "controller/event_series.h"

namespace schemaop {
namespace {

using Clock = EventSeries::Clock;
using nlohmann::json;

constexpr std::chrono::minutes kLook(1);  // between two looks for series that are over

// Worth another try: nobody answered, or not now. What is refused is refused.
bool MayPass(const ApiError& error) {
  return error.error.code == ErrorCode::kUnavailable ||
         (error.http_status == 0 && error.error.code != ErrorCode::kCancelled);
}

}  // namespace

struct EventRecorder::Impl {
  struct Taken {
    std::string path;
    json object;
  };

  KubeClient& client;
  const Logger logger;
  const EventRecorderOptions options;

  std::mutex mutex;
  std::condition_variable_any changed;
  std::deque<Taken> waiting;
  bool draining = false;
  bool ended = false;
  bool full = false;  // said so already

  EventSeries series;   // of the thread alone
  std::jthread thread;  // last: ends before what it uses

  void Run(const std::stop_token& stop);
  std::optional<Taken> Next(const std::stop_token& stop);
  bool IsDraining() {
    const std::lock_guard lock(mutex);
    return draining;
  }
  void Send(const EventSeries::Request& request, const std::stop_token& stop);
  void Send(const EventSeries::Update& update, const std::stop_token& stop);
  void Send(const EventSeries::Create& create, const std::stop_token& stop);
  ApiResult<json> Try(const std::function<ApiResult<json>()>& call, const std::stop_token& stop);
  void Sleep(const std::stop_token& stop);
};

// The next Event; nullopt when a minute has passed, or when it is time to end.
std::optional<EventRecorder::Impl::Taken> EventRecorder::Impl::Next(const std::stop_token& stop) {
  std::unique_lock lock(mutex);
  changed.wait_for(lock, stop, kLook, [&] { return draining || !waiting.empty(); });
  if (stop.stop_requested() || waiting.empty()) return std::nullopt;
  Taken taken = std::move(waiting.front());
  waiting.pop_front();
  // Not with each Event that makes room for one.
  if (waiting.size() < options.most_waiting / 2) full = false;
  return taken;
}

void EventRecorder::Impl::Run(const std::stop_token& stop) {
  Clock::time_point looked = Clock::now();
  while (!stop.stop_requested()) {
    if (const auto taken = Next(stop)) {
      Send(series.Record(taken->path, taken->object, Clock::now()), stop);
    } else if (IsDraining()) {
      break;
    }
    // Not with each Event: a fleet has thousands of series.
    if (Clock::now() - looked < kLook) continue;
    looked = Clock::now();
    for (const auto& update : series.Finish(looked)) Send(update, stop);
  }
  for (const auto& update : series.FinishAll()) Send(update, stop);
}

void EventRecorder::Impl::Send(const EventSeries::Request& request, const std::stop_token& stop) {
  if (const auto* create = std::get_if<EventSeries::Create>(&request)) Send(*create, stop);
  if (const auto* update = std::get_if<EventSeries::Update>(&request)) Send(*update, stop);
}

void EventRecorder::Impl::Send(const EventSeries::Update& update, const std::stop_token& stop) {
  const auto sent =
      Try([&] { return client.Patch(update.path, PatchType::kMerge, *update.patch, stop); }, stop);
  if (sent) return;
  // The server forgets Events after an hour.
  if (sent.error().error.code == ErrorCode::kNotFound) return Send(update.instead, stop);
  logger.Warning("event not counted", {{"error", sent.error().error.message}});
}

void EventRecorder::Impl::Send(const EventSeries::Create& create, const std::stop_token& stop) {
  const auto sent = Try([&] { return client.Create(create.path, *create.object, stop); }, stop);
  // A name that is taken is this very Event, whose answer was lost.
  if (sent || sent.error().error.code == ErrorCode::kConflict) return;
  if (IsNamespaceTerminating(sent.error())) return;
  const json& regarding = create.object->at("regarding");
  logger.Warning("event not posted", {{"schemaversion", regarding.value("namespace", "") + "/" +
                                                            regarding.value("name", "")},
                                      {"reason", create.object->value("reason", "")},
                                      {"error", sent.error().error.message}});
}

ApiResult<json> EventRecorder::Impl::Try(const std::function<ApiResult<json>()>& call,
                                         const std::stop_token& stop) {
  for (int tries = 1;; ++tries) {
    ApiResult<json> answer = call();
    const bool again = !answer && MayPass(answer.error()) && tries < options.tries;
    if (!again || stop.stop_requested() || IsDraining()) return answer;
    Sleep(stop);
  }
}

void EventRecorder::Impl::Sleep(const std::stop_token& stop) {
  std::unique_lock lock(mutex);
  changed.wait_for(lock, stop, options.pause, [&] { return draining; });
}

EventRecorder::EventRecorder(KubeClient& client, Logger logger, EventRecorderOptions options)
    : impl_(new Impl{.client = client, .logger = std::move(logger), .options = options}) {
  impl_->thread = std::jthread([impl = impl_.get()](const std::stop_token& stop) {
    impl->Run(stop);
    const std::lock_guard lock(impl->mutex);
    impl->ended = true;
    impl->changed.notify_all();
  });
}

EventRecorder::~EventRecorder() { Drain(); }

void EventRecorder::Record(const std::string& path, json object) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->draining) return;
    if (impl_->waiting.size() >= impl_->options.most_waiting) {
      if (!std::exchange(impl_->full, true)) {
        impl_->logger.Warning("events are dropped", {{"waiting", impl_->waiting.size()}});
      }
      return;
    }
    impl_->waiting.push_back({path, std::move(object)});
  }
  impl_->changed.notify_all();
}

void EventRecorder::Drain() {
  {
    std::unique_lock lock(impl_->mutex);
    impl_->draining = true;
    impl_->changed.notify_all();
    impl_->changed.wait_for(lock, impl_->options.parting, [&] { return impl_->ended; });
  }
  // A call that still waits for the server ends by this.
  impl_->thread.request_stop();
  if (impl_->thread.joinable()) impl_->thread.join();
}

}  // namespace schemaop
