// What an API server said when it did not say yes.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>
#include <tl/expected.hpp>

#include "base/error.h"

namespace schemaop {

// metav1.Status, or HTTP when there was none.
struct ApiError {
  int http_status = 0;  // 0: no answer came (connection, timeout, cancelled)
  std::string reason;   // "NotFound", "Expired", "Conflict" ...; empty when not a Status
  std::vector<std::string>
      causes;  // details.causes[].reason: "ResourceVersionTooLarge", "NamespaceTerminating"
  std::optional<std::chrono::seconds> retry_after;  // at most a day
  bool cut_off = false;    // a watch had begun before it broke, so that http_status 0 is no refusal
  bool too_large = false;  // an answer came and was larger than KubeClientOptions allows
  // The code of a Status: 404 kNotFound, 409 kConflict, 401/403 kDenied, 400/410/422 kInvalid,
  // 429/5xx kUnavailable, other 4xx kRejected. Of another answer, which may be a proxy's: 401/403
  // kDenied, else kUnavailable. Of none: kUnavailable, cancelled kCancelled.
  Error error;
};

template <typename T>
using ApiResult = tl::expected<T, ApiError>;

// 410, or a Status that says Expired or Gone: the resourceVersion or continue token is too old,
// list again.
bool IsExpired(const ApiError& error);

// The server does not know the asked resourceVersion yet (it was restored or switched): list at its
// newest.
bool IsResourceVersionTooLarge(const ApiError& error);

// A namespace that is being deleted takes nothing new (Forbidden with the cause
// NamespaceTerminating): who wanted to create something in it stops quietly.
bool IsNamespaceTerminating(const ApiError& error);

// The error an answer of `http_status` with `body` means. A body that is no Status (a proxy's page)
// is quoted in part. `retry_after` is the header's value, empty when absent;
// details.retryAfterSeconds stands in for it. `request` ("GET /apis/...") begins the message.
ApiError DecodeApiError(int http_status, std::string_view body, std::string_view retry_after,
                        std::string_view request);

// The same from a Status object that came inside a watch (event type ERROR).
ApiError DecodeStatusObject(const nlohmann::json& status, std::string_view request);

// The error of a request that got no answer.
ApiError NoAnswer(Error error, std::string_view request);

}  // namespace schemaop
