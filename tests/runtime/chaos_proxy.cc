#include "chaos_proxy.h"

#include <arpa/inet.h>
#include <chrono>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace schemaop::testing {
namespace {

constexpr int kLookMs = 20;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool SendAll(int to, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = ::send(to, data, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

void Reset(int connection) {
  const linger at_once{1, 0};
  ::setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

int ConnectTo(int port) {
  const int connection = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = Loopback(port);
  if (::connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return connection;
  }
  ::close(connection);
  return -1;
}

}  // namespace

ChaosProxy::ChaosProxy(int server_port) : server_port_(server_port) {
  listening_ = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  if (::bind(listening_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listening_, 64) != 0 ||
      ::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("the proxy cannot listen");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this](const std::stop_token& stop) { Accept(stop); });
}

ChaosProxy::~ChaosProxy() {
  thread_.request_stop();
  thread_.join();
  connections_.clear();
  ::close(listening_);
}

void ChaosProxy::Accept(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    pollfd waiting{listening_, POLLIN, 0};
    if (::poll(&waiting, 1, kLookMs) <= 0) continue;
    const int client = ::accept(listening_, nullptr, nullptr);
    if (client < 0) continue;
    const int one = 1;
    ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    connections_.emplace_back(
        [this, client](const std::stop_token& ended) { Forward(client, ended); });
  }
}

ChaosProxy::Doom ChaosProxy::DrawDoom() {
  const std::lock_guard lock(mutex_);
  Doom doom;
  doom.strikes = static_cast<int>(random_() % 100) < fault_percent_;
  doom.fate = static_cast<Fate>(next_fate_++ % kFates);
  doom.after = random_() % 800;
  return doom;
}

void ChaosProxy::Forward(int client, const std::stop_token& stop) {
  const int server = ConnectTo(server_port_);
  Doom doom = DrawDoom();
  char buffer[4096];
  while (server >= 0 && !stop.stop_requested()) {
    pollfd both[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (::poll(both, 2, kLookMs) <= 0) continue;
    if (both[0].revents != 0) {
      const ssize_t size = ::recv(client, buffer, sizeof buffer, 0);
      if (size <= 0 || !SendAll(server, buffer, static_cast<std::size_t>(size))) break;
    }
    if (both[1].revents != 0) {
      const ssize_t size = ::recv(server, buffer, sizeof buffer, 0);
      if (size <= 0 || !Answer(client, buffer, static_cast<std::size_t>(size), doom, stop)) break;
    }
  }
  if (server >= 0) ::close(server);
  ::close(client);
}

bool ChaosProxy::Answer(int client, const char* data, std::size_t size, Doom& doom,
                        const std::stop_token& stop) {
  if (!doom.strikes || size <= doom.after) {
    doom.after -= doom.strikes ? size : 0;
    return SendAll(client, data, size);
  }
  if (!std::exchange(doom.met, true)) ++met_[static_cast<std::size_t>(doom.fate)];
  if (!SendAll(client, data, doom.after)) return false;
  switch (doom.fate) {
    case Fate::kReset:
      Reset(client);
      return false;
    case Fate::kCut:
      return false;
    case Fate::kSilence:
      for (const int epoch = silence_epoch_; epoch == silence_epoch_ && !stop.stop_requested();) {
        std::this_thread::sleep_for(std::chrono::milliseconds(kLookMs));
      }
      return false;
    case Fate::kSlowDrip:
      for (std::size_t i = doom.after; i < size; ++i) {
        if (!SendAll(client, data + i, 1)) return false;
        std::this_thread::sleep_for(std::chrono::microseconds(100));
      }
      doom.after = 0;
      return true;
  }
  return false;
}

}  // namespace schemaop::testing
