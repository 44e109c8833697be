#include "tests/support/apiserver/http_server.h"

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <set>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "tests/support/apiserver/connection.h"
#include "tests/support/apiserver/watch.h"

namespace schemaop::devcluster {
namespace {

constexpr int kIdleConnectionMs = 90'000;
// How soon a watch notices that its client is gone.
constexpr std::chrono::milliseconds kWatchPatience{500};

// A thread for every connection: httplib's pool would let eight watches block the ninth request.
class ThreadPerTask : public httplib::TaskQueue {
 public:
  void enqueue(std::function<void()> task) override {
    {
      const std::lock_guard lock(mutex_);
      ++running_;
    }
    std::thread([this, task = std::move(task)] {
      task();
      const std::lock_guard lock(mutex_);
      if (--running_ == 0) none_.notify_all();
    }).detach();
  }

  void shutdown() override {
    std::unique_lock lock(mutex_);
    none_.wait(lock, [this] { return running_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  int running_ = 0;
};

HttpRequest FromHttplib(const httplib::Request& raw) {
  HttpRequest request;
  request.method = raw.method;
  request.path = raw.path;
  request.query = {raw.params.begin(), raw.params.end()};
  request.body = raw.body;
  request.content_type = raw.get_header_value("Content-Type");
  request.accept = raw.get_header_value("Accept");
  request.user_agent = raw.get_header_value("User-Agent");
  request.authorization = raw.get_header_value("Authorization");
  return request;
}

}  // namespace

class HttpServer::Server : public httplib::Server {
 public:
  explicit Server(Api& api) : api_(api) {
    new_task_queue = [] { return new ThreadPerTask; };
    set_keep_alive_max_count(1'000'000);
    set_payload_max_length(16UL << 20);
    set_socket_options([this](socket_t socket) { PrepareListener(socket); });
    const auto handler = [this](const httplib::Request& request, httplib::Response& response) {
      Answer(request, response);
    };
    Get(".*", handler)
        .Post(".*", handler)
        .Put(".*", handler)
        .Patch(".*", handler)
        .Delete(".*", handler);
  }

  int StartOn(const std::string& host, int port) {
    if (port == 0) {
      port = bind_to_any_port(host);
    } else if (!bind_to_port(host, port)) {
      return 0;
    }
    if (port <= 0) return 0;
    // The backlog compiled into httplib is five; a test with many clients overruns it.
    ::listen(listener_, 1024);
    thread_ = std::thread([this] { listen_after_bind(); });
    while (!is_running()) std::this_thread::yield();
    return port;
  }

  void StopAll() {
    if (!thread_.joinable()) return;
    stopping_ = true;
    api_.store().Wake();
    stop();
    CloseIdle();
    thread_.join();
  }

  void Drop() {
    const std::lock_guard lock(mutex_);
    for (const int socket : sockets_) {
      // Linger 0 makes the close a reset, as a dying peer's is.
      const linger now{1, 0};
      ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
      ::shutdown(socket, SHUT_RDWR);
    }
  }

 private:
  void PrepareListener(socket_t socket) {
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    listener_ = socket;
  }

  // Connections in the middle of a request finish it: their watches were woken and end by
  // themselves.
  void CloseIdle() {
    const std::lock_guard lock(mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RD);
  }

  bool process_and_close_socket(socket_t socket) override {
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    {
      const std::lock_guard lock(mutex_);
      sockets_.insert(socket);
    }
    ConnectionStream stream(socket);
    bool closed = false;
    while (!closed && !stopping_ && stream.WaitForRequest(kIdleConnectionMs)) {
      const bool fine = process_request(stream, false, closed, [](httplib::Request& request) {
        // httplib would hold watch events back in its compressor.
        request.headers.erase("Accept-Encoding");
      });
      if (!fine) break;
    }
    const std::lock_guard lock(mutex_);
    sockets_.erase(socket);
    ::shutdown(socket, SHUT_RDWR);
    ::close(socket);
    return true;
  }

  void Answer(const httplib::Request& raw, httplib::Response& response) {
    const HttpReply reply = api_.Handle(FromHttplib(raw));
    response.status = reply.code;
    for (const auto& [name, value] : reply.headers) response.set_header(name, value);
    response.set_header("Cache-Control", "no-cache, private");
    if (!reply.watch) return response.set_content(reply.body, reply.content_type);
    response.set_chunked_content_provider(
        reply.content_type, [this, watch = reply.watch](std::size_t, httplib::DataSink& sink) {
          const auto lines = watch->Next(kWatchPatience);
          if (!lines || stopping_) {
            sink.done();
          } else if (lines->empty()) {
            return sink.is_writable();
          } else {
            sink.write(lines->data(), lines->size());
          }
          return true;
        });
  }

  Api& api_;
  socket_t listener_ = -1;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::set<int> sockets_;
};

HttpServer::HttpServer(Api& api) : server_(std::make_unique<Server>(api)) {}

HttpServer::~HttpServer() { Stop(); }

int HttpServer::Start(const std::string& host, int port) { return server_->StartOn(host, port); }

void HttpServer::Stop() { server_->StopAll(); }

void HttpServer::DropConnections() { server_->Drop(); }

}  // namespace schemaop::devcluster
