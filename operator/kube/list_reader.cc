#include "kube/list_reader.h"

#include <nlohmann/json.hpp>

namespace schemaop {
namespace {

using nlohmann::json;

constexpr int kKeyDepth = 1;   // of the list's own members
constexpr int kItemDepth = 2;  // of the elements of "items"

std::string ListText(const json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_string() ? member->get<std::string>() : std::string();
}

}  // namespace

Result<ListHead> ReadList(std::string_view text,
                          const std::function<void(const json& item)>& on_item) {
  bool in_items = false;
  const json::parser_callback_t keep = [&](int depth, json::parse_event_t event, json& value) {
    if (event == json::parse_event_t::key && depth == kKeyDepth) in_items = value == "items";
    if (event != json::parse_event_t::object_end || depth != kItemDepth || !in_items) return true;
    on_item(value);
    return false;  // what was handed out is not kept
  };
  const json list = json::parse(text, keep, /*allow_exceptions=*/false);
  if (!list.is_object()) {
    return Fail(ErrorCode::kUnavailable,
                "the answer is not a JSON list; it was cut or comes from a proxy");
  }
  const auto metadata = list.find("metadata");
  if (!list.contains("items") || metadata == list.end() || !metadata->is_object()) {
    return Fail(ErrorCode::kUnavailable, "the answer is not a list: it has no items or metadata");
  }
  ListHead head{ListText(*metadata, "resourceVersion"), ListText(*metadata, "continue")};
  if (head.resource_version.empty()) {
    return Fail(ErrorCode::kUnavailable, "the list has no metadata.resourceVersion");
  }
  return head;
}

}  // namespace schemaop
