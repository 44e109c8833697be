// A list as the API server sends it, read item by item: a list of ten thousand objects as one JSON
// tree would take five times its text.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"

namespace schemaop {

struct ListHead {
  std::string resource_version;
  std::string continue_token;  // empty: this was the last page

  bool operator==(const ListHead&) const = default;
};

// Calls `on_item` with each element of "items" that is an object, in order. kUnavailable when
// `text` is not a list with a resourceVersion (it was cut, or comes from a proxy); some items may
// have been handed out by then.
Result<ListHead> ReadList(std::string_view text,
                          const std::function<void(const nlohmann::json& item)>& on_item);

}  // namespace schemaop
