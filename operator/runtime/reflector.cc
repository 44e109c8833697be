#include "runtime/reflector.h"

#include <condition_variable>
#include <malloc.h>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include <nlohmann/json.hpp>

#include "kube/list_reader.h"
#include "kube/watch_decoder.h"
#include "runtime/backoff.h"
#include "runtime/quiet_limit.h"

namespace schemaop {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// How a watch ended, and so what comes next.
enum class Next { kWatchAgain, kList };

// What happens after a watch, and how long to wait before.
struct Verdict {
  Next next = Next::kWatchAgain;
  bool failed = false;            // wait for the backoff first
  std::optional<ApiError> error;  // to be logged
};

ApiError Failed(Error error) {
  ApiError api_error;
  api_error.error = std::move(error);
  return api_error;
}

// The key of an object that cannot be parsed otherwise.
std::optional<ObjectKey> KeyOf(const nlohmann::json& object) {
  const auto metadata = object.find("metadata");
  if (metadata == object.end() || !metadata->is_object()) return std::nullopt;
  const auto text = [&](const char* name) {
    const auto member = metadata->find(name);
    return member != metadata->end() && member->is_string() ? member->get<std::string>()
                                                            : std::string();
  };
  ObjectKey key{text("namespace"), text("name")};
  if (key.name.empty()) return std::nullopt;
  return key;
}

}  // namespace

struct Reflector::Impl {
  KubeClient& client;
  const ReflectorOptions options;
  UntypedStore& store;
  const UntypedParse parse;
  const UntypedOnChange on_change;
  const Logger logger;

  // Of the running thread alone.
  std::mt19937_64 random{std::random_device{}()};
  Backoff backoff{options.backoff_first, options.backoff_most, options.backoff_reset, random()};
  std::string resource_version = "0";  // of the last list or event
  bool version_unavailable =
      false;  // the server cannot serve `resource_version`: list at its newest

  mutable std::mutex mutex;
  mutable std::condition_variable_any synced_changed;
  bool synced = false;
  Error last_error;

  std::string CollectionTarget(QueryParameters parameters) const;
  ApiResult<void> List(std::stop_token stop);
  ApiResult<ListHead> ReadPages(bool paged, std::stop_token stop, UntypedStore::Objects& objects);
  ApiResult<ListHead> ReadPage(QueryParameters parameters, std::stop_token stop,
                               UntypedStore::Objects& objects);
  void Publish(UntypedStore::Objects objects);

  void WatchUntilListIsNeeded(std::stop_token stop);
  Verdict WatchOnce(std::stop_token stop);
  Verdict AfterWatch(const ApiResult<void>& ended, Clock::duration lasted, int events) const;
  Verdict AfterError(const ApiError& error, bool at_once) const;
  std::optional<Verdict> OnEvent(const WatchEvent& event);
  void Upsert(const nlohmann::json& object);
  void Remove(const nlohmann::json& object);
  void Tell(const UntypedChange& change) const {
    if (on_change) on_change(change);
  }

  std::optional<ParsedObject> Parse(const nlohmann::json& object) const;
  void Pause(const ApiError& error, std::stop_token stop);
  milliseconds WaitAfter(const ApiError& error);
  void SetLastError(Error error);
  void Sleep(milliseconds wait, std::stop_token stop) const;
};

std::string Reflector::Impl::CollectionTarget(QueryParameters parameters) const {
  if (!options.field_selector.empty())
    parameters.emplace_back("fieldSelector", options.field_selector);
  return WithQuery(CollectionPath(options.resource, options.namespace_name), parameters);
}

std::optional<ParsedObject> Reflector::Impl::Parse(const nlohmann::json& object) const {
  Result<ParsedObject> parsed = parse(object);
  if (parsed) return *std::move(parsed);
  const auto key = KeyOf(object);
  logger.Error("object cannot be read and is left out",
               {{"resource", options.resource.plural},
                {"key", key ? ToString(*key) : std::string()},
                {"error", parsed.error().message}});
  return std::nullopt;
}

ApiResult<ListHead> Reflector::Impl::ReadPage(QueryParameters parameters, std::stop_token stop,
                                              UntypedStore::Objects& objects) {
  const auto text = client.GetText(CollectionTarget(std::move(parameters)), std::move(stop));
  if (!text) return tl::unexpected(text.error());
  auto head = ReadList(*text, [&](const nlohmann::json& item) {
    if (auto object = Parse(item)) objects.insert_or_assign(object->key, std::move(object->object));
  });
  if (!head)
    return tl::unexpected(Failed(WithContext(std::move(head).error(), options.resource.plural)));
  return *std::move(head);
}

