#include <algorithm>

#include <fmt/format.h>

#include "kube/config.h"
#include "kube/paths.h"

namespace schemaop {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

bool FitsHeader(const std::string& value) {
  return !value.empty() && std::all_of(value.begin(), value.end(),
                                       [](unsigned char c) { return c >= ' ' && c != 0x7f; });
}

}  // namespace

Result<Headers> ImpersonationHeaders(const Impersonation& who) {
  Headers headers;
  if (!who.user.empty()) headers.emplace_back("Impersonate-User", who.user);
  if (!who.uid.empty()) headers.emplace_back("Impersonate-Uid", who.uid);
  for (const std::string& group : who.groups) headers.emplace_back("Impersonate-Group", group);
  for (const auto& [key, values] : who.extra) {
    // Keys are case-insensitive and may hold what a header's name may not.
    for (const std::string& value : values) {
      headers.emplace_back("Impersonate-Extra-" + PercentEncode(key), value);
    }
  }
  if (who.user.empty() && !headers.empty()) {
    return Fail(ErrorCode::kInvalid,
                "impersonation of a group, a uid or more wants a user to impersonate (--as)");
  }
  for (const auto& [name, value] : headers) {
    if (!FitsHeader(value)) {
      return Fail(ErrorCode::kInvalid,
                  fmt::format("{}: it is empty or holds control characters", name));
    }
  }
  return headers;
}

}  // namespace schemaop
