#include "runtime/health.h"

#include <atomic>
#include <httplib.h>
#include <memory>
#include <netinet/in.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

namespace schemaop {
namespace {

std::unique_ptr<HealthServer> Start(HealthServerOptions options) {
  options.address = "127.0.0.1:0";
  auto server = HealthServer::Start(std::move(options));
  EXPECT_TRUE(server.has_value()) << server.error().message;
  return *std::move(server);
}

std::string Ask(const HealthServer& server, const std::string& path) {
  httplib::Client client("127.0.0.1", server.port());
  const auto answer = client.Get(path);
  return answer ? std::to_string(answer->status) + " " + answer->body : "no answer";
}

TEST(HealthServerTest, AnswersEachProbeByItsChecks) {
  std::atomic<bool> synced = false;
  const auto server =
      Start({.live = {{"loop", [] { return Result<void>(); }}},
             .ready = {{"loop", [] { return Result<void>(); }},
                       {"cache",
                        [&]() -> Result<void> {
                          if (synced) return {};
                          return Fail(ErrorCode::kUnavailable, "schemaversions are not listed yet");
                        }}},
             .metrics = {}});
  EXPECT_EQ(Ask(*server, "/healthz"), "200 [+]loop ok\nok\n");
  EXPECT_EQ(Ask(*server, "/readyz"),
            "503 [+]loop ok\n[-]cache failed: schemaversions are not listed yet\nfailed\n");
  synced = true;
  EXPECT_EQ(Ask(*server, "/readyz"), "200 [+]loop ok\n[+]cache ok\nok\n");
}

// A cluster may probe a pod at an address of either family.
TEST(HealthServerTest, ListensAtEveryAddressWhereNoneIsNamed) {
  const auto server =
      HealthServer::Start({.address = ":0", .live = {}, .ready = {}, .metrics = {}}).value();
  EXPECT_EQ(Ask(*server, "/healthz"), "200 ok\n");
  httplib::Server other;
  if (other.bind_to_any_port("::1") <= 0) GTEST_SKIP() << "this machine has no IPv6";
  EXPECT_EQ(httplib::Client("::1", server->port()).Get("/healthz")->status, 200);
}

TEST(HealthServerTest, ServesMetricsAsPrometheusText) {
  const auto server =
      Start({.live = {}, .ready = {}, .metrics = [] { return std::string("up 1\n"); }});
  httplib::Client client("127.0.0.1", server->port());
  const auto answer = client.Get("/metrics");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "up 1\n");
  EXPECT_EQ(answer->get_header_value("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(client.Head("/metrics")->status, 200);
}

TEST(HealthServerTest, KnowsNoOtherPath) {
  const auto server = Start({});
  EXPECT_EQ(Ask(*server, "/"), "404 not found\n");
  EXPECT_EQ(Ask(*server, "/metrics"), "404 not found\n");
  EXPECT_EQ(Ask(*server, "/healthz/../etc/passwd"), "404 not found\n");
  EXPECT_EQ(Ask(*server, "/" + std::string(4000, 'a')), "404 not found\n");
}

TEST(HealthServerTest, RefusesEveryOtherMethodWithoutReadingItsBody) {
  const auto server = Start({});
  httplib::Client client("127.0.0.1", server->port());
  EXPECT_EQ(client.Post("/healthz", "x", "text/plain")->status, 405);
  EXPECT_EQ(client.Delete("/healthz")->status, 405);
  EXPECT_EQ(client.Options("/healthz")->status, 405);
  // Endless: it ends only because the server answers and closes.
  std::size_t sent = 0;
  (void)client.Post(
      "/healthz",
      [&](std::size_t, httplib::DataSink& sink) {
        const std::string piece(65536, 'x');
        sent += piece.size();
        return sent < (std::size_t{1} << 30U) && sink.write(piece.data(), piece.size());
      },
      "text/plain");
  EXPECT_LT(sent, std::size_t{1} << 30U);
  EXPECT_EQ(Ask(*server, "/healthz"), "200 ok\n");
}

TEST(HealthServerTest, ShowsNothingOfAnException) {
  const auto server =
      Start({.live = {{"x", []() -> Result<void> { throw std::runtime_error("secret"); }}},
             .ready = {},
             .metrics = {}});
  httplib::Client client("127.0.0.1", server->port());
  const auto answer = client.Get("/healthz");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 500);
  EXPECT_EQ(answer->body, "internal error\n");
  for (const auto& [name, value] : answer->headers)
    EXPECT_EQ(value.find("secret"), std::string::npos) << name;
}

TEST(HealthServerTest, SaysWhatIsWrongWithItsAddress) {
  const auto error = [](const std::string& address) {
    HealthServerOptions options;
    options.address = address;
    const auto server = HealthServer::Start(std::move(options));
    return server ? Error{} : server.error();
  };
  for (const std::string address :
       {"", "8081", ":", "host:", "host:x", "host:65536", "::1:8081", "[]:1"}) {
    EXPECT_EQ(
        error(address),
        (Error{ErrorCode::kInvalid,
               "health address \"" + address +
                   "\" is unusable; write HOST:PORT, [IPV6]:PORT, or :PORT for every address"}));
  }
  const std::string unroutable = "203.0.113.1:8081";
  EXPECT_EQ(error(unroutable),
            (Error{ErrorCode::kUnavailable,
                   "health address " + unroutable +
                       " cannot be bound; check that nothing else listens there"}));
}

TEST(HealthServerTest, LeavesAPortToWhoListensThere) {
  const auto first = Start({});
  HealthServerOptions options;
  options.address = "127.0.0.1:" + std::to_string(first->port());
  const auto second = HealthServer::Start(options);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error(), (Error{ErrorCode::kUnavailable,
                                   "health address " + options.address +
                                       " cannot be bound; check that nothing else listens there"}));
}

// A connection that sends a request, a byte now and then, and never to its end.
class SlowClient {
 public:
  explicit SlowClient(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    Send("GET /");
    thread_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        Send("a");
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      }
    });
  }
  ~SlowClient() {
    thread_.request_stop();
    thread_.join();
    ::close(socket_);
  }
  SlowClient(const SlowClient&) = delete;
  SlowClient& operator=(const SlowClient&) = delete;

 private:
  void Send(std::string_view text) const {
    (void)::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
  }

  int socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::jthread thread_;
};

TEST(HealthServerTest, AnswersBesideSlowClients) {
  const auto server = Start({});
  std::vector<std::unique_ptr<SlowClient>> slow;
  for (int i = 0; i < 10; ++i) slow.push_back(std::make_unique<SlowClient>(server->port()));
  httplib::Client client("127.0.0.1", server->port());
  client.set_read_timeout(20);
  const auto answer = client.Get("/healthz");
  slow.clear();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
}

TEST(HealthServerTest, StopsWithIdleConnectionsOpen) {
  httplib::Client client("127.0.0.1", 1);
  {
    const auto server = Start({});
    httplib::Client held("127.0.0.1", server->port());
    held.set_keep_alive(true);
    EXPECT_EQ(held.Get("/healthz")->status, 200);
  }
}

}  // namespace
}  // namespace schemaop