ApiResult<ListHead> Reflector::Impl::ReadPages(bool paged, std::stop_token stop,
                                               UntypedStore::Objects& objects) {
  const std::string version = version_unavailable ? "" : resource_version;
  const std::string limit = std::to_string(options.page_size);
  QueryParameters first;
  // A limit would keep the server from answering a set version out of its cache.
  if (paged && (version.empty() || version == "0")) first.emplace_back("limit", limit);
  if (!version.empty()) first.emplace_back("resourceVersion", version);
  ApiResult<ListHead> head = ReadPage(std::move(first), stop, objects);
  // Later pages carry the token alone: the server refuses a resourceVersion beside it.
  while (head && !head->continue_token.empty()) {
    const std::string version_of_list = head->resource_version;
    head = ReadPage({{"limit", limit}, {"continue", head->continue_token}}, stop, objects);
    if (head) head->resource_version = version_of_list;
  }
  return head;
}

ApiResult<void> Reflector::Impl::List(std::stop_token stop) {
  UntypedStore::Objects objects;
  ApiResult<ListHead> head = ReadPages(/*paged=*/true, stop, objects);
  if (!head && (IsExpired(head.error()) || IsResourceVersionTooLarge(head.error()))) {
    // The version or a continue token is gone: everything at once, at the server's newest.
    version_unavailable = true;
    objects.clear();
    head = ReadPages(/*paged=*/false, stop, objects);
  }
  if (!head) return tl::unexpected(std::move(head).error());
  resource_version = head->resource_version;
  version_unavailable = false;
  Publish(std::move(objects));
  return {};
}

void Reflector::Impl::Publish(UntypedStore::Objects objects) {
  const std::vector<UntypedChange> changes =
      store.Replace(options.namespace_name, std::move(objects));
  bool first = false;
  {
    const std::lock_guard lock(mutex);
    first = !std::exchange(synced, true);
    last_error = {};
  }
  synced_changed.notify_all();
  for (const UntypedChange& change : changes) Tell(change);
  if (first) {
    // The text of the list is garbage by now; without this it stays with the process.
    ::malloc_trim(0);
    logger.Info("store is filled",
                {{"resource", options.resource.plural}, {"objects", changes.size()}});
  }
}

void Reflector::Impl::Upsert(const nlohmann::json& object) {
  if (auto parsed = Parse(object)) {
    Tell(store.Put(parsed->key, std::move(parsed->object)));
  } else {
    Remove(object);
  }
}

void Reflector::Impl::Remove(const nlohmann::json& object) {
  const auto key = KeyOf(object);
  if (!key) return;
  const UntypedChange change = store.Erase(*key);
  if (change.before) Tell(change);
}

// The verdict that ends the watch, if this event does.
std::optional<Verdict> Reflector::Impl::OnEvent(const WatchEvent& event) {
  switch (event.type) {
    case WatchEventType::kAdded:
    case WatchEventType::kModified:
      Upsert(*event.object);
      break;
    case WatchEventType::kDeleted:
      Remove(*event.object);
      break;
    case WatchEventType::kBookmark:
      break;
    case WatchEventType::kError:
      return AfterError(DecodeStatusObject(*event.object, "watch of " + options.resource.plural),
                        false);
    case WatchEventType::kUnknown:
      logger.Warning("unknown watch event is skipped",
                     {{"resource", options.resource.plural}, {"type", event.type_text}});
      return std::nullopt;
  }
  if (!event.resource_version.empty()) resource_version = event.resource_version;
  return std::nullopt;
}

Verdict Reflector::Impl::AfterError(const ApiError& error, bool at_once) const {
  if (IsExpired(error)) return {.next = Next::kList, .failed = at_once, .error = error};
  const bool lost = error.http_status == 0;
  const bool again = lost || error.http_status == 429 || error.http_status == 500;
  return {
      .next = again ? Next::kWatchAgain : Next::kList, .failed = !lost || at_once, .error = error};
}

