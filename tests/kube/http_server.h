// Servers for tests of the client: one that answers by a function, and ones that misbehave.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <httplib.h>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace schemaop::testing {

// Answers every request, whatever its method and path, by `handler`. Plain HTTP, or TLS when a
// certificate is given; with `client_authority` it requires client certificates.
class HttpServer {
 public:
  using Handler = std::function<void(const httplib::Request&, httplib::Response&)>;
  struct Tls {
    std::filesystem::path certificate;
    std::filesystem::path key;
    std::filesystem::path client_authority;
  };

  explicit HttpServer(Handler handler);
  // On `port`, or on a free one.
  HttpServer(const Tls& tls, Handler handler, int port = 0);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const { return port_; }
  std::string Url(const std::string& host = "127.0.0.1") const;

 private:
  void Start(Handler handler, int port);

  bool tls_ = false;
  std::unique_ptr<httplib::Server> server_;
  int port_ = 0;
  std::jthread thread_;
};

// Accepts connections, sends each `greeting` at once, and says nothing more until it ends; closes
// each connection behind the greeting when `close_after` is set.
class SilentServer {
 public:
  enum class After { kSilence, kClose };
  explicit SilentServer(std::string greeting = "", After after = After::kSilence);
  ~SilentServer();
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;

  int port() const { return port_; }
  int connections() const { return connections_; }
  int closed() const { return closed_; }

 private:
  void Serve();

  const std::string greeting_;
  const After after_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  std::atomic<int> closed_ = 0;
  std::vector<int> held_;
  std::jthread thread_;
};

// A port on which connecting neither succeeds nor fails: its queue of connections is full.
class FullPort {
 public:
  FullPort();
  ~FullPort();
  FullPort(const FullPort&) = delete;
  FullPort& operator=(const FullPort&) = delete;

  int port() const { return port_; }

 private:
  int listener_ = -1;
  int port_ = 0;
  std::vector<int> fillers_;
};

}  // namespace schemaop::testing
