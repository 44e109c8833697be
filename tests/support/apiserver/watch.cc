#include "tests/support/apiserver/watch.h"

#include <algorithm>

#include <fmt/format.h>

#include "tests/support/apiserver/builtin_rules.h"

namespace schemaop::devcluster {
namespace {

// Like the real server, a bookmark is also sent shortly before the watch ends.
constexpr std::chrono::seconds kLastBookmark{2};

}  // namespace

WatchStream::WatchStream(const Store& store, WatchOptions options)
    : store_(store),
      options_(std::move(options)),
      deadline_(Clock::now() + options_.timeout),
      next_bookmark_(
          std::min(Clock::now() + options_.bookmark_interval, deadline_ - kLastBookmark)) {}

std::optional<std::string> WatchStream::Next(std::chrono::milliseconds patience) {
  if (!begun_) Begin();
  if (!over_) Collect();
  if (pending_.empty() && !over_) {
    const auto now = Clock::now();
    auto wake = std::min(now + patience, deadline_);
    if (options_.bookmarks) wake = std::min(wake, std::max(next_bookmark_, now));
    store_.WaitForChange(seen_, std::chrono::ceil<std::chrono::milliseconds>(wake - now));
    Collect();
  }
  if (options_.bookmarks && !over_ && Clock::now() >= next_bookmark_) EmitBookmark(false);
  if (pending_.empty() && (over_ || Clock::now() >= deadline_)) return std::nullopt;
  return std::exchange(pending_, {});
}

void WatchStream::Begin() {
  begun_ = true;
  seen_ = options_.version;
  if (options_.version != 0 && !options_.initial_events) return;
  const Snapshot now = store_.List(options_.type->storage, options_.ns);
  for (const auto& [key, object] : now.objects) {
    if (options_.selector.Matches(*object)) Emit("ADDED", *object);
  }
  seen_ = now.version;
  if (options_.initial_events) EmitBookmark(true);
}

void WatchStream::Collect() {
  const auto changes = store_.ChangesSince(seen_);
  if (!changes) {
    return EmitError(
        Expired(fmt::format("too old resource version: {} ({})", seen_, store_.Version()))
            .value()
            .ToJson());
  }
  for (const Change& change : *changes) {
    seen_ = change.version;
    if (change.key.storage != options_.type->storage) continue;
    if (!options_.ns.empty() && change.key.ns != options_.ns) continue;
    const bool was = change.before && options_.selector.Matches(*change.before);
    const bool is = change.after && options_.selector.Matches(*change.after);
    if (is) {
      Emit(was ? "MODIFIED" : "ADDED", *change.after);
    } else if (was) {
      // Left the selection: the old state under the version of the change, as the real server says
      // it.
      Json last = change.final_state ? *change.final_state : *change.before;
      last["metadata"]["resourceVersion"] = std::to_string(change.version);
      Emit("DELETED", last);
    }
  }
}

Json WatchStream::Shown(const Json& object) {
  Json shown = Show(*options_.type, object, options_.as);
  if (options_.as.shape == Shape::kTable) {
    // Only the first table carries the columns.
    if (columns_sent_) shown["columnDefinitions"] = nullptr;
    columns_sent_ = true;
  }
  return shown;
}

void WatchStream::Emit(const char* type, const Json& stored) {
  const Json line = {{"type", type}, {"object", Shown(FromStored(*options_.type, stored))}};
  pending_ += line.dump() + "\n";
}

void WatchStream::EmitBookmark(bool end_of_initial) {
  next_bookmark_ = Clock::now() + options_.bookmark_interval;
  Json object = {
      {"kind", options_.type->kind},
      {"apiVersion", options_.type->GroupVersion()},
      {"metadata", {{"resourceVersion", std::to_string(seen_)}, {"creationTimestamp", nullptr}}}};
  if (end_of_initial) object["metadata"]["annotations"] = {{"k8s.io/initial-events-end", "true"}};
  if (options_.as.shape == Shape::kTable) object["metadata"]["name"] = "";
  const Json line = {{"type", "BOOKMARK"}, {"object", Shown(object)}};
  pending_ += line.dump() + "\n";
}

void WatchStream::EmitError(const Json& status) {
  pending_ += Json({{"type", "ERROR"}, {"object", status}}).dump() + "\n";
  over_ = true;
}

}  // namespace schemaop::devcluster
