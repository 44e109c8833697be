#include "faultproxy/fault_proxy.h"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "faultproxy/proxied_connection.h"

namespace schemaop::testing {
namespace {

constexpr int kLookAroundMs = 20;

[[noreturn]] void Throw(const std::string& what) {
  throw std::runtime_error("fault proxy: " + what + ": " + std::strerror(errno));
}

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void Reset(int socket) {
  const linger none{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
  close(socket);
}

// -1 when the server is not there.
int Connect(int port) {
  const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  const int on = 1;
  setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
    return server;
  }
  close(server);
  return -1;
}

}  // namespace

void FaultDesk::Arm(FaultPlan plan) {
  const std::lock_guard lock(mutex_);
  plan_ = std::move(plan);
  seen_ = 0;
}

void FaultDesk::Disarm() {
  const std::lock_guard lock(mutex_);
  plan_.reset();
}

std::optional<FaultPlan> FaultDesk::Strike(Side sender, const PgMessage& message) {
  const std::lock_guard lock(mutex_);
  if (!plan_ || !plan_->at.Matches(sender, message) || ++seen_ < plan_->turn) return std::nullopt;
  ++struck_;
  return std::exchange(plan_, std::nullopt);
}

FaultProxy::FaultProxy(int server_port) : server_port_(server_port) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0) Throw("bind");
  if (listen(listener_, 64) != 0) Throw("listen");
  if (getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    Throw("getsockname");
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this](const std::stop_token& stop) { Listen(stop); });
}

FaultProxy::~FaultProxy() {
  thread_.request_stop();
  thread_.join();
  close(listener_);
}

void FaultProxy::Listen(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    pollfd waiting{listener_, POLLIN, 0};
    if (poll(&waiting, 1, kLookAroundMs) <= 0) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    const int server = refusing_ ? -1 : Connect(server_port_);
    if (server < 0) {
      Reset(client);
      continue;
    }
    const int on = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    const std::lock_guard lock(mutex_);
    connections_.remove_if([](const auto& connection) { return !connection->open(); });
    connections_.push_back(std::make_unique<ProxiedConnection>(client, server, desk_));
  }
}

void FaultProxy::ResetAll() {
  const std::lock_guard lock(mutex_);
  for (const auto& connection : connections_) connection->Reset();
}

int FaultProxy::connections() {
  const std::lock_guard lock(mutex_);
  connections_.remove_if([](const auto& connection) { return !connection->open(); });
  return static_cast<int>(connections_.size());
}

}  // namespace schemaop::testing
