// Connections to one API server, kept open and handed out one request at a time.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/error.h"
#include "kube/connection.h"

namespace schemaop {

// What may be rotated while we run; an empty path: it may not.
struct CredentialFiles {
  std::filesystem::path ca;
  std::filesystem::path client_certificate;
  std::filesystem::path client_key;
};

// Thread-safe. Connections made with certificates that have been rotated since are not used again;
// a watch keeps its own until it ends.
class ConnectionPool {
 public:
  // `files` are read again every five minutes (client-go's period) and when Reread says so; their
  // content replaces what is in `tls`.
  ConnectionPool(Route route, TlsSettings tls, CredentialFiles files, ConnectionTimeouts timeouts);

  // An idle connection whose other side is still there, or a new one.
  Result<std::unique_ptr<Connection>> Take();

  // Gives back a connection whose last answer was read to its end.
  void GiveBack(std::unique_ptr<Connection> connection);

  // A connection of one's own, with another limit of silence.
  Result<std::unique_ptr<Connection>> Make(std::chrono::milliseconds read_timeout);

  // Drops what is idle: after a lost connection its neighbours are suspect.
  void Clear();

  // Reads the files now, because a connection of `epoch` failed in its handshake or was lost, as
  // TLS 1.3 reports a certificate of ours that is refused; whether anything has changed since that
  // connection was made.
  bool Reread(int epoch);

  // Presents this client certificate from now on; kInvalid when it is unusable.
  Result<void> Present(const std::string& certificate, const std::string& key);

  const Endpoint& endpoint() const { return route_.endpoint; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Idle {
    std::unique_ptr<Connection> connection;
    Clock::time_point since;
  };

  // Whether there was anything new. REQUIRES: mutex_ held.
  bool ReadFiles(Clock::time_point now);
  void Use(TlsSettings settings);  // REQUIRES: mutex_ held
  std::unique_ptr<Connection> TakeIdle();

  const Route route_;
  const CredentialFiles files_;
  const ConnectionTimeouts timeouts_;
  std::mutex mutex_;
  TlsSettings tls_;
  Clock::time_point read_at_;
  std::vector<Idle> idle_;
  int epoch_ = 0;  // of tls_; counts its changes
};

}  // namespace schemaop
