// TLS in front of an API server on loopback, whose certificates a test changes while it serves.
#pragma once

#include <atomic>
#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "relay/relay.h"

namespace schemaop::testing {

// Ends its clients' TLS and passes on what they say. One behind it that speaks TLS as well is not
// verified.
class TlsFront {
 public:
  struct Certificates {
    std::filesystem::path certificate;
    std::filesystem::path key;
    std::filesystem::path client_authority;  // who signs the certificates that clients must have
  };
  enum class Backend { kPlain, kTls };

  // Throws std::runtime_error when the certificates are unusable.
  TlsFront(int backend_port, Backend backend, const Certificates& certificates);
  ~TlsFront();
  TlsFront(const TlsFront&) = delete;
  TlsFront& operator=(const TlsFront&) = delete;

  std::string Url() const { return "https://127.0.0.1:" + std::to_string(listener_.port); }

  // Serves with these from now on, and ends every connection that was made with others.
  void Use(const Certificates& certificates);

  // Connections that were made, and handshakes that failed.
  int accepted() const { return accepted_; }
  int refused() const { return refused_; }

 private:
  struct Context;

  void Serve();
  void Talk(int client, std::shared_ptr<Context> context);
  void EndConnections();

  const int backend_port_;
  const Backend backend_;
  Listener listener_;
  std::mutex mutex_;
  std::shared_ptr<Context> context_;
  std::vector<int> open_;
  std::atomic<int> accepted_ = 0;
  std::atomic<int> refused_ = 0;
  std::list<std::jthread> talks_;
  std::jthread acceptor_;
};

}  // namespace schemaop::testing
