// The Kubernetes API over HTTP: requests, their errors, and streaming watches.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "kube/config.h"

namespace schemaop {

// What a server said when it did not say yes: metav1.Status, or HTTP when there was none.
struct ApiError {
  int http_status = 0;  // 0: no answer came (connection, timeout, cancelled)
  std::string reason;   // "NotFound", "Expired", "Conflict" ...; empty when not a Status
  std::optional<std::chrono::seconds> retry_after;
  Error error;  // code by status: 404 kNotFound, 409 kConflict, 401/403 kDenied, 422/400 kInvalid,
                // 429/5xx/no answer kUnavailable, cancelled kCancelled
};

template <typename T>
using ApiResult = tl::expected<T, ApiError>;

enum class PatchType { kMerge, kJson, kApply };

// Thread-safe; connections are pooled, one request each at a time. Every call ends soon after
// `stop` and by the client's deadline (30 s) at the latest. Paths start with "/api" or "/apis" and
// are percent-encoded already.
class KubeClient {
 public:
  static Result<std::unique_ptr<KubeClient>> Create(KubeConfig config);
  ~KubeClient();
  KubeClient(const KubeClient&) = delete;
  KubeClient& operator=(const KubeClient&) = delete;

  ApiResult<nlohmann::json> Get(const std::string& path, std::stop_token stop);
  ApiResult<nlohmann::json> Create(const std::string& path, const nlohmann::json& object,
                                   std::stop_token stop);
  ApiResult<nlohmann::json> Update(const std::string& path, const nlohmann::json& object,
                                   std::stop_token stop);
  ApiResult<nlohmann::json> Patch(const std::string& path, PatchType type,
                                  const nlohmann::json& patch, std::stop_token stop);

  // One watch request on a connection of its own: `on_line` gets each complete JSON line; returning
  // false ends the watch cleanly. Returns when the stream ends (success), breaks or is refused
  // (ApiError). `timeout` is the server's timeoutSeconds; the read deadline is derived from it.
  ApiResult<void> Watch(const std::string& path, std::chrono::seconds timeout,
                        const std::function<bool(std::string_view line)>& on_line,
                        std::stop_token stop);

 private:
  struct Impl;
  explicit KubeClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace schemaop
