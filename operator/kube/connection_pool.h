// Connections to one API server, kept open and handed out one request at a time.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "base/error.h"
#include "kube/connection.h"

namespace schemaop {

// Thread-safe. Connections made with certificate authorities that have been rotated since are not
// used again.
class ConnectionPool {
 public:
  // `ca_file`, when not empty, is read again every five minutes (client-go's period); its content
  // replaces the authorities of `tls`.
  ConnectionPool(Endpoint endpoint, TlsSettings tls, std::filesystem::path ca_file,
                 ConnectionTimeouts timeouts);

  // An idle connection whose other side is still there, or a new one.
  Result<std::unique_ptr<Connection>> Take();

  // Gives back a connection whose last answer was read to its end.
  void GiveBack(std::unique_ptr<Connection> connection);

  // A connection of one's own, with another limit of silence.
  Result<std::unique_ptr<Connection>> Make(std::chrono::milliseconds read_timeout);

  // Drops what is idle: after a lost connection its neighbours are suspect.
  void Clear();

  const Endpoint& endpoint() const { return endpoint_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Idle {
    std::unique_ptr<Connection> connection;
    Clock::time_point since;
  };

  void RereadAuthorities(Clock::time_point now);  // REQUIRES: mutex_ held
  std::unique_ptr<Connection> TakeIdle();

  const Endpoint endpoint_;
  const std::filesystem::path ca_file_;
  const ConnectionTimeouts timeouts_;
  std::mutex mutex_;
  TlsSettings tls_;
  Clock::time_point ca_read_at_;
  std::vector<Idle> idle_;
};

}  // namespace schemaop
