#include "runtime/reflector.h"

#include <condition_variable>
#include <mutex>
#include <random>
#include <variant>

#include <nlohmann/json.hpp>

#include "base/time.h"
#include "kube/list_reader.h"
#include "kube/watch_decoder.h"
#include "runtime/quiet_limit.h"
#include "runtime/resident_memory.h"

namespace schemaop {
namespace {

using Clock = ListWatch::Clock;
using std::chrono::milliseconds;
using Next = ListWatch::Verdict::Next;

ApiError Failed(Error error) {
  ApiError api_error;
  api_error.error = std::move(error);
  return api_error;
}

}  // namespace

struct Reflector::Impl {
  KubeClient& client;
  const ReflectorOptions options;
  const Logger logger;

  // Of the running thread alone.
  StoreFeed feed;
  ListWatch steps{options, std::random_device{}()};

  mutable std::mutex mutex;
  mutable std::condition_variable_any synced_changed;
  bool synced = false;
  Error last_error;
  Clock::time_point turned = Clock::now();  // when a list or watch was begun last

  std::string CollectionTarget(QueryParameters parameters) const;
  ApiResult<ListHead> ReadPage(QueryParameters parameters, std::stop_token stop,
                               UntypedStore::Objects& objects);
  bool List(std::stop_token stop);
  void Publish(UntypedStore::Objects objects);

  void WatchUntilListIsNeeded(std::stop_token stop);
  ListWatch::Verdict WatchOnce(std::stop_token stop);
  bool OnLine(std::string_view line, QuietLimit& quiet);

