#include "http_server.h"

#include <arpa/inet.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace schemaop::testing {
namespace {

// Enough for the watchers of one test; the library's own queue has eight threads.
constexpr std::size_t kServerThreads = 16;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

// A listener on a free port, which it returns.
std::pair<int, int> Listen(int backlog) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener, generic, size) != 0 || ::listen(listener, backlog) != 0 ||
      ::getsockname(listener, generic, &size) != 0) {
    throw std::runtime_error("cannot listen on 127.0.0.1");
  }
  return {listener, ntohs(address.sin_port)};
}

}  // namespace

HttpServer::HttpServer(Handler handler) : server_(std::make_unique<httplib::Server>()) {
  Start(std::move(handler), 0);
}

HttpServer::HttpServer(const Tls& tls, Handler handler, int port) : tls_(true) {
  server_ = std::make_unique<httplib::SSLServer>(
      tls.certificate.c_str(), tls.key.c_str(),
      tls.client_authority.empty() ? nullptr : tls.client_authority.c_str());
  Start(std::move(handler), port);
}

void HttpServer::Start(Handler handler, int port) {
  server_->new_task_queue = [] { return new httplib::ThreadPool(kServerThreads); };
  server_->set_tcp_nodelay(true);
  server_->set_keep_alive_max_count(1000000);
  server_->set_keep_alive_timeout(1);
  const auto shared = std::make_shared<Handler>(std::move(handler));
  const auto answer = [shared](const httplib::Request& request, httplib::Response& response) {
    (*shared)(request, response);
  };
  server_->Get(".*", answer).Post(".*", answer).Put(".*", answer).Patch(".*", answer);
  if (port != 0 && server_->bind_to_port("127.0.0.1", port)) {
    port_ = port;
  } else {
    port_ = server_->bind_to_any_port("127.0.0.1");
  }
  thread_ = std::jthread([this] { server_->listen_after_bind(); });
  while (!server_->is_running()) std::this_thread::yield();
}

HttpServer::~HttpServer() { server_->stop(); }

std::string HttpServer::Url(const std::string& host) const {
  return (tls_ ? "https://" : "http://") + host + ":" + std::to_string(port_);
}

SilentServer::SilentServer(std::string greeting, After after)
    : greeting_(std::move(greeting)), after_(after) {
  std::tie(listener_, port_) = Listen(16);
  thread_ = std::jthread([this] { Serve(); });
}

SilentServer::~SilentServer() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
  for (const int connection : held_) ::close(connection);
}

void SilentServer::Serve() {
  for (;;) {
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) return;
    ++connections_;
    // With the request read first, closing ends the connection rather than resetting it.
    char request[4096];
    if (!greeting_.empty() || after_ == After::kClose)
      (void)::recv(connection, request, sizeof request, 0);
    (void)::send(connection, greeting_.data(), greeting_.size(), MSG_NOSIGNAL);
    if (after_ == After::kClose) {
      ::close(connection);
      ++closed_;
    } else {
      held_.push_back(connection);
    }
  }
}

FullPort::FullPort() {
  std::tie(listener_, port_) = Listen(0);
  const sockaddr_in address = Loopback(port_);
  for (int i = 0; i < 4; ++i) {
    const int filler = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    ::connect(filler, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    fillers_.push_back(filler);
  }
}

FullPort::~FullPort() {
  for (const int filler : fillers_) ::close(filler);
  ::close(listener_);
}

}  // namespace schemaop::testing
