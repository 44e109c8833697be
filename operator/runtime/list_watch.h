// What a reflector asks next and what it makes of the answers (client-go's reflector): decisions
// without effects.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <variant>

#include "kube/api_error.h"
#include "kube/list_reader.h"
#include "kube/paths.h"
#include "kube/watch_decoder.h"
#include "runtime/backoff.h"

namespace schemaop {

// Which objects, and the paces of client-go's reflector. Tests shorten the paces.
struct ReflectorOptions {
  ApiResource resource;
  std::string namespace_name;  // empty: all namespaces
  std::string field_selector;  // "metadata.name=x"; empty: none
  std::string label_selector;  // "team=a,tier!=test"; empty: none
  Representation representation = Representation::kObject;
  int page_size = 500;
  std::chrono::milliseconds backoff_first{800};  // doubles up to backoff_most; each wait is [d, 2d)
  std::chrono::milliseconds backoff_most{30000};
  std::chrono::milliseconds backoff_reset{
      120000};  // a watch healthy for this long resets the backoff
  std::chrono::milliseconds refused_wait{60000};  // after 403, or 404 of the whole kind
  std::chrono::seconds watch_timeout_least{300};  // timeoutSeconds is random in [least, 2 * least]
  std::chrono::milliseconds short_watch{
      1000};  // a watch that ends sooner without an event is an error
  std::chrono::milliseconds quiet_limit{
      180000};  // no byte for so long although bookmarks come: dead
};

// Alternates: lists (BeginList, then OnPage for each answer until it is complete), then watches
// (BeginWatch, OnEvent for each line, EndWatch) until a list is needed again. Not thread-safe.
class ListWatch {
 public:
  using Clock = std::chrono::steady_clock;

  // `seed` is that of the waits and timeouts.
  ListWatch(ReflectorOptions options, std::uint64_t seed);

  // Asks for a page of the list. `anew`: what earlier pages held is void.
  struct AskPage {
    QueryParameters parameters;
    bool anew = false;
  };
  // Every page has come: their objects are what there is.
  struct Complete {};
  // To be tried again after `wait`.
  struct ListFailed {
    ApiError error;
    std::chrono::milliseconds wait{};
  };

  // The first page to ask for.
  AskPage BeginList();
  // After a page was read, or not.
  std::variant<AskPage, Complete, ListFailed> OnPage(const ApiResult<ListHead>& page,
                                                     Clock::time_point now);

  // Asks for a watch from the version of the last list or event on.
  struct AskWatch {
    QueryParameters parameters;
    std::chrono::seconds timeout{};  // after which the server ends it, as `parameters` say
  };
  // The watch to open at `now`. REQUIRES: a list was complete.
  AskWatch BeginWatch(Clock::time_point now);

  // What an event of the watch asks for.
  enum class OnEventDo {
    kPut,    // the object is there, or new
    kErase,  // the object is gone
    kNothing,
    kWarn,  // nothing; an event of a type nobody knows
    kEnd,   // the watch is of no use any more
  };
  OnEventDo OnEvent(const Result<WatchEvent>& event);

  // Why a watch ended.
  struct WatchEnd {
    ApiResult<void> stream;   // how the stream ended, when nothing else ended it
    bool went_quiet = false;  // nothing was heard for too long
  };
  // What comes next, and how long to wait before (nothing: at once).
  struct Verdict {
    enum class Next { kWatchAgain, kList } next = Next::kWatchAgain;
    std::optional<std::chrono::milliseconds> wait;
    std::optional<ApiError> error;  // to be logged
  };
  Verdict EndWatch(const WatchEnd& end, Clock::time_point now);

  // Whether the server has ever sent a bookmark: a watch that brings nothing is dead then.
  bool bookmarks_come() const { return bookmarks_come_; }
  // Events the current watch has brought.
  int events() const { return events_; }
  const ReflectorOptions& options() const { return options_; }

 private:
  struct Judgement {
    Verdict::Next next = Verdict::Next::kWatchAgain;
    bool failed = false;  // wait for the backoff first
    std::optional<ApiError> error;
  };

  AskPage FirstPage(bool paged) const;
  AskPage SmallerPage();
  ApiError Explained(ApiError error) const;
  std::chrono::milliseconds WaitAfter(const ApiError& error, Clock::time_point now);
  Judgement AfterError(const ApiError& error, bool at_once) const;
  Judgement AfterStream(const ApiResult<void>& stream, bool at_once) const;
  Judgement Judge(const WatchEnd& end, Clock::time_point now);

  const ReflectorOptions options_;
  std::mt19937_64 random_;
  Backoff backoff_;
  std::string resource_version_ = "0";  // of the last list or event
  bool version_unavailable_ = false;    // the server cannot serve it: list at its newest
  int page_size_ = 0;                   // halved for pages that were too large
  bool too_large_ = false;              // a list was: no list without a limit any more
  std::string version_of_list_;         // that of the first page
  bool restarted_ = false;              // this list was begun anew already
  Clock::time_point watch_began_;
  int events_ = 0;
  bool bookmarks_come_ = false;
  std::optional<Judgement> ended_by_;  // what an event made of the watch
};

}  // namespace schemaop
