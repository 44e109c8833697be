// Bytes of a watch to events: lines out of arbitrary pieces, and what one line means.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"

namespace schemaop {

// Cuts a byte stream into lines, however the pieces fall. Not thread-safe.
class LineSplitter {
 public:
  // A line longer than `max_line_bytes` is refused.
  explicit LineSplitter(std::size_t max_line_bytes) : max_line_bytes_(max_line_bytes) {}

  enum class Outcome { kMore, kEnded, kLineTooLong };

  // Feeds `piece`; calls `on_line` with each line that is complete now, without its LF or CRLF,
  // empty lines left out. kEnded as soon as `on_line` returns false; nothing may be fed after
  // kEnded or kLineTooLong.
  Outcome Feed(std::string_view piece, const std::function<bool(std::string_view line)>& on_line);

  // Whether bytes of an unfinished line are held: a stream that ends now was cut.
  bool HasPartialLine() const { return !partial_.empty(); }

 private:
  std::size_t max_line_bytes_;
  std::string partial_;
};

enum class WatchEventType { kAdded, kModified, kDeleted, kBookmark, kError, kUnknown };

struct WatchEvent {
  WatchEventType type = WatchEventType::kUnknown;
  std::string type_text;         // as sent, for the log
  std::string resource_version;  // object.metadata.resourceVersion; empty for kError
  std::shared_ptr<const nlohmann::json> object;  // never null; of kError a Status
};

// Reads one line of a watch. kUnavailable when it is not an event (the stream is damaged: watch
// again).
Result<WatchEvent> ParseWatchEvent(std::string_view line);

}  // namespace schemaop
