// Watches: the changes of a collection as a stream of lines.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "tests/support/apiserver/representation.h"
#include "tests/support/apiserver/selectors.h"
#include "tests/support/apiserver/store.h"

namespace schemaop::devcluster {

struct WatchOptions {
  TypePtr type;
  std::string ns;
  Selector selector;
  Representation as;
  std::uint64_t version = 0;  // 0: begin with what is there
  bool bookmarks = false;
  bool initial_events = false;  // sendInitialEvents: a bookmark marks the end of what was there
  std::chrono::seconds timeout{0};
  std::chrono::milliseconds bookmark_interval{60'000};
};

// Used by one thread, the connection's. The store outlives it.
class WatchStream {
 public:
  using Clock = std::chrono::steady_clock;

  WatchStream(const Store& store, WatchOptions options);

  // The lines that are due, waiting up to `patience` for the first; "" when there are none yet and
  // nullopt when the watch is over.
  std::optional<std::string> Next(std::chrono::milliseconds patience);

 private:
  void Begin();
  void Collect();
  void Emit(const char* type, const Json& stored);
  void EmitBookmark(bool end_of_initial);
  void EmitError(const Json& status);
  Json Shown(const Json& object);

  const Store& store_;
  const WatchOptions options_;
  Clock::time_point deadline_;
  Clock::time_point next_bookmark_;
  std::uint64_t seen_ = 0;
  bool begun_ = false;
  bool columns_sent_ = false;
  bool over_ = false;
  std::string pending_;
};

}  // namespace schemaop::devcluster
