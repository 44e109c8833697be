#include "runtime/health.h"

#include <charconv>
#include <condition_variable>
#include <deque>
#include <httplib.h>
#include <mutex>
#include <netinet/in.h>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <utility>

#include <fmt/format.h>

namespace schemaop {
namespace {

constexpr std::size_t kMostThreads = 64;
constexpr int kKeepAliveSeconds = 2;
constexpr int kKeepAliveRequests = 20;
constexpr int kReadTimeoutSeconds = 5;
constexpr std::size_t kMostPayloadBytes = 1024;
constexpr const char* kPlainText = "text/plain; charset=utf-8";
constexpr const char* kPrometheusText = "text/plain; version=0.0.4; charset=utf-8";

struct HostPort {
  std::string host;  // empty: every address of this machine
  int port = 0;
};

Result<HostPort> ParseAddress(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  HostPort parsed;
  bool usable = colon != std::string::npos;
  if (usable) {
    const std::string_view port = std::string_view(address).substr(colon + 1);
    const auto [at, error] = std::from_chars(port.data(), port.data() + port.size(), parsed.port);
    usable = error == std::errc() && at == port.data() + port.size() && parsed.port >= 0 &&
             parsed.port <= 65535;
    parsed.host = address.substr(0, colon);
    if (parsed.host.starts_with('[') && parsed.host.ends_with(']')) {
      parsed.host = parsed.host.substr(1, parsed.host.size() - 2);
      usable = usable && !parsed.host.empty();
    } else if (parsed.host.find(':') != std::string::npos) {
      usable = false;
    }
  }
  if (!usable) {
    return Fail(ErrorCode::kInvalid,
                fmt::format("health address \"{}\" is unusable; write HOST:PORT, [IPV6]:PORT, or "
                            ":PORT for every address",
                            address));
  }
  return parsed;
}

// Where to listen, the first that can be had: "::" takes IPv4's connections as well, and is not
// there when the kernel has no IPv6.
std::vector<std::string> HostsOf(const HostPort& address) {
  if (address.host.empty()) return {"::", "0.0.0.0"};
  return {address.host};
}

// "[+]cache ok" per check, as the API server's own probes answer.
void Answer(const std::vector<HealthCheck>& checks, httplib::Response& response) {
  std::string text;
  bool healthy = true;
  for (const HealthCheck& check : checks) {
    const Result<void> result = check.check();
    healthy = healthy && result.has_value();
    text += result ? fmt::format("[+]{} ok\n", check.name)
                   : fmt::format("[-]{} failed: {}\n", check.name, result.error().message);
  }
  response.status = healthy ? 200 : 503;
  response.set_content(text + (healthy ? "ok\n" : "failed\n"), kPlainText);
}

// A thread for each connection that is open at the same time, up to a limit, kept for later ones: a
// few slow clients must not keep kubelet from its answer. The library's pool does not grow.
class ConnectionThreads final : public httplib::TaskQueue {
 public:
  void enqueue(std::function<void()> serve) override {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(serve));
      if (waiting_.size() > idle_ && threads_.size() < kMostThreads) {
        threads_.emplace_back([this] { Serve(); });
      }
    }
    changed_.notify_one();
  }

  // Called by the thread that enqueues.
  void shutdown() override {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
    threads_.clear();
  }

 private:
  void Serve() {
    std::unique_lock lock(mutex_);
    while (true) {
      ++idle_;
      changed_.wait(lock, [this] { return over_ || !waiting_.empty(); });
      --idle_;
      if (waiting_.empty()) return;
      const std::function<void()> serve = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      serve();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  std::size_t idle_ = 0;
  bool over_ = false;
  std::vector<std::jthread> threads_;  // last: they end before what they use
};

// The library's own let a second process listen at the same port and take half the connections.
void SetSocketOptions(int socket) {
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  // Whatever net.ipv6.bindv6only says; refused for a socket of IPv4.
  const int no = 0;
  ::setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
}

}  // namespace

struct HealthServer::Impl {
  HealthServerOptions options;
  httplib::Server server;
  int port = 0;
  std::jthread thread;

  void Configure();
  bool Bind(const std::string& host, int wanted) {
    if (wanted == 0) {
      port = server.bind_to_any_port(host);
    } else if (server.bind_to_port(host, wanted)) {
      port = wanted;
    }
    return port > 0;
  }
  void Route(const httplib::Request& request, httplib::Response& response) const;
};

void HealthServer::Impl::Route(const httplib::Request& request, httplib::Response& response) const {
  if (request.path == "/healthz") return Answer(options.live, response);
  if (request.path == "/readyz") return Answer(options.ready, response);
  if (request.path == "/metrics" && options.metrics) {
    return response.set_content(options.metrics(), kPrometheusText);
  }
  response.status = 404;
  response.set_content("not found\n", kPlainText);
}

void HealthServer::Impl::Configure() {
  server.new_task_queue = [] { return new ConnectionThreads; };
  server.set_socket_options(SetSocketOptions);
  server.set_tcp_nodelay(true);
  server.set_keep_alive_timeout(kKeepAliveSeconds);
  server.set_keep_alive_max_count(kKeepAliveRequests);
  server.set_read_timeout(kReadTimeoutSeconds);
  server.set_payload_max_length(kMostPayloadBytes);
  // Everything is answered here, before a body is read (the library holds a chunked one of any size
  // in memory) and without its routes, which are recursive regular expressions.
  server.set_pre_routing_handler(
      [this](const httplib::Request& request, httplib::Response& response) {
        if (request.method == "GET" || request.method == "HEAD") {
          Route(request, response);
        } else {
          response.status = 405;
          response.set_header("Allow", "GET, HEAD");
          // What follows of the request has not been read: nothing more can come on this
          // connection.
          response.set_header("Connection", "close");
          response.set_content("method not allowed\n", kPlainText);
        }
        return httplib::Server::HandlerResponse::Handled;
      });
  // The library's own answer shows the exception's text to whoever asks.
  server.set_exception_handler(
      [](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
        response.status = 500;
        response.set_content("internal error\n", kPlainText);
      });
}

HealthServer::HealthServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HealthServer::~HealthServer() { impl_->server.stop(); }

Result<std::unique_ptr<HealthServer>> HealthServer::Start(HealthServerOptions options) {
  const Result<HostPort> address = ParseAddress(options.address);
  if (!address) return Fail(address.error());
  auto impl = std::make_unique<Impl>();
  impl->options = std::move(options);
  impl->Configure();
  for (const std::string& host : HostsOf(*address)) {
    if (impl->Bind(host, address->port)) break;
  }
  if (impl->port <= 0) {
    return Fail(
        ErrorCode::kUnavailable,
        fmt::format("health address {} cannot be bound; check that nothing else listens there",
                    impl->options.address));
  }
  impl->thread = std::jthread([server = &impl->server] { server->listen_after_bind(); });
  // A stop before the server runs would be lost.
  while (!impl->server.is_running()) std::this_thread::yield();
  return std::unique_ptr<HealthServer>(new HealthServer(std::move(impl)));
}

int HealthServer::port() const { return impl_->port; }

}  // namespace schemaop
