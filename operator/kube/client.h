// The Kubernetes API over HTTP: requests, their errors, and streaming watches.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "base/logger.h"
#include "kube/api_error.h"
#include "kube/config.h"
#include "kube/paths.h"

namespace schemaop {

enum class PatchType { kMerge, kJson, kApply };

// One attempt of one request, for metrics. A watch counts when its response head has come or it
// failed before.
struct RequestOutcome {
  std::string_view method;          // "GET", "PATCH", ...
  std::string_view host;            // "10.96.0.1:443"
  int http_status = 0;              // 0: no answer
  std::chrono::nanoseconds took{};  // to the end of the answer; of a watch, to its head
  int attempt = 0;                  // 0 for the first, counts retries of the same call
};

struct KubeClientOptions {
  // The hard end of one call, its retries included; of a watch, of the wait for its begin. A lease
  // wants less.
  std::chrono::milliseconds deadline{30000};
  // The largest answer to a Get, Create, Update or Patch: one object; etcd stores at most 1.5 MiB.
  std::size_t max_object_bytes = std::size_t{8} << 20U;
  // The largest answer to a list: some twenty thousand objects. A server that answers out of its
  // cache (resourceVersion=0) sends all there are, whatever the limit.
  std::size_t max_list_bytes = std::size_t{64} << 20U;
  // The longest line of a watch: one object; etcd stores at most 1.5 MiB.
  std::size_t max_watch_line_bytes = std::size_t{8} << 20U;
  // Priority and fairness and audit logs key on it; see UserAgent.
  std::string user_agent = "schema-operator";
  // Asked before every attempt to write; an error refuses it and is the call's. Empty: always. For
  // programs of which one at a time may write. Called from the calling thread.
  std::function<Result<void>()> may_write;
  // Called after each attempt, from the calling thread; must not call the client. May be empty.
  std::function<void(const RequestOutcome&)> on_request;
  // Where the server's warnings and the audit numbers of refused calls go; empty: nowhere.
  std::optional<Logger> logger;
};

// "schema-operator/0.1.0 (linux/amd64)", as client-go writes it.
std::string UserAgent(std::string_view program, std::string_view version);

// Thread-safe; connections are pooled, one request each at a time. Every call ends soon after
// `stop`, and every one but a watch by the deadline at the latest. Paths start with "/api" or
// "/apis" and are percent-encoded already (kube/paths.h). Retries are client-go's: 429 and 5xx only
// when the server said Retry-After, a lost connection only for Get, a 401 once with the credential
// made anew, a failed handshake once when certificates have been rotated. Token and certificate
// files may be rotated while it runs: tokens are read again every minute and on a 401, certificates
// every five minutes and when a handshake fails. Servers are reached through the proxy that the
// kubeconfig or the environment names; it never sees a token. The process must ignore SIGPIPE
// (OpenSSL writes to sockets the other side has closed).
class KubeClient {
 public:
  // kInvalid when the server's URL, the proxy or the certificates are unusable; nothing is sent
  // yet.
  static Result<std::unique_ptr<KubeClient>> Create(KubeConfig config,
                                                    KubeClientOptions options = {});
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

  // A page of a list as the server's bytes, which are better read item by item. One that is too
  // large is an error with ApiError::too_large.
  ApiResult<std::string> GetList(const std::string& path, Representation representation,
                                 std::stop_token stop);

  // One watch request on a connection of its own: `on_line` gets each complete JSON line; returning
  // false ends the watch cleanly. Returns when the stream ends (success), breaks or is refused
  // (ApiError), or has not begun by the deadline. `path` carries watch=true and timeoutSeconds;
  // `timeout` is that number, and silence 30 s beyond it breaks the watch.
  ApiResult<void> Watch(const std::string& path, Representation representation,
                        std::chrono::seconds timeout,
                        const std::function<bool(std::string_view line)>& on_line,
                        std::stop_token stop);

 private:
  struct Impl;
  explicit KubeClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace schemaop
