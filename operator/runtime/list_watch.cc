#include "runtime/list_watch.h"

#include <algorithm>
#include <utility>

namespace schemaop {
namespace {

using std::chrono::milliseconds;
using Next = ListWatch::Verdict::Next;

constexpr std::chrono::seconds kMostAskedFor{60};  // of what a Retry-After may ask for

ApiError Failed(Error error) {
  ApiError api_error;
  api_error.error = std::move(error);
  return api_error;
}

}  // namespace

ListWatch::ListWatch(ReflectorOptions options, std::uint64_t seed)
    : options_(std::move(options)),
      random_(seed),
      backoff_(options_.backoff_first, options_.backoff_most, options_.backoff_reset, random_()),
      page_size_(options_.page_size) {}

ListWatch::AskPage ListWatch::FirstPage(bool paged) const {
  // A server pages at its newest alone, not out of its cache.
  const std::string version = version_unavailable_ || too_large_ ? "" : resource_version_;
  AskPage ask;
  // A limit would keep the server from answering a set version out of its cache.
  if (paged && (version.empty() || version == "0")) {
    ask.parameters.emplace_back("limit", std::to_string(page_size_));
  }
  if (!version.empty()) ask.parameters.emplace_back("resourceVersion", version);
  ask.anew = true;
  return ask;
}

ListWatch::AskPage ListWatch::BeginList() {
  version_of_list_.clear();
  restarted_ = false;
  return FirstPage(/*paged=*/true);
}

ListWatch::AskPage ListWatch::SmallerPage() {
  too_large_ = true;
  page_size_ = std::max(1, page_size_ / 2);
  version_of_list_.clear();
  return FirstPage(/*paged=*/true);
}

std::variant<ListWatch::AskPage, ListWatch::Complete, ListWatch::ListFailed> ListWatch::OnPage(
    const ApiResult<ListHead>& page, Clock::time_point now) {
  if (!page) {
    if (page.error().too_large && (page_size_ > 1 || !too_large_)) return SmallerPage();
    const bool gone = IsExpired(page.error()) || IsResourceVersionTooLarge(page.error());
    if (!gone || restarted_)
      return ListFailed{Explained(page.error()), WaitAfter(page.error(), now)};
    // The version or a continue token is gone: everything at once, at the server's newest,
    // when that is not too much.
    version_unavailable_ = true;
    restarted_ = true;
    version_of_list_.clear();
    return FirstPage(/*paged=*/too_large_);
  }
  if (version_of_list_.empty()) version_of_list_ = page->resource_version;
  if (page->continue_token.empty()) {
    resource_version_ = version_of_list_;
    version_unavailable_ = false;
    return Complete{};
  }
  // Later pages carry the token alone: the server refuses a resourceVersion beside it.
  return AskPage{{{"limit", std::to_string(page_size_)}, {"continue", page->continue_token}},
                 false};
}

ListWatch::AskWatch ListWatch::BeginWatch(Clock::time_point now) {
  const auto least = options_.watch_timeout_least.count();
  const std::chrono::seconds timeout(
      std::uniform_int_distribution<std::int64_t>(least, 2 * least)(random_));
  watch_began_ = now;
  events_ = 0;
  ended_by_.reset();
  return {{{"watch", "true"},
           {"allowWatchBookmarks", "true"},
           {"resourceVersion", resource_version_},
           {"timeoutSeconds", std::to_string(timeout.count())}},
          timeout};
}

ListWatch::OnEventDo ListWatch::OnEvent(const Result<WatchEvent>& event) {
  if (!event) {
    ended_by_ = Judgement{Next::kList, true, Failed(event.error())};
    return OnEventDo::kEnd;
  }
  if (event->type == WatchEventType::kError) {
    ended_by_ = AfterError(
        DecodeStatusObject(*event->object, "watch of " + options_.resource.plural), false);
    return OnEventDo::kEnd;
  }
  ++events_;
  if (event->type == WatchEventType::kUnknown) return OnEventDo::kWarn;
  if (!event->resource_version.empty()) resource_version_ = event->resource_version;
  if (event->type == WatchEventType::kBookmark) {
    bookmarks_come_ = true;
    return OnEventDo::kNothing;
  }
  return event->type == WatchEventType::kDeleted ? OnEventDo::kErase : OnEventDo::kPut;
}

ListWatch::Judgement ListWatch::AfterError(const ApiError& error, bool at_once) const {
  if (IsExpired(error)) return {Next::kList, at_once, error};
  const bool lost = error.http_status == 0;
  const bool again = lost || error.http_status == 429 || error.http_status == 500;
  // Only a watch that had begun may be opened anew at once.
  return {again ? Next::kWatchAgain : Next::kList, !error.cut_off || at_once, error};
}

ListWatch::Judgement ListWatch::AfterStream(const ApiResult<void>& stream, bool at_once) const {
  if (!stream) return AfterError(stream.error(), at_once);
  if (!at_once) return {};
  return {Next::kWatchAgain, true,
          Failed({ErrorCode::kUnavailable,
                  "watch of " + options_.resource.plural + " ended at once without an event"})};
}

ListWatch::Judgement ListWatch::Judge(const WatchEnd& end, Clock::time_point now) {
  if (ended_by_) {
    // An expired version right after a list would otherwise alternate with lists as fast as the
    // server answers.
    ended_by_->failed = ended_by_->failed || events_ == 0;
    return *std::exchange(ended_by_, std::nullopt);
  }
  if (end.went_quiet) {
    return {Next::kWatchAgain, false,
            Failed({ErrorCode::kUnavailable,
                    "watch of " + options_.resource.plural + " went silent; opening it anew"})};
  }
  // A server or proxy that ends every watch at once must not be asked in a hot loop.
  return AfterStream(end.stream, now - watch_began_ < options_.short_watch && events_ == 0);
}

ListWatch::Verdict ListWatch::EndWatch(const WatchEnd& end, Clock::time_point now) {
  Judgement judgement = Judge(end, now);
  Verdict verdict{judgement.next, std::nullopt, std::move(judgement.error)};
  if (judgement.failed) verdict.wait = WaitAfter(*verdict.error, now);
  return verdict;
}

// An API server says 404 of a kind that it does not know: in plain text, when it does not know the
// group either.
ApiError ListWatch::Explained(ApiError error) const {
  if (error.http_status == 404 && !options_.resource.group.empty()) {
    error.error.message += "; is the CustomResourceDefinition " + options_.resource.plural + "." +
                           options_.resource.group + " installed?";
  }
  return error;
}

// The server may ask for a longer wait than the backoff, within reason, and never for a shorter
// one: a proxy that says "1" to everybody would be asked every second by all.
milliseconds ListWatch::WaitAfter(const ApiError& error, Clock::time_point now) {
  if (error.retry_after) {
    return std::max<milliseconds>(backoff_.Next(now), std::min(*error.retry_after, kMostAskedFor));
  }
  if (error.http_status == 403 || error.http_status == 404) return options_.refused_wait;
  return backoff_.Next(now);
}

}  // namespace schemaop
