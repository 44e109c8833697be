// The HTTP server for kubelet and Prometheus: /healthz, /readyz and /metrics, GET and HEAD only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"

namespace schemaop {

// A question a probe asks; an error's message is shown to whoever asks, so it holds no secret.
// Called from the server's threads; must be quick.
struct HealthCheck {
  std::string name;  // "cache"
  std::function<Result<void>()> check;
};

struct HealthServerOptions {
  std::string address = ":8081";   // HOST:PORT, [IPV6]:PORT, or :PORT for every address of the
                                   // machine; port 0: any free one
  std::vector<HealthCheck> live;   // /healthz: the process is not stuck
  std::vector<HealthCheck> ready;  // /readyz: the caches are filled
  std::function<std::string()> metrics;  // /metrics: Prometheus's text format
};

// Serves from construction to destruction on threads of its own.
class HealthServer {
 public:
  // kInvalid for an unusable address, kUnavailable when the port cannot be bound.
  static Result<std::unique_ptr<HealthServer>> Start(HealthServerOptions options);
  ~HealthServer();
  HealthServer(const HealthServer&) = delete;
  HealthServer& operator=(const HealthServer&) = delete;

  int port() const;

 private:
  struct Impl;
  explicit HealthServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace schemaop