Verdict Reflector::Impl::AfterWatch(const ApiResult<void>& ended, Clock::duration lasted,
                                    int events) const {
  // A server or proxy that ends every watch at once must not be asked in a hot loop.
  const bool at_once = lasted < options.short_watch && events == 0;
  if (!ended) return AfterError(ended.error(), at_once);
  if (!at_once) return {};
  return {.failed = true,
          .error = Failed({ErrorCode::kUnavailable, "watch of " + options.resource.plural +
                                                        " ended at once without an event"})};
}

Verdict Reflector::Impl::WatchOnce(std::stop_token stop) {
  const auto least = options.watch_timeout_least.count();
  const std::chrono::seconds timeout(
      std::uniform_int_distribution<std::int64_t>(least, 2 * least)(random));
  const std::string target =
      CollectionTarget({{"watch", "true"},
                        {"allowWatchBookmarks", "true"},
                        {"resourceVersion", resource_version},
                        {"timeoutSeconds", std::to_string(timeout.count())}});
  QuietLimit quiet(stop, options.quiet_limit);
  std::optional<Verdict> verdict;
  int events = 0;
  const Clock::time_point began = Clock::now();
  const auto on_line = [&](std::string_view line) {
    quiet.Heard();
    const Result<WatchEvent> event = ParseWatchEvent(line);
    if (!event) {
      verdict = Verdict{Next::kList, true, Failed(event.error())};
      return false;
    }
    if (event->type == WatchEventType::kBookmark) quiet.Arm();
    verdict = OnEvent(*event);
    if (!verdict && ++events == 1) SetLastError({});
    return !verdict.has_value();
  };
  const ApiResult<void> ended = client.Watch(target, timeout, on_line, quiet.token());
  if (verdict) {
    // An expired version right after a list would otherwise alternate with lists as fast as the
    // server answers.
    verdict->failed = verdict->failed || events == 0;
    return *std::move(verdict);
  }
  if (quiet.Expired()) {
    return {.error = Failed({ErrorCode::kUnavailable, "watch of " + options.resource.plural +
                                                          " went silent; opening it anew"})};
  }
  return AfterWatch(ended, Clock::now() - began, events);
}

void Reflector::Impl::WatchUntilListIsNeeded(std::stop_token stop) {
  while (!stop.stop_requested()) {
    const Verdict verdict = WatchOnce(stop);
    if (stop.stop_requested()) return;
    if (verdict.failed) {
      Pause(*verdict.error, stop);
    } else if (verdict.error) {
      logger.Debug("watch ended", {{"resource", options.resource.plural},
                                   {"error", verdict.error->error.message}});
    }
    if (verdict.next == Next::kList) return;
  }
}

// The server's word counts, then the kind of refusal, then the backoff.
milliseconds Reflector::Impl::WaitAfter(const ApiError& error) {
  if (error.retry_after) return *error.retry_after;
  if (error.http_status == 403 || error.http_status == 404) return options.refused_wait;
  return backoff.Next(Clock::now());
}

void Reflector::Impl::Pause(const ApiError& error, std::stop_token stop) {
  if (stop.stop_requested()) return;
  const milliseconds wait = WaitAfter(error);
  SetLastError(error.error);
  logger.Warning("cannot list or watch, trying again", {{"resource", options.resource.plural},
                                                        {"error", error.error.message},
                                                        {"retry_ms", wait.count()}});
  Sleep(wait, std::move(stop));
}

void Reflector::Impl::SetLastError(Error error) {
  const std::lock_guard lock(mutex);
  last_error = std::move(error);
}

void Reflector::Impl::Sleep(milliseconds wait, std::stop_token stop) const {
  std::mutex own;
  std::condition_variable_any never;
  std::unique_lock lock(own);
  never.wait_for(lock, std::move(stop), wait, [] { return false; });
}

Reflector::Reflector(KubeClient& client, ReflectorOptions options, UntypedStore& store,
                     UntypedParse parse, UntypedOnChange on_change, Logger logger)
    : impl_(new Impl{client, std::move(options), store, std::move(parse), std::move(on_change),
                     std::move(logger)}) {}

Reflector::~Reflector() = default;

void Reflector::Run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    if (const ApiResult<void> listed = impl_->List(stop); listed) {
      impl_->WatchUntilListIsNeeded(stop);
    } else {
      impl_->Pause(listed.error(), stop);
    }
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

Error Reflector::LastError() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->last_error;
}

}  // namespace schemaop