  void Pause(const ApiError& error, milliseconds wait, std::stop_token stop);
  void SetLastError(Error error);
  void Turn();
};

std::string Reflector::Impl::CollectionTarget(QueryParameters parameters) const {
  if (!options.field_selector.empty())
    parameters.emplace_back("fieldSelector", options.field_selector);
  if (!options.label_selector.empty())
    parameters.emplace_back("labelSelector", options.label_selector);
  return WithQuery(CollectionPath(options.resource, options.namespace_name), parameters);
}

ApiResult<ListHead> Reflector::Impl::ReadPage(QueryParameters parameters, std::stop_token stop,
                                              UntypedStore::Objects& objects) {
  const auto text = client.GetList(CollectionTarget(std::move(parameters)), options.representation,
                                   std::move(stop));
  if (!text) return tl::unexpected(text.error());
  auto head = ReadList(*text, [&](const nlohmann::json& item) { feed.Collect(item, objects); });
  if (!head)
    return tl::unexpected(Failed(WithContext(std::move(head).error(), options.resource.plural)));
  return *std::move(head);
}

// Whether the store holds a new list; has waited otherwise.
bool Reflector::Impl::List(std::stop_token stop) {
  Turn();
  UntypedStore::Objects objects;
  ListWatch::AskPage ask = steps.BeginList();
  while (true) {
    if (ask.anew) objects.clear();
    // Of its own, so that the clock is read when it has come.
    const auto head = ReadPage(std::move(ask.parameters), stop, objects);
    auto next = steps.OnPage(head, Clock::now());
    if (auto* page = std::get_if<ListWatch::AskPage>(&next)) {
      ask = std::move(*page);
    } else if (const auto* failed = std::get_if<ListWatch::ListFailed>(&next)) {
      Pause(failed->error, failed->wait, std::move(stop));
      return false;
    } else {
      Publish(std::move(objects));
      return true;
    }
  }
}

void Reflector::Impl::Publish(UntypedStore::Objects objects) {
  const std::size_t keys = feed.Publish(std::move(objects));
  bool first = false;
  {
    const std::lock_guard lock(mutex);
    first = !std::exchange(synced, true);
    last_error = {};
  }
  synced_changed.notify_all();
  if (first) {
    // The text of the list is garbage by now; without this it stays with the process.
    ReturnUnusedMemory();
    logger.Info("store is filled", {{"resource", options.resource.plural}, {"objects", keys}});
  }
}

// Whether the watch goes on.
bool Reflector::Impl::OnLine(std::string_view line, QuietLimit& quiet) {
  quiet.Heard();
  const Result<WatchEvent> event = ParseWatchEvent(line);
  const ListWatch::OnEventDo what = steps.OnEvent(event);
  if (steps.bookmarks_come()) quiet.Arm();
  switch (what) {
    case ListWatch::OnEventDo::kPut:
      feed.Put(*event->object);
      break;
    case ListWatch::OnEventDo::kErase:
      feed.Erase(*event->object);
      break;
    case ListWatch::OnEventDo::kNothing:
      break;
    case ListWatch::OnEventDo::kWarn:
      logger.Warning("unknown watch event is skipped",
                     {{"resource", options.resource.plural}, {"type", event->type_text}});
      break;
    case ListWatch::OnEventDo::kEnd:
      return false;
  }
  if (steps.events() == 1) SetLastError({});
  return true;
}

ListWatch::Verdict Reflector::Impl::WatchOnce(std::stop_token stop) {
  Turn();
  QuietLimit quiet(stop, options.quiet_limit);
  if (steps.bookmarks_come()) quiet.Arm();
  const ListWatch::AskWatch ask = steps.BeginWatch(Clock::now());
  const ApiResult<void> ended = client.Watch(
      CollectionTarget(ask.parameters), options.representation, ask.timeout,
      [&](std::string_view line) { return OnLine(line, quiet); }, quiet.token());
  return steps.EndWatch({ended, quiet.Expired()}, Clock::now());
}

void Reflector::Impl::WatchUntilListIsNeeded(std::stop_token stop) {
  while (!stop.stop_requested()) {
    const ListWatch::Verdict verdict = WatchOnce(stop);
    if (stop.stop_requested()) return;
    if (verdict.wait) {
      Pause(*verdict.error, *verdict.wait, stop);
    } else if (verdict.error) {
      logger.Debug("watch ended", {{"resource", options.resource.plural},
                                   {"error", verdict.error->error.message}});
    }
    if (verdict.next == Next::kList) return;
  }
}

void Reflector::Impl::Pause(const ApiError& error, milliseconds wait, std::stop_token stop) {
  if (stop.stop_requested()) return;
  SetLastError(error.error);
  logger.Warning("cannot list or watch, trying again", {{"resource", options.resource.plural},
                                                        {"error", error.error.message},
                                                        {"retry_ms", wait.count()}});
  std::mutex own;
  std::condition_variable_any never;
  std::unique_lock lock(own);
  never.wait_for(lock, std::move(stop), wait, [] { return false; });
}

void Reflector::Impl::SetLastError(Error error) {
  const std::lock_guard lock(mutex);
  last_error = std::move(error);
}

void Reflector::Impl::Turn() {
  const std::lock_guard lock(mutex);
  turned = Clock::now();
}

Reflector::Reflector(KubeClient& client, ReflectorOptions options, UntypedStore& store,
                     UntypedParse parse, UntypedOnChange on_change, Logger logger)
    : impl_(new Impl{.client = client,
                     .options = options,
                     .logger = logger,
                     .feed = StoreFeed(store, options.resource.plural, options.namespace_name,
                                       std::move(parse), std::move(on_change), logger)}) {}

Reflector::~Reflector() = default;

void Reflector::Run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    if (impl_->List(stop)) impl_->WatchUntilListIsNeeded(stop);
  }
}

bool Reflector::HasSynced() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->synced;
}

bool Reflector::WaitUntilSynced(std::stop_token stop) const {
  std::unique_lock lock(impl_->mutex);
  return impl_->synced_changed.wait(lock, std::move(stop), [&] { return impl_->synced; });
}

Result<void> Reflector::CheckTurning(Clock::time_point now) const {
  // A list of many pages, a wait after it, and the rest of a watch.
  constexpr std::chrono::minutes kSlack(10);
  const auto longest = 2 * impl_->options.watch_timeout_least + kSlack;
  const std::lock_guard lock(impl_->mutex);
  if (now - impl_->turned <= longest) return {};
  return Fail(ErrorCode::kUnavailable,
              "the watch of " + impl_->options.resource.plural + " has not gone on for " +
                  FormatDuration(std::chrono::duration_cast<milliseconds>(now - impl_->turned)));
}

Error Reflector::LastError() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->last_error;
}

}  // namespace schemaop
