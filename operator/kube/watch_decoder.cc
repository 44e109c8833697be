#include "kube/watch_decoder.h"

#include <array>
#include <utility>

#include <nlohmann/json.hpp>

namespace schemaop {
namespace {

using nlohmann::json;

WatchEventType TypeOf(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, WatchEventType>, 5> kTypes{{
      {"ADDED", WatchEventType::kAdded},
      {"MODIFIED", WatchEventType::kModified},
      {"DELETED", WatchEventType::kDeleted},
      {"BOOKMARK", WatchEventType::kBookmark},
      {"ERROR", WatchEventType::kError},
  }};
  for (const auto& [name, type] : kTypes) {
    if (text == name) return type;
  }
  return WatchEventType::kUnknown;
}

std::string_view WithoutCarriageReturn(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string ResourceVersionOf(const json& object) {
  const auto metadata = object.find("metadata");
  if (metadata == object.end() || !metadata->is_object()) return {};
  const auto version = metadata->find("resourceVersion");
  if (version == metadata->end() || !version->is_string()) return {};
  return version->get<std::string>();
}

}  // namespace

LineSplitter::Outcome LineSplitter::Feed(
    std::string_view piece, const std::function<bool(std::string_view line)>& on_line) {
  while (!piece.empty()) {
    const std::size_t end = piece.find('\n');
    const std::string_view part = piece.substr(0, end);
    if (partial_.size() + part.size() > max_line_bytes_) return Outcome::kLineTooLong;
    if (end == std::string_view::npos) {
      partial_ += part;
      return Outcome::kMore;
    }
    // A line within one piece, the usual case, is handed on without a copy.
    std::string held;
    std::string_view line = part;
    if (!partial_.empty()) {
      held = std::exchange(partial_, {});
      held += part;
      line = held;
    }
    piece.remove_prefix(end + 1);
    line = WithoutCarriageReturn(line);
    if (!line.empty() && !on_line(line)) return Outcome::kEnded;
  }
  return Outcome::kMore;
}

Result<WatchEvent> ParseWatchEvent(std::string_view line) {
  json document = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) {
    return Fail(ErrorCode::kUnavailable, "the watch sent a line that is not a JSON object");
  }
  const auto type = document.find("type");
  const auto object = document.find("object");
  if (type == document.end() || !type->is_string() || object == document.end() ||
      !object->is_object()) {
    return Fail(ErrorCode::kUnavailable, "the watch sent an event without \"type\" or \"object\"");
  }
  WatchEvent event;
  event.type_text = type->get<std::string>();
  event.type = TypeOf(event.type_text);
  if (event.type != WatchEventType::kError) event.resource_version = ResourceVersionOf(*object);
  event.object = std::make_shared<const json>(std::move(*object));
  return event;
}

}  // namespace schemaop
